"""Ranking of models: mean ranks, winners, and how often resampled seeds name another winner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from aezoo.statistics.direction import compare_losses

RESAMPLES = 2_000

MIN_CONFIDENCE = 0.95
"""Share of resampled seeds from which on something may be called sure."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Ranking:
    """Outcome of a contest, for models in the order given.

    Attributes:
        ranks: mean over metrics of each model's rank, 1 the best, by the means over seeds.
        is_winner: marks the models with the lowest mean rank; several where they tie.
        n_metrics_won: of how many metrics each model is the winner, ties included.
        share: share of resampled seeds in which one of the winners has the lowest mean rank; a tie is shared, and a
            resample in which a model lacks a metric does not count.
        n_seeds: how many seeds all models have.
        n_seeds_won: in how many of these the winners, or one of them, are ahead of everybody else.
        n_seeds_tied: in how many of these one of them is level with somebody else at the top.
    """

    ranks: Floats
    is_winner: Flags
    n_metrics_won: NDArray[np.int_]
    share: float
    n_seeds: int
    n_seeds_won: int
    n_seeds_tied: int


def rank_models(losses: ArrayLike, resamples: int = RESAMPLES) -> Ranking:
    """Rank models over several metrics, each of the same weight.

    Args:
        losses: shape (models, metrics, seeds), lower is better, at least one model and metric; NaN where a model
            has no such seed. A metric that lacks a seed makes that seed count for nobody.
        resamples: how often the seeds of each model are drawn anew.

    Returns:
        The ranking. The mean rank of a model is the mean over metrics of its rank by the means over seeds, and the
        winner has the lowest. `share` is that of resamples, as `resampled_means` draws them, in which it wins.
    """
    array = np.asarray(losses, dtype=np.float64)
    means = seed_means(array)
    ranks = mean_ranks(means)
    won = is_winner(ranks[:, np.newaxis])[:, 0]
    resampled = mean_ranks(resampled_means(array, resamples))
    complete = resampled[np.isfinite(resampled).all(axis=1), :, np.newaxis]
    shares = win_shares(complete)[:, 0] if len(complete) else won / max(won.sum(), 1)
    by_seed = _wins_by_seed(array)
    at_top, beside = by_seed[:, won].any(axis=1), by_seed[:, ~won].any(axis=1)
    return Ranking(
        ranks=ranks,
        is_winner=won,
        n_metrics_won=is_winner(means).sum(axis=1),
        share=min(1.0, float(shares[won].sum())),  # a sum of ones in floating point may exceed one
        n_seeds=len(by_seed),
        n_seeds_won=int((at_top & ~beside).sum()),
        n_seeds_tied=int((at_top & beside).sum()),
    )


def mean_ranks(losses: ArrayLike) -> Floats:
    r"""Average each model's rank over metrics, 1 the best; ties, as in `compare_losses`, have the mean of their ranks.

    $\bar{r}_a = \frac{1}{m} \sum_i r_{ai}$ with $r_{ai}$ the rank of model a by metric i of m.

    Args:
        losses: shape (..., models, metrics); a metric with a NaN makes the mean ranks NaN.

    Returns:
        Shape (..., models), in [1, models]; where there is no metric, all tie.
    """
    array = np.asarray(losses, dtype=np.float64)
    if not array.size:
        return np.full(array.shape[:-1], (array.shape[-2] + 1) / 2)
    return np.asarray(rankdata(_merge_ties(array), axis=-2).mean(axis=-1), dtype=np.float64)


def is_winner(losses: ArrayLike) -> NDArray[np.bool_]:
    r"""Mark the models with the lowest loss $\min_b \ell_b$, and those that tie with it as in `compare_losses`.

    Args:
        losses: shape (..., models, metrics); NaN where a model does not compete.

    Returns:
        Booleans of the same shape; all False in a column without values.
    """
    array = np.asarray(losses, dtype=np.float64)
    finite = np.where(np.isfinite(array), array, np.inf)
    best = finite.min(axis=-2, keepdims=True, initial=np.inf)  # of no models at all the best is infinite
    return np.asarray(np.isfinite(array) & (compare_losses(best, finite) == 0), dtype=np.bool_)


def is_best(losses: ArrayLike) -> Flags:
    """Mark the winners of each metric by which some models are better than others; where all tie, nobody is best.

    Args:
        losses: shape (..., models, metrics); NaN where a model does not compete.

    Returns:
        Booleans of the same shape.
    """
    won = is_winner(losses)
    return won & (np.isfinite(losses) & ~won).any(axis=-2, keepdims=True)


def win_shares(losses: ArrayLike) -> Floats:
    r"""Compute the share of resamples in which each model wins each metric; winners that tie share a resample.

    $\frac{1}{R} \sum_r [a \in W_r] / |W_r|$ with $W_r$ the winners in resample r of R. In [0, 1].

    Args:
        losses: shape (resamples, models, metrics); NaN where a model does not compete.

    Returns:
        Shape (models, metrics), each column sums to 1, or is 0 where nobody competes.
    """
    won = is_winner(losses).astype(np.float64)
    count = won.sum(axis=1, keepdims=True)
    shares = np.divide(won, count, out=np.zeros_like(won), where=count > 0)
    return np.asarray(shares.mean(axis=0), dtype=np.float64)


def seed_means(values: ArrayLike) -> Floats:
    """Average values (models, metrics, seeds) over seeds, giving (models, metrics); NaN is a missing seed."""
    array = np.asarray(values, dtype=np.float64)
    return _ratio(np.nansum(array, axis=2), np.isfinite(array).sum(axis=2))


def resampled_means(values: ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """Average values over seeds drawn with replacement, as many as a model has, again and again.

    All metrics of a model share the draw, since they come from the same runs. Models draw apart, since some have
    fewer seeds (a floor runs once, and then never varies). Only the spread over seeds is in it.

    Args:
        values: shape (models, metrics, seeds); NaN where a seed has no value.
        resamples: how many.
        seed: of the draws.

    Returns:
        Shape (resamples, models, metrics); NaN where none of the drawn seeds has a value.

    Source: Efron (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7(1).
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


def _wins_by_seed(losses: Floats) -> Flags:
    """Mark the models with the lowest mean rank by each seed that all have, shape (seeds, models)."""
    by_seed = np.moveaxis(losses, 2, 0)
    complete = by_seed[np.isfinite(by_seed).all(axis=(1, 2))]
    return is_winner(mean_ranks(complete)[..., np.newaxis])[..., 0]


def _merge_ties(losses: Floats) -> Floats:
    """Order the losses of each metric as whole numbers, equal ones for a tie; NaN stays NaN."""
    order = np.argsort(losses, axis=-2)
    ordered = np.take_along_axis(losses, order, axis=-2)
    above = compare_losses(ordered[..., :-1, :], ordered[..., 1:, :]) > 0
    first = np.zeros((*losses.shape[:-2], 1, losses.shape[-1]), dtype=np.bool_)
    steps = np.concatenate([first, above], axis=-2)
    groups = np.empty_like(losses)
    np.put_along_axis(groups, order, np.cumsum(steps, axis=-2, dtype=np.float64), axis=-2)
    return np.where(np.isnan(losses), np.nan, groups)


def _ratio(total: Floats, count: NDArray[np.generic]) -> Floats:
    weights = np.asarray(count, dtype=np.float64)
    means: Floats = np.divide(total, weights, out=np.full(total.shape, np.nan), where=weights > 0)
    return means
