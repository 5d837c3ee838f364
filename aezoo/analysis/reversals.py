"""Rank reversals: models that change places from one metric to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.score_array import ScoreArray
from aezoo.statistics import MIN_CONFIDENCE, reversal_probabilities

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Reversal:
    """Two models that two metrics put in opposite orders.

    Attributes:
        ahead: the model that comes first by the metric `first`, and last by `second`.
        behind: the other model.
        first: one metric.
        second: the other metric.
        questions: of the two metrics.
        probability: share of resampled seeds in which both do.
    """

    ahead: str
    behind: str
    first: str
    second: str
    questions: tuple[str, str]
    probability: float


@dataclass(frozen=True)
class QuestionReversals:
    """Reversals between the metrics of two questions, or of one: by the means, the sure ones among them, the surest."""

    questions: tuple[str, str]
    reversals: int
    sure: int
    surest: Reversal


@dataclass(frozen=True)
class Reversals:
    """Reversals of a score array, each of two models by two metrics.

    Attributes:
        count: by the means over seeds.
        sure: those that hold in at least 95 % of resampled seeds.
        surest: the surest of each two models and two questions.
        by_questions: the counts by questions.
    """

    count: int
    sure: int
    surest: tuple[Reversal, ...]
    by_questions: tuple[QuestionReversals, ...]


def reversals(array: ScoreArray) -> Reversals:
    """Find the reversals among everything that `array` holds."""
    probability = reversal_probabilities(array.resampled)
    places = np.nonzero(reversal_probabilities(array.means[np.newaxis]))
    order = np.argsort(-probability[places], kind="stable")
    pairs, rows, columns = (each[order] for each in places)
    sizes = probability[pairs, rows, columns]
    questions = _question_pairs(array, rows, columns)

    def reversal(k: int) -> Reversal:
        return _reversal(array, int(pairs[k]), (int(rows[k]), int(columns[k])), float(sizes[k]))

    groups = [np.flatnonzero((questions == each).all(axis=1)) for each in np.unique(questions, axis=0)]
    return Reversals(
        count=len(sizes),
        sure=int((sizes >= MIN_CONFIDENCE).sum()),
        surest=tuple(reversal(k) for k in _first_of_each(pairs, questions)),
        by_questions=tuple(
            QuestionReversals(
                questions=_names(array, questions[of[0]]),
                reversals=len(of),
                sure=int((sizes[of] >= MIN_CONFIDENCE).sum()),
                surest=reversal(int(of[0])),
            )
            for of in groups
        ),
    )


def _question_pairs(array: ScoreArray, rows: Indices, columns: Indices) -> Indices:
    """Index the two questions of each pair of metrics in the order of the array, shape (pairs, 2)."""
    of_question = {question: i for i, question in enumerate(dict.fromkeys(each.question for each in array.scores))}
    indices = np.array([of_question[each.question] for each in array.scores], dtype=np.intp)
    return np.sort(np.stack([indices[rows], indices[columns]], axis=1), axis=1)


def _names(array: ScoreArray, questions: Indices) -> tuple[str, str]:
    names = list(dict.fromkeys(each.question for each in array.scores))
    return names[questions[0]], names[questions[1]]


def _first_of_each(pairs: Indices, questions: Indices) -> list[int]:
    """Find the first place of each two models and two questions, in order."""
    _, first = np.unique(np.column_stack([pairs, questions]), axis=0, return_index=True)
    return [int(k) for k in np.sort(first)]


def _reversal(array: ScoreArray, pair: int, metrics: tuple[int, int], probability: float) -> Reversal:
    first, second = np.triu_indices(len(array.models), 1)
    one, other = (array.scores[i] for i in metrics)
    return Reversal(
        ahead=array.models[first[pair]],
        behind=array.models[second[pair]],
        first=one.metric,
        second=other.metric,
        questions=(one.question, other.question),
        probability=probability,
    )
