"""Ties: the models that the seeds cannot tell from the best of a score, and groups of models over a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.analysis.own_sampler import CEILING_SAMPLER
from aezoo.analysis.score_array import Floats, ScoreArray, row_array
from aezoo.analysis.sections import Section
from aezoo.statistics import (
    MIN_SEEDS,
    SIGNIFICANCE_LEVEL,
    compare_losses,
    compare_with_best,
    is_winner,
    standardised_means,
    tie_groups,
    told_apart,
)

RowName = tuple[str, str]
"""A model and a sampler; "" where a score does not depend on one."""


@dataclass(frozen=True)
class Ties:
    """Rows of one score, models with samplers, told from the best by the seeds or not.

    A row that shares fewer than `MIN_SEEDS` seeds with the best was not tested, and is in neither list.

    Attributes:
        question: question of the score.
        metric: name of the score.
        best: the rows with the lowest mean loss, of a target score the mean distance to the target; several where
            they are equal.
        tied: the rows that were tested and cannot be told from the best.
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

    Returns:
        What `_ties` finds; None where seeds cannot tell, and where the section has no such score.
    """
    array = competing_rows(section)
    columns = [i for i, spec in enumerate(array.scores) if (spec.question, spec.metric) == (question, metric)]
    return _ties(array, columns[0]) if columns else None


def tied_cells(rows: ScoreArray) -> set[tuple[str, ...]]:
    """List the cells of a section's tables that cannot be told from the best of their columns, by their `CELL_KEYS`.

    Args:
        rows: the rows that compete.
    """
    found = (_ties(rows, i) for i in range(len(rows.scores)))
    return {
        (ties.question, "model", model, sampler, ties.metric)
        for ties in found
        if ties is not None
        for model, sampler in ties.tied
    }


def model_groups(losses: Floats, models: Sequence[str], mean_ranks: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    """Group the models of a question that the seeds do not tell apart, the best mean rank first.

    Two models without a common group are told apart: one has a lower mean rank, and is better by its mean losses over
    metrics, each metric by its own scale (`standardised_means`), with Student's test, paired by seed and corrected by
    Holm's method for all pairs (`told_apart`). Two equal models are told apart in at most 5 % of questions.

    Args:
        losses: shape (models, metrics, seeds); a seed counts that all have by all metrics.
        models: their names.
        mean_ranks: of the models over the metrics, 1 the best.

    Returns:
        Names, group by group; groups may overlap. Empty where fewer than `MIN_SEEDS` seeds are common.
    """
    complete = losses[:, :, np.isfinite(losses).all(axis=(0, 1))]
    if complete.shape[2] < MIN_SEEDS:
        return ()
    ranks = np.asarray(mean_ranks, dtype=np.float64)
    is_ahead = compare_losses(ranks[:, np.newaxis], ranks) > 0
    order = [int(i) for i in np.argsort(ranks, kind="stable")]
    groups = tie_groups(told_apart(standardised_means(complete)) & is_ahead, order)
    return tuple(tuple(models[i] for i in group) for group in groups)


def _ties(array: ScoreArray, column: int) -> Ties | None:
    """Find what cannot be told from the best of a column.

    The losses are paired by seed and compared by Student's t test, corrected by Holm's method within the column for
    every pair of rows, since the best is read from the same values; see `compare_with_best`. A row whose p-value is
    below `SIGNIFICANCE_LEVEL` is worse. Where all rows are equal, any of them is called worse in at most 5 % of
    columns.

    Returns:
        None where seeds cannot tell: the score ranks nothing, fewer than two models have it, or no row shares
        `MIN_SEEDS` seeds with the best.
    """
    known = np.flatnonzero(array.is_known[:, column])
    p_values = compare_with_best(array.losses[known, column])
    if not np.isfinite(p_values).any():
        return None
    names = [(array.models[row], array.samplers[row]) for row in known]
    means = array.means[known, column, np.newaxis]
    is_top = is_winner(means)[:, 0]
    is_tested = np.isfinite(p_values) & ~is_top
    is_worse = is_tested & (p_values < SIGNIFICANCE_LEVEL)
    return Ties(
        question=array.scores[column].question,
        metric=array.scores[column].metric,
        best=tuple(name for name, top in zip(names, is_top, strict=True) if top),
        tied=tuple(name for name, tied in zip(names, is_tested & ~is_worse, strict=True) if tied),
        worse=tuple(name for name, worse in zip(names, is_worse, strict=True) if worse),
        p_values={name: float(p) for name, p in zip(names, p_values, strict=True) if np.isfinite(p)},
    )


def competing_rows(section: Section) -> ScoreArray:
    """Make the array of the rows of the section's tables that may be best.

    Floors, controls and the oracle do not compete, and neither does the ceiling of all samplers.
    """
    rows = row_array(section)
    kinds = enumerate(zip(rows.roles, rows.samplers, strict=True))
    return rows.select_models([i for i, (role, name) in kinds if role == "model" and name != CEILING_SAMPLER])


def best_cells(rows: ScoreArray) -> set[tuple[str, ...]]:
    """List the cells of a section's tables that are best among the models, each by its `CELL_KEYS`.

    Best is the lowest mean loss, of a target score the mean distance to the target, and every model that ties with
    it. Where a row is alone, or all tie, none is best.

    Args:
        rows: the rows that compete.
    """
    return {
        (rows.scores[j].question, rows.roles[i], rows.models[i], rows.samplers[i], rows.scores[j].metric)
        for i, j in zip(*np.nonzero(rows.is_best), strict=True)
    }
