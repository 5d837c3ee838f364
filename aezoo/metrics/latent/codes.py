"""Codes as the latent metrics take them: standardised, varying, and few enough for all pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics import Floats, check_array

MAX_QUADRATIC_N = 2000
ROUNDING_STEPS = 16


def standardise(codes: ArrayLike, by: ArrayLike | None = None) -> Floats:
    """Shift and scale each column of `codes` to mean 0 and variance 1, or by the means and variances of `by`.

    Columns constant in `by` become 0.

    Args:
        codes: (n, d).
        by: codes (m, d) that give means and variances; `codes` themselves unless given.

    Returns:
        float64, (n, d).

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
    """Mark the columns (d,) that vary by more than rounding; raise `ValueError` if none does."""
    rounding = ROUNDING_STEPS * np.finfo(np.float64).eps * np.abs(codes).max(axis=0)
    varies: NDArray[np.bool_] = np.ptp(codes, axis=0) > rounding
    if not varies.any():
        raise ValueError(
            f"all {len(codes)} rows are alike, so distances between them say nothing; give rows that differ"
        )
    return varies


def rows_for_all_pairs(rows: int) -> NDArray[np.int64]:
    """Select all rows, or of more than 2,000 the first of a permutation by NumPy's generator with seed 0."""
    if rows <= MAX_QUADRATIC_N:
        return np.arange(rows)
    return np.random.default_rng(0).permutation(rows)[:MAX_QUADRATIC_N]
