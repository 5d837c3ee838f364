"""Ties: what the seeds cannot tell from the best of a column, and groups of models that they cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.statistics.comparison import CONSTANT, SIGNIFICANCE_LEVEL, holm, paired_t_p_values
from aezoo.statistics.intervals import MIN_SEEDS

Floats = NDArray[np.float64]

MAX_MODELS = 100
"""Most models of which every pair is tested for the ties of a column: their number grows with the square."""


def compare_with_best(losses: ArrayLike) -> Floats:
    r"""Test whether each model is worse than the best one, paired by seed.

    The best has the lowest mean. With $\bar{d}$ and $s$ the mean and standard deviation (divisor n - 1) of the n
    differences to it, $t = \sqrt{n}\, \bar{d} / s$ has a two-sided p-value by Student's distribution with n - 1 degrees
    of freedom. Which model is the best is read from the same values: of k equal models the lowest and the highest
    differ by more than two of them do. So the p-values are corrected by Holm's method among those of all k (k - 1) / 2
    pairs that could have been compared, and not among k - 1: calling those below `SIGNIFICANCE_LEVEL` worse is wrong
    about any of them in at most 5 % of cases, also where all are equal. Of more than `MAX_MODELS` models the pairs
    with the best alone are tested and count as the smallest, which gives larger values and keeps the promise.

    A model that lacks seeds may be ahead of the best on those that both have. It is not worse, and has p = 1.

    Student's test and not the signed-rank test: with five seeds that cannot reach 5 % for a single pair. It assumes
    that the differences are roughly normal.

    Args:
        losses: shape (models, seeds), lower is better; NaN where a model has no such seed.

    Returns:
        Corrected p-values, shape (models,), in [0, 1]; NaN for the best itself, for a model without a value, and
        where fewer than `MIN_SEEDS` seeds are common. A difference that does not vary has p = 0, or 1 if it is 0.

    Source: Student (1908), "The probable error of a mean", Biometrika 6(1); Holm (1979), see `holm`.
    """
    array = np.asarray(losses, dtype=np.float64)
    adjusted = np.full(len(array), np.nan)
    counts = np.isfinite(array).sum(axis=1)
    means = np.divide(np.nansum(array, axis=1), counts, out=np.full(len(array), np.inf), where=counts > 0)
    if not counts.any():
        return adjusted
    differences = array - array[np.argmin(means)]
    common = np.isfinite(differences).sum(axis=1)
    tested = np.flatnonzero((common >= MIN_SEEDS) & (np.arange(len(array)) != np.argmin(means)))
    if tested.size:
        pairs = (tested.size + 1) * tested.size // 2
        ahead = np.nanmean(differences[tested], axis=1) < 0
        with_best = np.where(ahead, 1.0, paired_t_p_values(differences[tested]))
        others = _differences_of_pairs(array[tested]) if tested.size < MAX_MODELS else np.empty((0, array.shape[1]))
        adjusted[tested] = holm([*with_best, *paired_t_p_values(others)], pairs)[: tested.size]
    return adjusted


def _differences_of_pairs(array: Floats) -> Floats:
    """Subtract the rows of (k, seeds) from each other, of the pairs that have enough seeds in common."""
    first, second = np.triu_indices(len(array), 1)
    differences = array[second] - array[first]
    enough: Floats = differences[np.isfinite(differences).sum(axis=1) >= MIN_SEEDS]
    return enough


def standardised_means(losses: ArrayLike) -> Floats:
    r"""Average losses over metrics of different units, each by its own scale.

    $q_{as} = \frac{1}{m} \sum_i (\ell_{ais} - c_i) / u_i$ with $c_i$ the median of metric i over models and seeds and
    $u_i$ its median absolute deviation, or, where more than half of the values are equal, its standard deviation. A
    model that is far from the others by one metric does not take the weight from that metric.

    Args:
        losses: shape (models, metrics, seeds), finite, lower is better.

    Returns:
        Shape (models, seeds), without a unit, lower is better. A metric whose values are all equal, but for rounding,
        adds nothing.
    """
    array = np.asarray(losses, dtype=np.float64)
    centred = array - np.median(array, axis=(0, 2), keepdims=True)
    rounding = CONSTANT * np.abs(array).max(axis=(0, 2), keepdims=True)
    scale = np.median(np.abs(centred), axis=(0, 2), keepdims=True)
    scale = np.where(scale > rounding, scale, np.std(array, axis=(0, 2), keepdims=True))
    parts = np.divide(centred, scale, out=np.zeros_like(array), where=scale > rounding)
    means: Floats = parts.mean(axis=1)
    return means


def told_apart(losses: ArrayLike) -> NDArray[np.bool_]:
    """Mark the pairs of models that the seeds tell apart: the first is better than the second.

    Student's test of the differences, paired by seed as in `compare_with_best`, corrected by Holm's method for all
    pairs. Whatever models are equal, any two of them are told apart in at most 5 % of cases.

    Args:
        losses: shape (models, seeds), finite, lower is better.

    Returns:
        Shape (models, models), [a, b] where a is better than b; all False with fewer than `MIN_SEEDS` seeds.
    """
    array = np.asarray(losses, dtype=np.float64)
    told = np.zeros((len(array), len(array)), dtype=np.bool_)
    first, second = np.triu_indices(len(array), 1)
    if array.shape[1] < MIN_SEEDS or not first.size:
        return told
    differences = array[second] - array[first]
    is_told = holm(paired_t_p_values(differences)) < SIGNIFICANCE_LEVEL
    means = differences.mean(axis=1)
    told[first, second] = is_told & (means > 0)
    told[second, first] = is_told & (means < 0)
    return told


def tie_groups(told: ArrayLike, order: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Group models that are not told apart, as the bars of a diagram of critical differences do.

    A group goes from a model, in the given order, to the last one that it is not told from; a group within another one
    is left out. Groups may overlap: two models without a common group are told apart, so equal models share one as
    surely as `told_apart` does not tell them apart. Two models of one group may be told apart where one between the two
    is not told from another further out.

    Args:
        told: shape (models, models), as `told_apart` gives it.
        order: of the models, the best first. A pair that is told in the other direction counts as not told.

    Returns:
        The groups, the best first; each lists models in the given order.

    Source: Demšar (2006), "Statistical comparisons of classifiers over multiple data sets", JMLR 7, figure 1.
    """
    is_told = np.asarray(told, dtype=np.bool_)
    groups: list[tuple[int, ...]] = []
    end = 0
    for start, model in enumerate(order):
        last = max(i for i in range(start, len(order)) if i == start or not is_told[model, order[i]])
        if last + 1 > end:
            groups.append(tuple(order[start : last + 1]))
            end = last + 1
    return tuple(groups)
