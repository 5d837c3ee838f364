"""Who wins, and how surely."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]

TIE = 1e-12
"""Relative difference up to which two losses are a tie, as in the tables."""


def winners(losses: ArrayLike) -> NDArray[np.bool_]:
    """Which models have the lowest loss, ties included.

    Args:
        losses: shape (..., models, metrics); NaN where a model does not compete.

    Returns:
        Booleans of the same shape; all False in a column without values.
    """
    array = np.asarray(losses, dtype=np.float64)
    finite = np.where(np.isfinite(array), array, np.inf)
    best = finite.min(axis=-2, keepdims=True, initial=np.inf)  # of no models at all the best is infinite
    return np.asarray(np.isfinite(array) & (finite <= best + TIE * np.abs(best)), dtype=np.bool_)


def win_shares(losses: ArrayLike) -> Floats:
    """Share of resamples in which each model wins each metric; a tie is shared between its winners.

    Args:
        losses: shape (resamples, models, metrics); NaN where a model does not compete.

    Returns:
        Shape (models, metrics), each column sums to 1, or is 0 where nobody competes.
    """
    won = winners(losses).astype(np.float64)
    count = won.sum(axis=1, keepdims=True)
    shares = np.divide(won, count, out=np.zeros_like(won), where=count > 0)
    return np.asarray(shares.mean(axis=0), dtype=np.float64)


def mean_ranks(losses: ArrayLike) -> Floats:
    """Mean over metrics of each model's rank, 1 the best; ties have the mean of their ranks.

    Args:
        losses: shape (..., models, metrics); a metric with a NaN makes the mean ranks NaN.

    Returns:
        Shape (..., models), in [1, models]; where there is no metric, all tie.
    """
    array = np.asarray(losses, dtype=np.float64)
    if not array.size:
        return np.full(array.shape[:-1], (array.shape[-2] + 1) / 2)
    return np.asarray(rankdata(array, axis=-2).mean(axis=-1), dtype=np.float64)
