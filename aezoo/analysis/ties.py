"""Ties with the best of a score: the models that the seeds cannot tell from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aezoo.analysis.score_array import row_array
from aezoo.analysis.sections import Section
from aezoo.statistics import SIGNIFICANCE_LEVEL, compare_with_best, is_winner

RowName = tuple[str, str]
"""A model and a sampler; "" where a score does not depend on one."""


@dataclass(frozen=True)
class Ties:
    """Rows of one score, models with samplers, told from the best by the seeds or not.

    Attributes:
        question: question of the score.
        metric: name of the score.
        best: the rows with the lowest mean loss, of a target score the mean distance to the target; several where
            they are equal.
        tied: the rows that cannot be told from the best, also those that share too few seeds with it.
        worse: the rows that can be told from it.
        p_values: corrected p-value of each row that was tested.
    """

    question: str
    metric: str
    best: tuple[RowName, ...]
    tied: tuple[RowName, ...]
    worse: tuple[RowName, ...]
    p_values: dict[RowName, float]


def column_ties(section: Section, question: str, metric: str) -> Ties | None:
    """Find the models, each with each of its samplers, that cannot be told from the best of a score.

    The losses are paired by seed and compared by Student's t test, corrected by Holm's method within the column for
    every pair of rows, since the best is read from the same values; see `compare_with_best`. A row whose p-value is
    below `SIGNIFICANCE_LEVEL` is worse. Where all rows are equal, any of them is called worse in at most 5 % of
    columns.

    Returns:
        None where seeds cannot tell: the section has no such score, it ranks nothing, fewer than two models have it,
        or no row shares `MIN_SEEDS` seeds with the best.
    """
    array = row_array(section).only_models()
    columns = [i for i, spec in enumerate(array.scores) if (spec.question, spec.metric) == (question, metric)]
    if not columns:
        return None
    known = np.flatnonzero(array.is_known[:, columns[0]])
    p_values = compare_with_best(array.losses[known, columns[0]])
    if not np.isfinite(p_values).any():
        return None
    names = [(array.models[row], array.samplers[row]) for row in known]
    means = array.means[known, columns[0], np.newaxis]
    is_top = is_winner(means)[:, 0]
    is_worse = (p_values < SIGNIFICANCE_LEVEL) & ~is_top
    return Ties(
        question=question,
        metric=metric,
        best=tuple(name for name, top in zip(names, is_top, strict=True) if top),
        tied=tuple(name for name, out in zip(names, is_top | is_worse, strict=True) if not out),
        worse=tuple(name for name, worse in zip(names, is_worse, strict=True) if worse),
        p_values={name: float(p) for name, p in zip(names, p_values, strict=True) if np.isfinite(p)},
    )
