"""Kendall's tau between metrics over one choice of models."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from aezoo.reporting.panel import Floats, Measure, Panel
from aezoo.statistics import kendall_tau, smallest_tau_p

Counts = NDArray[np.int_]


@dataclass(frozen=True)
class PairAgreement:
    """Kendall's tau-b of two metrics over the models that both score, its 95 % bootstrap interval over seeds."""

    first: str
    second: str
    questions: tuple[str, str]
    models: int
    tau: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class QuestionAgreement:
    """Median tau over the pairs of metrics of one question, or of two, with its bootstrap interval.

    Attributes:
        models: which both metrics of a pair score, the fewest of any pair.
        smallest_p: the p-value that perfect agreement of so many would have.
    """

    questions: tuple[str, str]
    pairs: int
    models: int
    smallest_p: float
    tau: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Regime:
    """Agreement over one choice of models; not every metric scores each of them."""

    name: str
    models: tuple[str, ...]
    questions: tuple[QuestionAgreement, ...]
    pairs: tuple[PairAgreement, ...]


def regime(name: str, panel: Panel) -> Regime:
    """The agreement of the metrics of `panel` over everything that it holds."""
    tau, resampled = kendall_tau(panel.means), kendall_tau(panel.resampled)
    known = panel.known.astype(int)
    shared = known.T @ known
    return Regime(
        name=name,
        models=panel.models,
        questions=tuple(_questions(panel.measures, shared, tau, resampled)),
        pairs=tuple(_pairs(panel.measures, shared, tau, resampled)),
    )


def _pairs(measures: tuple[Measure, ...], shared: Counts, tau: Floats, resampled: Floats) -> list[PairAgreement]:
    """Every pair of metrics, the most opposed first; of equal ones those that most models stand behind."""
    found = []
    for i, j in zip(*np.triu_indices(len(measures), 1), strict=True):
        if np.isfinite(tau[i, j]):
            first, second = measures[i], measures[j]
            questions = (first.question, second.question)
            value, bounds = (int(shared[i, j]), float(tau[i, j])), _bounds(resampled[:, i, j])
            found.append(PairAgreement(first.metric, second.metric, questions, *value, *bounds))
    return sorted(found, key=lambda pair: (pair.tau, -pair.models))


def _questions(
    measures: tuple[Measure, ...], shared: Counts, tau: Floats, resampled: Floats
) -> list[QuestionAgreement]:
    of_question: dict[str, list[int]] = {}
    for i, measure in enumerate(measures):
        of_question.setdefault(measure.question, []).append(i)
    found = []
    for first, second in combinations_with_replacement(of_question, 2):
        picked = [(i, j) for i in of_question[first] for j in of_question[second] if first != second or i < j]
        picked = [(i, j) for i, j in picked if np.isfinite(tau[i, j])]
        if picked:
            rows, columns = map(list, zip(*picked, strict=True))
            middle = float(np.median(tau[rows, columns]))
            known = resampled[:, rows, columns]
            bounds = _bounds(np.nanmedian(known[np.isfinite(known).any(axis=1)], axis=1))
            fewest = int(shared[rows, columns].min())
            counts = (len(picked), fewest, smallest_tau_p(fewest))
            found.append(QuestionAgreement((first, second), *counts, middle, *bounds))
    return found


def _bounds(resampled: Floats) -> tuple[float | None, float | None]:
    known = resampled[np.isfinite(resampled)]
    if not known.size:
        return None, None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
