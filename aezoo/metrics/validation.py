"""Checks of the arrays that metrics are given: shape, range, length; every error says how to mend it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics.base import Floats

Bytes = NDArray[np.uint8]
Labels = NDArray[np.generic]


def check_array(name: str, value: ArrayLike, ndim: int = 2) -> Floats:
    """Return `value` as float64 of `ndim` dimensions; raise `ValueError` for another shape, NaN, Inf or no rows."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim != ndim or array.shape[0] == 0:
        raise ValueError(f"{name} has shape {array.shape}; it must have {ndim} dimensions and at least one row")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values")
    return array


def check_image_pair(x: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as float64 arrays of one shape with values in [0, 1]; raise `ValueError` otherwise."""
    originals = check_array("x", x, ndim=np.ndim(x) if np.ndim(x) in (2, 3) else 3)
    decoded = check_array("p", p, ndim=originals.ndim)
    if originals.shape != decoded.shape:
        raise ValueError(f"x has shape {originals.shape} and p {decoded.shape}; give one reconstruction per image")
    for name, images in (("x", originals), ("p", decoded)):
        if images.min() < 0 or images.max() > 1:
            raise ValueError(f"{name} ranges from {images.min():g} to {images.max():g}; scale it to [0, 1]")
    return originals, decoded


def check_bytes(name: str, images: ArrayLike, minimum_rows: int, shape: tuple[int, ...] | None = None) -> Bytes:
    """Return uint8 images, one a row; raise `ValueError` for another dtype, another `shape` of each, or too few."""
    array = np.asarray(images)
    fits = array.ndim >= 2 if shape is None else array.shape[1:] == shape
    if array.dtype != np.uint8 or not fits or len(array) < minimum_rows:
        wanted = "one a row" if shape is None else f"of shape (n, {', '.join(map(str, shape))})"
        raise ValueError(
            f"{name} are {array.dtype} of shape {array.shape}; give at least {minimum_rows} images as uint8, {wanted}"
        )
    return array


def check_features(
    real: ArrayLike, fake: ArrayLike, minimum_rows: int, names: tuple[str, str] = ("real", "fake")
) -> tuple[Floats, Floats]:
    """Return both as float64 matrices of equal width; raise `ValueError` otherwise, or for too few rows."""
    first, second = names
    reals, fakes = check_array(first, real), check_array(second, fake)
    if reals.shape[1] != fakes.shape[1]:
        raise ValueError(f"{first} has {reals.shape[1]} features and {second} {fakes.shape[1]}; use one feature space")
    if min(len(reals), len(fakes)) < minimum_rows:
        raise ValueError(
            f"{first} has {len(reals)} rows and {second} {len(fakes)}; give at least {minimum_rows} of each"
        )
    return reals, fakes


def check_distances(name: str, distances: ArrayLike, rows: int) -> Floats:
    """Return `distances` as a finite float64 vector with one entry for each of `rows`; raise `ValueError` otherwise."""
    vector = check_array(name, distances, ndim=1)
    if len(vector) != rows:
        raise ValueError(f"{name} has {len(vector)} entries for {rows} rows; give one distance a row")
    return vector


def check_labels(name: str, labels: ArrayLike, rows: int) -> Labels:
    """Return `labels` of any type as a vector of `rows` entries; raise `ValueError` for another shape, or none."""
    vector = np.asarray(labels)
    if vector.shape != (rows,) or rows == 0:
        raise ValueError(f"{name} have shape {vector.shape}; there must be one for each of the {rows} rows")
    return vector


def check_class_numbers(name: str, labels: ArrayLike, rows: int | None = None) -> NDArray[np.int64]:
    """Return `labels` as a vector of class numbers 0, 1, ...; raise `ValueError` for others, or another length."""
    array = np.asarray(labels)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu" or array.min() < 0:
        raise ValueError(f"{name} has shape {array.shape} and dtype {array.dtype}; give class numbers 0, 1, ...")
    if rows is not None and len(array) != rows:
        raise ValueError(f"{name} has {len(array)} entries for {rows} rows; give one label a row")
    return array.astype(np.int64)
