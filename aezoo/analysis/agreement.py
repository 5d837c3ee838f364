"""Agreement of metrics about models: rank correlations, winners and rank reversals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from aezoo.analysis.conventions import ROLE_PLURAL
from aezoo.analysis.model_or_sampler import ModelOrSampler, model_or_sampler
from aezoo.analysis.reversals import QuestionReversals, Reversal, reversals
from aezoo.analysis.score_array import Floats, ScoreArray, ScoreSpec, discriminating_scores
from aezoo.analysis.sections import Section, SectionResult
from aezoo.analysis.stand_ins import StandIns, stand_ins
from aezoo.analysis.winners import Winner, winners
from aezoo.statistics import MIN_MODELS, kendall_tau, resampled_tau, smallest_tau_p

Counts = NDArray[np.int_]
Bounds = tuple[float, float] | None
"""Ends of an interval."""


@dataclass(frozen=True)
class PairAgreement:
    """Kendall's tau-b of two metrics over the models that both score.

    Attributes:
        over_seeds, over_models: its 95 % bootstrap intervals, when seeds of each model or models are drawn anew; None
            where no model has a second seed, with fewer than five models, or where no draw tells.
    """

    first: str
    second: str
    questions: tuple[str, str]
    models: int
    tau: float
    over_seeds: Bounds
    over_models: Bounds


@dataclass(frozen=True)
class QuestionAgreement:
    """Median tau over the pairs of metrics of one question, or of two, with its bootstrap intervals as of a pair.

    Attributes:
        models: which both metrics of a pair score, the fewest of any pair.
        smallest_p: the p-value that perfect agreement of so many would have.
    """

    questions: tuple[str, str]
    pairs: int
    models: int
    smallest_p: float
    tau: float
    over_seeds: Bounds
    over_models: Bounds


@dataclass(frozen=True)
class SubsetAgreement:
    """Agreement over one choice of models; not every metric scores each of them.

    Attributes:
        first: of each question the metric to read first.
    """

    name: str
    models: tuple[str, ...]
    first: tuple[str, ...]
    questions: tuple[QuestionAgreement, ...]
    pairs: tuple[PairAgreement, ...]


def subset_agreement(name: str, array: ScoreArray) -> SubsetAgreement:
    """Compute the agreement of the metrics of `array` over everything that it holds."""
    taus = _Taus(
        kendall_tau(array.means),
        kendall_tau(array.resampled) if (np.isfinite(array.losses).sum(axis=2) > 1).any() else None,
        resampled_tau(array.means),
    )
    known = array.is_known.astype(int)
    shared = known.T @ known
    return SubsetAgreement(
        name=name,
        models=array.models,
        first=tuple({score.question: score.metric for score in reversed(array.scores)}.values()),
        questions=tuple(_questions(array.scores, shared, taus)),
        pairs=tuple(_pairs(array.scores, shared, taus)),
    )


@dataclass(frozen=True)
class _Taus:
    """Tau between all metrics, (metrics, metrics), and over resampled seeds and models, (resamples, ...)."""

    means: Floats
    over_seeds: Floats | None
    over_models: Floats

    def resampled(self, models: int) -> tuple[Floats | None, Floats | None]:
        """Return what was resampled; too few models say nothing of others."""
        return self.over_seeds, self.over_models if models >= MIN_MODELS else None


def _pairs(scores: tuple[ScoreSpec, ...], shared: Counts, taus: _Taus) -> list[PairAgreement]:
    """List every pair of metrics, the most opposed first; of equal ones those that most models stand behind."""
    found = []
    for i, j in zip(*np.triu_indices(len(scores), 1), strict=True):
        if np.isfinite(taus.means[i, j]):
            first, second = scores[i], scores[j]
            questions = (first.question, second.question)
            value = (int(shared[i, j]), float(taus.means[i, j]))
            bounds = (_bounds(None if of is None else of[:, i, j]) for of in taus.resampled(value[0]))
            found.append(PairAgreement(first.metric, second.metric, questions, *value, *bounds))
    return sorted(found, key=lambda pair: (pair.tau, -pair.models))


def _questions(scores: tuple[ScoreSpec, ...], shared: Counts, taus: _Taus) -> list[QuestionAgreement]:
    of_question: dict[str, list[int]] = {}
    for i, score in enumerate(scores):
        of_question.setdefault(score.question, []).append(i)
    found = []
    for first, second in combinations_with_replacement(of_question, 2):
        picked = [(i, j) for i in of_question[first] for j in of_question[second] if first != second or i < j]
        picked = [(i, j) for i, j in picked if np.isfinite(taus.means[i, j])]
        if picked:
            rows, columns = map(list, zip(*picked, strict=True))
            middle = float(np.median(taus.means[rows, columns]))
            fewest = int(shared[rows, columns].min())
            bounds = (_median_bounds(of, rows, columns) for of in taus.resampled(fewest))
            counts = (len(picked), fewest, smallest_tau_p(fewest))
            found.append(QuestionAgreement((first, second), *counts, middle, *bounds))
    return found


def _median_bounds(resampled: Floats | None, rows: list[int], columns: list[int]) -> Bounds:
    if resampled is None:
        return None
    known = resampled[:, rows, columns]
    return _bounds(np.nanmedian(known[np.isfinite(known).any(axis=1)], axis=1))


def _bounds(resampled: Floats | None) -> Bounds:
    known = np.empty(0) if resampled is None else resampled[np.isfinite(resampled)]
    if not known.size:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class Agreement(SectionResult):
    """Agreement of the metrics of one section.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each was sampled.
        controls: how many controls there are.
        winners: of each metric.
        reversal_count: reversals by the means over seeds, each of two models by two metrics.
        sure_reversals: those that hold in at least 95 % of resampled seeds.
        reversals: the surest of each two models and two questions.
        question_reversals: how many between the metrics of two questions.
        model_or_sampler: the weight of each in the scores of samples; None where too few models share samplers.
        stand_ins: the few sample metrics that order the models most as all together do.
    """

    section: Section
    least_seeds: int
    samplers: dict[str, str]
    controls: int
    regimes: tuple[SubsetAgreement, ...]
    winners: tuple[Winner, ...]
    reversal_count: int
    sure_reversals: int
    reversals: tuple[Reversal, ...]
    question_reversals: tuple[QuestionReversals, ...]
    model_or_sampler: ModelOrSampler | None
    stand_ins: tuple[StandIns, ...]


def agreement(array: ScoreArray) -> Agreement:
    """Compute the agreement of the metrics of `array`: among its models, and with floors, controls and the oracle.

    Raises:
        UsageError: fewer than two models have scores.
    """
    array.require_models()
    with threadpool_limits(1):  # many small products: threads would wait for each other, for minutes on a busy machine
        return _agreement(array)


def _agreement(array: ScoreArray) -> Agreement:
    models = discriminating_scores(array.only_models())
    regimes = [subset_agreement("among the models", models)]
    if len(array.models) > len(models.models):
        regimes.append(subset_agreement(f"with {_others(array)}", discriminating_scores(array)))
    found = reversals(models)
    return Agreement(
        section=array.section,
        least_seeds=array.least_seeds,
        samplers={model: name for model, name in zip(array.models, array.samplers, strict=True) if name},
        controls=array.roles.count("control"),
        regimes=tuple(regimes),
        winners=winners(models),
        reversal_count=found.count,
        sure_reversals=found.sure,
        reversals=found.surest,
        question_reversals=found.by_questions,
        model_or_sampler=model_or_sampler(array.section),
        stand_ins=stand_ins(models),
    )


def _others(array: ScoreArray) -> str:
    """Name the roles that are no models, as in ``floors, controls and the oracle``."""
    *first, last = [name for role, name in ROLE_PLURAL.items() if role in array.roles and role != "model"]
    return " and ".join([", ".join(first), last]) if first else last
