"""The bootstrap over seeds for whole panels of models and metrics."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

RESAMPLES = 2_000


def seed_means(values: ArrayLike) -> Floats:
    """Means over seeds, shape (models, metrics), of values (models, metrics, seeds); NaN is a missing seed."""
    array = np.asarray(values, dtype=np.float64)
    return _ratio(np.nansum(array, axis=2), np.isfinite(array).sum(axis=2))


def resampled_means(values: ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Means over seeds drawn with replacement, as many as a model has, again and again.

    All metrics of a model share the draw, since they come from the same runs. Models draw apart, since some have
    fewer seeds (a floor runs once, and then never varies). Only the spread over seeds is in it.

    Args:
        values: shape (models, metrics, seeds); NaN where a seed has no value.
        resamples: how many.
        seed: of the draws.

    Returns:
        Shape (resamples, models, metrics); NaN where none of the drawn seeds has a value.
    """
    array = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    means = np.full((resamples, *array.shape[:2]), np.nan)
    for model, of_model in enumerate(array):
        present = of_model[:, np.isfinite(of_model).any(axis=0)]
        count = present.shape[1]
        if count:
            drawn = random.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)
            total = drawn @ np.nan_to_num(present).T
            means[:, model] = _ratio(total, drawn @ np.isfinite(present).T)
    return means


def _ratio(total: Floats, count: NDArray[np.generic]) -> Floats:
    weights = np.asarray(count, dtype=np.float64)
    means: Floats = np.divide(total, weights, out=np.full(total.shape, np.nan), where=weights > 0)
    return means
