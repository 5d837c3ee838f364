"""Winners of each metric among the models, the share of resampled seeds in which they win, and disagreements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.score_array import ScoreArray
from aezoo.statistics import is_winner, win_shares


@dataclass(frozen=True)
class Disagreement:
    """Two metrics that name different winners, and the share of resampled seeds in which they do.

    Attributes:
        models: among how many models: those that both score.
    """

    first: str
    second: str
    questions: tuple[str, str]
    winners: tuple[str, str]
    models: int
    probability: float


@dataclass(frozen=True)
class QuestionPairs:
    """Counts of the pairs of metrics of two questions, or of one: those that can be compared, and that disagree."""

    questions: tuple[str, str]
    pairs: int
    disagreements: int
    surest: Disagreement | None


def disagreements(array: ScoreArray) -> tuple[tuple[Disagreement, ...], tuple[QuestionPairs, ...]]:
    """Find pairs of metrics without a common winner, the surest first, and count them by questions.

    A pair can be compared if there are two models at least that both metrics score. The winners are taken among
    these alone: that the winner of one metric has no score by the other is no disagreement.
    """
    pairs, found = _pairs(array)
    ordered = tuple(sorted(found, key=lambda each: -each.probability))
    surest: dict[tuple[str, str], Disagreement] = {}
    for each in ordered:
        surest.setdefault(each.questions, each)
    counts = {questions: sum(each.questions == questions for each in ordered) for questions in pairs}
    return ordered, tuple(QuestionPairs(of, n, counts[of], surest.get(of)) for of, n in pairs.items())


def _pairs(array: ScoreArray) -> tuple[dict[tuple[str, str], int], list[Disagreement]]:
    """Count the pairs that can be compared, by their questions, and list those that disagree."""
    won = _Winners(array)
    pairs: dict[tuple[str, str], int] = {}
    found: list[Disagreement] = []
    for i, j in combinations(range(len(array.scores)), 2):
        common = array.is_known[:, i] & array.is_known[:, j]
        if common.sum() > 1:
            questions = (array.scores[i].question, array.scores[j].question)
            pairs[questions] = pairs.get(questions, 0) + 1
            found.extend(_disagreement(array, won, (i, j), common))
    return pairs, found


def _disagreement(
    array: ScoreArray, won: _Winners, pair: tuple[int, int], common: NDArray[np.bool_]
) -> Iterator[Disagreement]:
    first, second = (won.by_means(common)[:, metric] for metric in pair)
    if (first & second).any():
        return
    one, other = (won.by_resamples(common)[:, :, metric] for metric in pair)
    # A resample in which a model lacks a score shows nothing: a metric of one seed is never sure.
    shown = won.complete(common)[:, pair].all(axis=1) & ~(one & other).any(axis=1)
    of = tuple(array.scores[metric] for metric in pair)
    yield Disagreement(
        first=of[0].metric,
        second=of[1].metric,
        questions=(of[0].question, of[1].question),
        winners=(_named(array, first), _named(array, second)),
        models=int(common.sum()),
        probability=float(shown.mean()),
    )


class _Winners:
    """Winners of every metric among some models: few sets of models occur, so each is computed once."""

    def __init__(self, array: ScoreArray) -> None:
        self._array = array
        self._found: dict[bytes, tuple[NDArray[np.bool_], ...]] = {}

    def by_means(self, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return self._among(among)[0]

    def by_resamples(self, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return self._among(among)[1]

    def complete(self, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the resamples in which all of them have a score, (resamples, metrics)."""
        return self._among(among)[2]

    def _among(self, among: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], ...]:
        key = among.tobytes()
        if key not in self._found:
            outside = ~among[:, np.newaxis]
            means = np.where(outside, np.nan, self._array.means)
            resampled = np.where(outside, np.nan, self._array.resampled)
            lacking = np.isnan(self._array.resampled[:, among]).any(axis=1)
            self._found[key] = (is_winner(means), is_winner(resampled), np.logical_not(lacking))
        return self._found[key]


def _named(array: ScoreArray, won: NDArray[np.bool_]) -> str:
    return " = ".join(model for model, wins in zip(array.models, won, strict=True) if wins)


@dataclass(frozen=True)
class Winner:
    """Winner of a metric by the means, and the share of resampled seeds in which each model that has it wins.

    Attributes:
        seeds: the fewest seeds with a score of any of these models.
    """

    question: str
    metric: str
    models: tuple[str, ...]
    shares: dict[str, float]
    seeds: int

    @property
    def changes(self) -> float:
        """Share of resampled seeds in which another model wins."""
        return 1 - sum(self.shares[model] for model in self.models)


def winners(array: ScoreArray) -> tuple[Winner, ...]:
    """Find the winner of every metric of the array."""
    return tuple(_winner(array, i) for i in range(len(array.scores)))


def _winner(array: ScoreArray, metric: int) -> Winner:
    """Find the winner of one metric; a resample in which one of the models has no score does not count."""
    rows = np.flatnonzero(array.is_known[:, metric])
    resampled = array.resampled[:, rows, metric]
    complete = resampled[np.isfinite(resampled).all(axis=1), :, np.newaxis]
    won = is_winner(array.means[rows, metric, np.newaxis])[:, 0]
    shares = win_shares(complete)[:, 0] if len(complete) else won / won.sum()
    names = [array.models[row] for row in rows]
    return Winner(
        question=array.scores[metric].question,
        metric=array.scores[metric].metric,
        models=tuple(name for name, wins in zip(names, won, strict=True) if wins),
        shares={name: float(share) for name, share in zip(names, shares, strict=True)},
        seeds=int(np.isfinite(array.losses[rows, metric]).sum(axis=1).min()),
    )
