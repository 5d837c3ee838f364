"""Stand-ins: the few sample metrics that order the models most as all others together do."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from aezoo.analysis.score_array import Floats, ScoreArray
from aezoo.statistics import MIN_MODELS, mean_ranks

QUESTION = "samples"

SIZES = (1, 2, 3)
"""Numbers of metrics that stand for all."""


@dataclass(frozen=True)
class StandIns:
    """Best set of so many metrics.

    Attributes:
        metrics: the set.
        models: how many it orders.
        tau: of the models by their mean rank over the set, and by that over all other metrics; in [-1, 1].
        median: the same of the median set of this size: what a choice at random gives.
        worst: the lowest of any set of this size.
    """

    metrics: tuple[str, ...]
    models: int
    tau: float
    median: float
    worst: float


def stand_ins(models: ScoreArray) -> tuple[StandIns, ...]:
    """Find for each of `SIZES` the set of sample metrics that stands best for all others.

    A metric counts if it knows every model that has samples. The metrics of a set are left out of what it is held
    against.

    Returns:
        One set a size; none where fewer than five models have samples or there are no more metrics than `SIZES`.
    """
    columns = [i for i, score in enumerate(models.scores) if score.question == QUESTION]
    losses = models.means[:, columns]
    losses = losses[np.isfinite(losses).any(axis=1)]
    complete = np.isfinite(losses).all(axis=0)
    if len(losses) < MIN_MODELS or complete.sum() <= max(SIZES):
        return ()
    ranks = mean_ranks(losses[:, complete].T[..., np.newaxis]).T
    names = [models.scores[columns[i]].metric for i in np.flatnonzero(complete)]
    return tuple(_best_set(ranks, names, size) for size in SIZES)


def _best_set(ranks: Floats, names: list[str], size: int) -> StandIns:
    """Try every set of a size; `ranks` has the shape (models, metrics)."""
    sets = np.array(list(combinations(range(len(names)), size)))
    of_set = np.sum([ranks[:, sets[:, k]] for k in range(size)], axis=0)
    taus = _paired_tau(of_set, ranks.sum(axis=1, keepdims=True) - of_set)
    best = int(np.argmax(taus))
    metrics = tuple(names[i] for i in sets[best])
    return StandIns(metrics, len(ranks), *(float(each) for each in (taus[best], np.median(taus), taus.min())))


def _paired_tau(first: Floats, second: Floats) -> Floats:
    """Compute tau-b of each column of one array with the same column of the other, both (models, sets)."""
    above, below = np.triu_indices(len(first), 1)
    agreement, ordered_first, ordered_second = (np.zeros(first.shape[1]) for _ in range(3))
    for a, b in zip(above, below, strict=True):  # all pairs at once would fill the memory
        of_first, of_second = np.sign(first[a] - first[b]), np.sign(second[a] - second[b])
        agreement += of_first * of_second
        ordered_first += of_first**2
        ordered_second += of_second**2
    tau: Floats = agreement / np.sqrt(np.maximum(ordered_first * ordered_second, 1))
    return tau
