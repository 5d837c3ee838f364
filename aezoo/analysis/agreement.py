"""Whether metrics agree about models: rank correlations, winners and rank reversals, from records."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from aezoo.analysis.reversals import QuestionReversals, Reversal, reversals
from aezoo.analysis.score_array import Floats, ScoreArray, ScoreSpec, discriminating_scores
from aezoo.analysis.winners import Winner, winners
from aezoo.statistics import kendall_tau, smallest_tau_p

Counts = NDArray[np.int_]

ROLES = {"floor": "floors", "control": "controls", "oracle": "the oracle"}


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
class SubsetAgreement:
    """Agreement over one choice of models; not every metric scores each of them."""

    name: str
    models: tuple[str, ...]
    questions: tuple[QuestionAgreement, ...]
    pairs: tuple[PairAgreement, ...]


def regime(name: str, panel: ScoreArray) -> SubsetAgreement:
    """The agreement of the metrics of `panel` over everything that it holds."""
    tau, resampled = kendall_tau(panel.means), kendall_tau(panel.resampled)
    known = panel.known.astype(int)
    shared = known.T @ known
    return SubsetAgreement(
        name=name,
        models=panel.models,
        questions=tuple(_questions(panel.measures, shared, tau, resampled)),
        pairs=tuple(_pairs(panel.measures, shared, tau, resampled)),
    )


def _pairs(measures: tuple[ScoreSpec, ...], shared: Counts, tau: Floats, resampled: Floats) -> list[PairAgreement]:
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
    measures: tuple[ScoreSpec, ...], shared: Counts, tau: Floats, resampled: Floats
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


@dataclass(frozen=True)
class Agreement:
    """All of it for one data set and protocol.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each was sampled.
        controls: how many controls there are.
        winners: of each metric.
        reversal_count: reversals by the means over seeds, each of two models by two metrics.
        sure_reversals: those that hold in at least 95 % of resampled seeds.
        reversals: the surest of each two models and two questions.
        question_reversals: how many between the metrics of two questions.
    """

    dataset: str
    fingerprint: str
    protocol: str
    least_seeds: int
    samplers: dict[str, str]
    controls: int
    regimes: tuple[SubsetAgreement, ...]
    winners: tuple[Winner, ...]
    reversal_count: int
    sure_reversals: int
    reversals: tuple[Reversal, ...]
    question_reversals: tuple[QuestionReversals, ...]


def agreement(panel: ScoreArray) -> Agreement:
    """The agreement of the metrics of `panel`: among its models, and with floors, controls and the oracle.

    Raises:
        UsageError: fewer than two models have scores.
    """
    panel.require_models()
    models = discriminating_scores(panel.only_models())
    regimes = [regime("among the models", models)]
    if len(panel.models) > len(models.models):
        regimes.append(regime(f"with {_others(panel)}", discriminating_scores(panel)))
    found = reversals(models)
    return Agreement(
        dataset=panel.dataset,
        fingerprint=panel.fingerprint,
        protocol=panel.protocol,
        least_seeds=panel.least_seeds,
        samplers={model: name for model, name in zip(panel.models, panel.samplers, strict=True) if name},
        controls=panel.roles.count("control"),
        regimes=tuple(regimes),
        winners=winners(models),
        reversal_count=found.count,
        sure_reversals=found.sure,
        reversals=found.surest,
        question_reversals=found.by_questions,
    )


def _others(panel: ScoreArray) -> str:
    """``floors, controls and the oracle``, or which of them there are."""
    words = [ROLES.get(role, role) for role in dict.fromkeys([*ROLES, *panel.roles]) if role in panel.roles]
    *first, last = [word for word in words if word != "model"]
    return " and ".join([", ".join(first), last]) if first else last
