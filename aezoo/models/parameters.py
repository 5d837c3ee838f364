"""Checks of the parameters of models: each returns the value, or raises `ValueError` with one line."""

from __future__ import annotations

import sys
from numbers import Integral


def check_positive(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it is finite and above 0."""
    if not _is_finite(value) or value <= 0:
        raise ValueError(f"{name} is {value!r}; it must be a number above 0")
    return float(value)


def check_non_negative(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it is finite and at least 0."""
    if not _is_finite(value) or value < 0:
        raise ValueError(f"{name} is {value!r}; it must be a number of at least 0")
    return float(value)


def check_whole(name: str, value: int, least: int = 1, most: int = 10_000) -> int:
    """Return a parameter of a model; raise `ValueError` unless it is a whole number from `least` to `most`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {least} to {most}")
    return int(value)


def check_share(name: str, value: float) -> float:
    """Return a parameter of a model as a float; raise `ValueError` unless it lies in [0, 1]."""
    if not _is_finite(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}; it must be a number from 0 to 1")
    return float(value)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
