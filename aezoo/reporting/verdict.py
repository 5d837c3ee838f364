"""Who wins each question and how surely, which metrics disagree, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from aezoo.reporting.agreement import Winner, informative, winners_of
from aezoo.reporting.panel import Panel
from aezoo.statistics import mean_ranks, win_shares, winners


@dataclass(frozen=True)
class QuestionVerdict:
    """Who answers one question best: the lowest mean rank over its metrics, each of the same weight.

    Attributes:
        question: which.
        winners: the model with the lowest mean rank by the means over seeds, or several that tie.
        share: share of resampled seeds in which one of them wins.
        seeds_won: how many of the `seeds` that all have the winners win by themselves.
        mean_ranks: by model, 1 the best; only models that have all the metrics.
        metrics_won: by model, of how many of the question's metrics it is the winner, ties included.
        metrics: those that count.
        left_out: models and metrics that do not, for lack of scores.
    """

    question: str
    winners: tuple[str, ...]
    share: float
    seeds_won: int
    seeds: int
    mean_ranks: dict[str, float]
    metrics_won: dict[str, int]
    metrics: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Disagreement:
    """Two metrics that name different winners, and the share of resampled seeds in which they do."""

    first: str
    second: str
    questions: tuple[str, str]
    winners: tuple[str, str]
    probability: float


@dataclass(frozen=True)
class Beaten:
    """A floor or control that scores better than every model by these of the `total` metrics of a question."""

    name: str
    role: str
    question: str
    metrics: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class Verdict:
    """All of it for one data set and protocol; `pairs` counts the pairs of metrics that were compared."""

    dataset: str
    fingerprint: str
    protocol: str
    least_seeds: int
    models: tuple[str, ...]
    samplers: dict[str, str]
    questions: tuple[QuestionVerdict, ...]
    disagreements: tuple[Disagreement, ...]
    pairs: int
    beaten: tuple[Beaten, ...]


def verdict(panel: Panel) -> Verdict:
    """The verdict over the models of `panel`; floors and controls do not compete, but may beat them all.

    Raises:
        UsageError: fewer than two models have scores.
    """
    panel.require_models()
    models = informative(panel.only_models())
    names = dict.fromkeys(measure.question for measure in models.measures)
    found = winners_of(models)
    return Verdict(
        dataset=panel.dataset,
        fingerprint=panel.fingerprint,
        protocol=panel.protocol,
        least_seeds=panel.least_seeds,
        models=models.models,
        samplers={model: name for model, name in zip(models.models, models.samplers, strict=True) if name},
        questions=tuple(_question(name, models) for name in names),
        disagreements=_disagreements(models, found),
        pairs=len(found) * (len(found) - 1) // 2,
        beaten=_beaten(panel),
    )


def _question(name: str, panel: Panel) -> QuestionVerdict:
    """Models that have most of the question's metrics compete, by the metrics that all of these have."""
    of_question = panel.of_measures([i for i, each in enumerate(panel.measures) if each.question == name])
    known = np.isfinite(of_question.means)
    rows = np.flatnonzero(known.mean(axis=1) > 0.5)
    columns = np.flatnonzero(known[rows].all(axis=0))
    models = [panel.models[i] for i in rows]
    metrics = [of_question.measures[i].metric for i in columns]
    lacking = [model for model in panel.models if model not in models]
    lacking += [each.metric for each in of_question.measures if each.metric not in metrics]
    means, resampled = of_question.means[np.ix_(rows, columns)], of_question.resampled[:, rows][:, :, columns]
    ranks = mean_ranks(means)
    won = winners(ranks[:, np.newaxis])[:, 0]
    shares = win_shares(mean_ranks(resampled)[..., np.newaxis])[:, 0]
    by_seed = _won_by_seed(of_question, rows, columns)
    of_metrics = winners(means).sum(axis=1)
    return QuestionVerdict(
        question=name,
        winners=tuple(model for model, wins in zip(models, won, strict=True) if wins),
        share=float(shares[won].sum()),
        seeds_won=int(by_seed[:, won].any(axis=1).sum()),
        seeds=len(by_seed),
        mean_ranks={model: float(rank) for model, rank in zip(models, ranks, strict=True)},
        metrics_won={model: int(count) for model, count in zip(models, of_metrics, strict=True)},
        metrics=tuple(metrics),
        left_out=tuple(lacking),
    )


def _won_by_seed(panel: Panel, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each model wins with each seed that all have, shape (seeds, models)."""
    values = np.moveaxis(panel.values, 2, 0)
    losses = panel.losses(values)[:, rows][:, :, columns]
    complete = losses[np.isfinite(losses).all(axis=(1, 2))]
    return winners(mean_ranks(complete)[..., np.newaxis])[..., 0]


def _disagreements(panel: Panel, found: tuple[Winner, ...]) -> tuple[Disagreement, ...]:
    """Pairs of metrics without a common winner, the surest first."""
    won = winners(panel.resampled).astype(np.float64)
    pairs = []
    for (i, first), (j, second) in combinations(enumerate(found), 2):
        if set(first.models).isdisjoint(second.models):
            apart = float((won[:, :, i] * won[:, :, j]).sum(axis=1).clip(max=1).mean())
            questions = (first.question, second.question)
            winner = (" = ".join(first.models), " = ".join(second.models))
            pairs.append(Disagreement(first.metric, second.metric, questions, winner, 1 - apart))
    return tuple(sorted(pairs, key=lambda each: -each.probability))


def _beaten(panel: Panel) -> tuple[Beaten, ...]:
    """What beats every model, by question."""
    models = np.array([role == "model" for role in panel.roles])
    best = np.where(np.isfinite(panel.means[models]), panel.means[models], np.inf).min(axis=0)
    ahead = (panel.means < best) & np.isfinite(best)
    found = []
    for question in dict.fromkeys(measure.question for measure in panel.measures):
        columns = [i for i, measure in enumerate(panel.measures) if measure.question == question]
        for i, (name, role) in enumerate(zip(panel.models, panel.roles, strict=True)):
            metrics = tuple(panel.measures[j].metric for j in columns if ahead[i, j])
            if metrics and role not in ("model", "oracle"):
                found.append(Beaten(name, role, question, metrics, len(columns)))
    return tuple(found)
