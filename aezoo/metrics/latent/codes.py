"""What the latent metrics ask of codes and labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics import Floats, check_array

Labels = NDArray[np.generic]

MAX_QUADRATIC_N = 2000
ROUNDING_STEPS = 16


def standardise(codes: ArrayLike, by: ArrayLike | None = None) -> Floats:
    """`codes` with each column shifted and scaled to mean 0 and variance 1, or by the means and variances of
    `by`.

    Columns constant in `by` become 0.

    Raises:
        ValueError: if every column is constant (such codes have no distances to speak of), for NaN or
            infinite values.
    """
    values = check_array("codes", codes)
    source = values if by is None else check_array("train_codes", by)
    if source.shape[1] != values.shape[1]:
        raise ValueError(f"train_codes have {source.shape[1]} columns and codes {values.shape[1]}; use one encoder")
    varies = varying_columns(source)
    scale = np.where(varies, source.std(axis=0), 1.0)
    return np.where(varies, (values - source.mean(axis=0)) / scale, 0.0)


def varying_columns(codes: Floats) -> NDArray[np.bool_]:
    """Which columns vary by more than rounding; raises `ValueError` if none does."""
    rounding = ROUNDING_STEPS * np.finfo(np.float64).eps * np.abs(codes).max(axis=0)
    varies: NDArray[np.bool_] = np.ptp(codes, axis=0) > rounding
    if not varies.any():
        raise ValueError(
            f"all {len(codes)} rows are alike, so distances between them say nothing; give rows that differ"
        )
    return varies


def check_labelled(codes: ArrayLike, labels: ArrayLike) -> tuple[Floats, Labels]:
    """Codes that are not all alike, with one label each; raises `ValueError` otherwise."""
    points = check_array("codes", codes)
    varying_columns(points)
    return points, check_labels("labels", labels, len(points))


def check_labels(name: str, labels: ArrayLike, rows: int) -> Labels:
    """`labels` as a vector of `rows` entries; raises `ValueError` for another shape or none."""
    vector = np.asarray(labels)
    if vector.shape != (rows,) or rows == 0:
        raise ValueError(f"{name} have shape {vector.shape}; there must be one for each of the {rows} rows")
    return vector


def subsample(rows: int) -> NDArray[np.int64]:
    """All rows, or of more than 2,000 the first of a permutation by NumPy's generator with seed 0."""
    if rows <= MAX_QUADRATIC_N:
        return np.arange(rows)
    return np.random.default_rng(0).permutation(rows)[:MAX_QUADRATIC_N]
