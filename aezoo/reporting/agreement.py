"""Whether metrics agree about models: rank correlations, winners and rank reversals, from records."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.reporting.panel import Measure, Panel
from aezoo.statistics import (
    kendall_tau,
    reversal_probabilities,
    smallest_tau_p,
    win_shares,
    winners,
)

Floats = NDArray[np.float64]
Counts = NDArray[np.int_]

SURE = 0.95
"""Share of resampled seeds from which on something is called sure."""


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


@dataclass(frozen=True)
class Winner:
    """Who wins a metric among the models: by the means, and in which share of resampled seeds each model does."""

    question: str
    metric: str
    models: tuple[str, ...]
    shares: dict[str, float]

    @property
    def changes(self) -> float:
        """Share of resampled seeds in which another model wins."""
        return 1 - sum(self.shares[model] for model in self.models)


@dataclass(frozen=True)
class Reversal:
    """One metric puts `ahead` before `behind`, another the reverse: in this share of resampled seeds both do."""

    ahead: str
    behind: str
    first: str
    second: str
    questions: tuple[str, str]
    probability: float


@dataclass(frozen=True)
class Agreement:
    """All of it for one data set and protocol.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each was sampled.
        reversal_count: reversals by the means over seeds, each of two models by two metrics.
        sure_reversals: those that hold in at least 95 % of resampled seeds.
        reversals: the surest of each two models and two questions.
    """

    dataset: str
    fingerprint: str
    protocol: str
    least_seeds: int
    samplers: dict[str, str]
    regimes: tuple[Regime, ...]
    winners: tuple[Winner, ...]
    reversal_count: int
    sure_reversals: int
    reversals: tuple[Reversal, ...]


def agreement(panel: Panel) -> Agreement:
    """The agreement of the metrics of `panel`: among its models, and with floors, controls and the oracle.

    Raises:
        UsageError: fewer than two models have scores.
    """
    panel.require_models()
    models = informative(panel.only_models())
    regimes = [_regime("among the models", models)]
    if len(panel.models) > len(models.models):
        regimes.append(_regime("with floors, controls and the oracle", informative(panel)))
    return Agreement(
        dataset=panel.dataset,
        fingerprint=panel.fingerprint,
        protocol=panel.protocol,
        least_seeds=panel.least_seeds,
        samplers={model: name for model, name in zip(panel.models, panel.samplers, strict=True) if name},
        regimes=tuple(regimes),
        winners=winners_of(models),
        **_reversals(models),
    )


def informative(panel: Panel) -> Panel:
    """The metrics by which at least two models of the panel can be told apart."""
    known = np.isfinite(panel.means).sum(axis=0) > 1
    finite = np.where(np.isfinite(panel.means), panel.means, np.nan)
    kept = [i for i in np.flatnonzero(known) if np.nanmax(finite[:, i]) > np.nanmin(finite[:, i])]
    return panel.of_measures([int(i) for i in kept])


def winners_of(panel: Panel) -> tuple[Winner, ...]:
    """The winner of every metric of the panel."""
    won, shares = winners(panel.means), win_shares(panel.resampled)
    return tuple(
        Winner(
            measure.question,
            measure.metric,
            tuple(model for j, model in enumerate(panel.models) if won[j, i]),
            {model: float(shares[j, i]) for j, model in enumerate(panel.models)},
        )
        for i, measure in enumerate(panel.measures)
    )


def _regime(name: str, panel: Panel) -> Regime:
    tau, resampled = kendall_tau(panel.means), kendall_tau(panel.resampled)
    known = np.isfinite(panel.means).astype(int)
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
            bounds = _bounds(np.nanmedian(resampled[:, rows, columns], axis=1))
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


def _reversals(panel: Panel) -> dict[str, Any]:
    """How many there are, how many are sure, and the surest of each two models and two questions."""
    probability = reversal_probabilities(panel.resampled)
    pairs, rows, columns = np.nonzero(reversal_probabilities(panel.means[np.newaxis]))
    sizes = probability[pairs, rows, columns]
    surest: dict[tuple[int, str, str], Reversal] = {}
    for k in np.argsort(-sizes, kind="stable"):
        questions = panel.measures[rows[k]].question, panel.measures[columns[k]].question
        key = (int(pairs[k]), min(questions), max(questions))
        if key not in surest:
            surest[key] = _reversal(panel, pairs[k], (rows[k], columns[k]), float(sizes[k]))
    sure = int((sizes >= SURE).sum())
    return {"reversal_count": len(sizes), "sure_reversals": sure, "reversals": tuple(surest.values())}


def _reversal(panel: Panel, pair: int, metrics: tuple[int, int], probability: float) -> Reversal:
    first, second = np.triu_indices(len(panel.models), 1)
    one, other = (panel.measures[i] for i in metrics)
    return Reversal(
        panel.models[first[pair]],
        panel.models[second[pair]],
        one.metric,
        other.metric,
        (one.question, other.question),
        probability,
    )
