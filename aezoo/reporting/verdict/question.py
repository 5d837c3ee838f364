"""Who answers one question best: who competes, by which metrics, and who is ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from aezoo.reporting.panel import Floats, Panel, informative
from aezoo.statistics import LEAST_SEEDS, contest


@dataclass(frozen=True)
class QuestionVerdict:
    """Who answers one question best: the lowest mean rank over its metrics, each of the same weight.

    Attributes:
        question: which.
        competitors: the models that have most of the question's metrics; fewer than two are no contest.
        winners: the competitor with the lowest mean rank by the means over seeds, or several that tie; nobody
            where there is no contest.
        sure: whether one alone is ahead in every common seed, five at least, and in 95 % of resampled seeds.
        share: share of resampled seeds in which one of the winners has the lowest mean rank.
        seeds_won: in how many of the `seeds` that all competitors have the winners are ahead of everybody else.
        seeds_tied: in how many of them one of the winners is level with somebody else at the top.
        mean_ranks: by competitor, 1 the best.
        metrics_won: by competitor, of how many metrics it is the winner, ties included.
        metrics: those that count: every competitor has them for every common seed, and some two differ by them.
        left_out: models that do not compete, for lack of scores.
        left_out_metrics: metrics that do not count.
    """

    question: str
    competitors: tuple[str, ...]
    winners: tuple[str, ...]
    sure: bool
    share: float
    seeds_won: int
    seeds_tied: int
    seeds: int
    mean_ranks: dict[str, float]
    metrics_won: dict[str, int]
    metrics: tuple[str, ...]
    left_out: tuple[str, ...]
    left_out_metrics: tuple[str, ...]

    @property
    def contested(self) -> bool:
        """Whether anybody can win it."""
        return bool(self.winners)


def question_verdicts(panel: Panel) -> Iterator[QuestionVerdict]:
    """One for each question by which some model of the panel has a score that ranks."""
    asked: dict[str, list[int]] = {}
    for i in np.flatnonzero(panel.known.any(axis=0)):
        asked.setdefault(panel.measures[i].question, []).append(int(i))
    for question, metrics in asked.items():
        yield _verdict(question, panel.of_measures(metrics))


def _verdict(question: str, panel: Panel) -> QuestionVerdict:
    counted = informative(panel)
    counted = counted if counted.measures else panel
    rows = [int(i) for i in np.flatnonzero(counted.known.mean(axis=1) > 0.5)]
    columns = _complete(counted.losses[rows])
    metrics = tuple(counted.measures[i].metric for i in columns)
    competitors = tuple(panel.models[i] for i in rows)
    nobody = QuestionVerdict(
        *(question, competitors, (), False, 0.0, 0, 0, 0, {}, {}, metrics),
        left_out=tuple(model for model in panel.models if model not in competitors),
        left_out_metrics=tuple(each.metric for each in panel.measures if each.metric not in metrics),
    )
    return _contested(nobody, counted.losses[np.ix_(rows, columns)]) if len(rows) > 1 and columns else nobody


def _contested(each: QuestionVerdict, losses: Floats) -> QuestionVerdict:
    """With the outcome; `losses` of its competitors by its metrics."""
    found = contest(losses)
    return replace(
        each,
        winners=tuple(model for model, wins in zip(each.competitors, found.won, strict=True) if wins),
        sure=found.sure,
        share=found.share,
        seeds_won=found.seeds_won,
        seeds_tied=found.seeds_tied,
        seeds=found.seeds,
        mean_ranks={model: float(rank) for model, rank in zip(each.competitors, found.ranks, strict=True)},
        metrics_won={model: int(n) for model, n in zip(each.competitors, found.metrics_won, strict=True)},
    )


def _complete(losses: Floats) -> list[int]:
    """The metrics that all models have for all of their common seeds.

    Which seeds these are, the metrics say, each with those that it has of all models: five at least if there are such,
    then those that most metrics have. So neither a slow metric with a single seed nor a seed with a single metric
    takes the others with it.
    """
    if not len(losses):
        return []
    common = np.asarray(np.isfinite(losses).all(axis=0), dtype=np.bool_)
    among = [(common[:, seeds].all(axis=1), int(seeds.sum())) for seeds in common if seeds.any()]
    anywhere = np.isfinite(losses).any(axis=2).all(axis=0)
    complete, _ = max(
        among, key=lambda each: (min(each[1], LEAST_SEEDS), each[0].sum(), each[1]), default=(anywhere, 0)
    )
    return [int(i) for i in np.flatnonzero(complete)]
