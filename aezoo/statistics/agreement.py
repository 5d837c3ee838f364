"""Agreement of metrics about the order of models: Kendall's tau, and reversals over resampled seeds."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.statistics.direction import compare_losses

Floats = NDArray[np.float64]

MIN_MODELS = 5
"""With fewer models even perfect agreement is not significant at 5 %."""

CHUNK = 2
"""Resamples at a time: the signs of more leave the processor's cache, and take five times as long."""


def order_signs(losses: ArrayLike) -> Floats:
    r"""Compute how each metric orders each pair of models a < b: 1 where a is better, -1 where b is, 0 for a tie.

    $\mathrm{sign}(\ell_b - \ell_a)$ with $\ell$ the losses; what differs by rounding alone is a tie, as in
    `compare_losses`.

    Args:
        losses: shape (..., models, metrics), lower is better; NaN where a model has no value.

    Returns:
        Shape (..., pairs, metrics), pairs in the order of ``numpy.triu_indices(models, 1)``; NaN where unknown.
    """
    array = np.asarray(losses, dtype=np.float64)
    first, second = np.triu_indices(array.shape[-2], 1)
    return compare_losses(array[..., first, :], array[..., second, :])


def kendall_tau(losses: ArrayLike) -> Floats:
    r"""Compute Kendall's tau-b between all metrics, over models.

    $\tau_b = (P - Q) / \sqrt{(P + Q + T_1)(P + Q + T_2)}$ with $P$ concordant and $Q$ discordant pairs of models and
    $T_i$ pairs that are tied in metric i only. In [-1, 1]: 1 the same order, -1 the opposite one.

    Args:
        losses: shape (..., models, metrics), one direction for all, seeds already averaged: seeds of one model are
            no further models. Pairs of models that either metric does not know do not count.

    Returns:
        Shape (..., metrics, metrics), symmetric; NaN where no pair is known or a metric orders none.

    Source: Kendall (1945), "The treatment of ties in ranking problems", Biometrika 33(3).
    """
    array = np.asarray(losses, dtype=np.float64)
    if array.ndim == 2:
        return np.asarray(_tau(array[np.newaxis])[0], dtype=np.float64)
    if not array.size:
        return np.full((*array.shape[:-2], array.shape[-1], array.shape[-1]), np.nan)
    flat = array.reshape(-1, *array.shape[-2:])
    pieces = [_tau(flat[start : start + CHUNK]) for start in range(0, len(flat), CHUNK)]
    return np.concatenate(pieces).reshape(*array.shape[:-2], array.shape[-1], array.shape[-1])


def resampled_tau(losses: ArrayLike, resamples: int = 500, seed: int = 0) -> Floats:
    r"""Compute tau-b between all metrics over models that are drawn anew with replacement, as `kendall_tau` does.

    A pair of models counts $w_a w_b$ times, $w$ being how often each was drawn; a model and its own copies are tied by
    every metric and do not count. This is the spread from one choice of models to another, with the seeds as they are.

    Args:
        losses: shape (models, metrics), as for `kendall_tau`.
        resamples: number of draws.
        seed: of the draws.

    Returns:
        Shape (resamples, metrics, metrics); NaN where a draw knows no pair or a metric orders none.
    """
    array = np.asarray(losses, dtype=np.float64)
    models, metrics = array.shape
    found = np.full((resamples, metrics, metrics), np.nan)
    if models < 2:
        return found
    signs = order_signs(array)
    known = np.isfinite(signs).astype(np.float64)
    signs = np.nan_to_num(signs)
    first, second = np.triu_indices(models, 1)
    drawn = np.random.default_rng(seed).multinomial(models, np.full(models, 1 / models), size=resamples)
    for resample, counts in enumerate(drawn):
        weights = (counts[first] * counts[second]).astype(np.float64)[:, np.newaxis]
        found[resample] = _weighted_tau(signs, known, weights)
    return found


def smallest_tau_p(models: int) -> float:
    """Compute the smallest exact two-sided p-value of tau, 2 / n!: 0.333 for three models, 0.0167 for five.

    Of the n! orders that are equally likely without agreement, two agree or oppose perfectly. In (0, 1]; 1 for fewer
    than two models.

    Source: Kendall (1938), "A new measure of rank correlation", Biometrika 30(1/2).
    """
    return min(1.0, 2 / factorial(models))


def reversal_probabilities(losses: ArrayLike) -> Floats:
    """Compute the probability that metric i puts model a before b while metric j puts b before a, over resamples.

    Args:
        losses: shape (resamples, models, metrics), lower is better.

    Returns:
        Shape (pairs, metrics, metrics), entry [p, i, j] for a < b the p-th pair as in `order_signs`; in [0, 1].
        An unknown order is none.
    """
    array = np.asarray(losses, dtype=np.float64)
    pairs = list(zip(*np.triu_indices(array.shape[1], 1), strict=True))
    found = np.zeros((len(pairs), array.shape[2], array.shape[2]))
    for pair, models in enumerate(pairs):  # all at once would fill the memory
        signs = order_signs(array[:, models])[:, 0]
        found[pair] = (signs > 0).T.astype(np.float64) @ (signs < 0).astype(np.float64) / len(array)
    return found


def _tau(losses: Floats) -> Floats:
    signs = order_signs(losses)
    return _weighted_tau(np.nan_to_num(signs), np.isfinite(signs).astype(np.float64), np.float64(1))


def _weighted_tau(signs: Floats, known: Floats, weights: Floats | np.float64) -> Floats:
    agreement = np.swapaxes(signs, -1, -2) @ (weights * signs)
    ordered = np.swapaxes(signs**2, -1, -2) @ (weights * known)
    scale = np.sqrt(ordered * np.swapaxes(ordered, -1, -2))
    tau: Floats = np.divide(agreement, scale, out=np.full(scale.shape, np.nan), where=scale > 0)
    return tau
