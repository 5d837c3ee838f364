"""Checks of the arrays that metrics are given: shape, range, length; every error says how to mend it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics.base import Floats


def check_array(name: str, value: ArrayLike, ndim: int = 2) -> Floats:
    """Return `value` as float64 of `ndim` dimensions; raise `ValueError` for another shape, NaN, Inf or no rows."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim != ndim or array.shape[0] == 0:
        raise ValueError(f"{name} has shape {array.shape}; it must have {ndim} dimensions and at least one row")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values")
    return array


def check_image_pair(x: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Both as float64 arrays of one shape, with values in [0, 1]; raises `ValueError` otherwise."""
    originals = check_array("x", x, ndim=np.ndim(x) if np.ndim(x) in (2, 3) else 3)
    decoded = check_array("p", p, ndim=originals.ndim)
    if originals.shape != decoded.shape:
        raise ValueError(f"x has shape {originals.shape} and p {decoded.shape}; give one reconstruction per image")
    for name, images in (("x", originals), ("p", decoded)):
        if images.min() < 0 or images.max() > 1:
            raise ValueError(f"{name} ranges from {images.min():g} to {images.max():g}; scale it to [0, 1]")
    return originals, decoded


def check_features(real: ArrayLike, fake: ArrayLike, minimum_rows: int) -> tuple[Floats, Floats]:
    """Both sides as float64 matrices of equal width; raises `ValueError` otherwise, or for too few rows."""
    reals, fakes = check_array("real", real), check_array("fake", fake)
    if reals.shape[1] != fakes.shape[1]:
        raise ValueError(f"real has {reals.shape[1]} features and fake {fakes.shape[1]}; use one feature space")
    if min(len(reals), len(fakes)) < minimum_rows:
        raise ValueError(f"real has {len(reals)} rows and fake {len(fakes)}; give at least {minimum_rows} of each")
    return reals, fakes


def class_labels(name: str, value: ArrayLike, rows: int | None = None) -> NDArray[np.int64]:
    """`value` as a vector of class numbers 0, 1, ...; raises `ValueError` for others, or another length."""
    array = np.asarray(value)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu" or array.min() < 0:
        raise ValueError(f"{name} has shape {array.shape} and dtype {array.dtype}; give class numbers 0, 1, ...")
    if rows is not None and len(array) != rows:
        raise ValueError(f"{name} has {len(array)} entries for {rows} rows; give one label a row")
    return array.astype(np.int64)
