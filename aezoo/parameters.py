"""Check of a parameter's value against its annotation."""

from __future__ import annotations

import math
import sys
from numbers import Integral, Real

TYPE_NAMES = {"float": "a finite number", "int": "a whole number", "bool": "true or false"}
"""Values that a parameter takes, in words, by its annotation; another annotation is for its function to check."""


def type_error_message(name: str, value: object, annotation: str) -> str | None:
    """Say what is wrong with `value` as the parameter `name`, in one line; None if nothing is, or nothing is known."""
    if annotation in TYPE_NAMES and not _has_type(annotation, value):
        return f"parameter {name}={str(value)[:80]} is not {TYPE_NAMES[annotation]}; give one"
    return None


def _has_type(annotation: str, value: object) -> bool:
    if annotation == "bool" or isinstance(value, bool):
        return annotation == "bool" and isinstance(value, bool)
    if isinstance(value, Integral):
        return annotation == "int" or abs(int(value)) <= sys.float_info.max
    return annotation == "float" and isinstance(value, Real) and math.isfinite(value)
