"""Winner of a question: the model with the lowest mean rank over its metrics, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from aezoo.analysis.savings import level_with
from aezoo.analysis.score_array import Floats, ScoreArray, discriminating_scores
from aezoo.analysis.sections import Section, SectionResult
from aezoo.analysis.ties import model_groups
from aezoo.statistics import MIN_SEEDS, rank_models


@dataclass(frozen=True)
class QuestionVerdict:
    """Winner of one question: the model with the lowest mean rank over its metrics, each of the same weight.

    Attributes:
        question: which.
        competitors: the models that have most of the question's metrics; fewer than two are no contest.
        winners: the competitor with the lowest mean rank by the means over seeds, or several that tie; nobody
            where there is no contest.
        sure: whether one alone is told from all others: the first of the `groups` has nobody else.
        share: share of resampled seeds in which one of the winners has the lowest mean rank.
        seeds_won: in how many of the `seeds` that all competitors have the winners are ahead of everybody else.
        seeds_tied: in how many of them one of the winners is level with somebody else at the top.
        mean_ranks: by competitor, 1 the best.
        metrics_won: by competitor, of how many metrics it is the winner, ties included.
        metrics: those that count: every competitor has them for every common seed, and some two differ by them.
        left_out: models that do not compete, for lack of scores.
        left_out_metrics: metrics that do not count.
        groups: the competitors that the seeds do not tell apart, group by group, the best first, as `model_groups`
            finds them; groups may overlap, and with fewer than five common seeds there are none.
        level: the others of the first group whose interval of the difference to the first winner has 0 in it.
        common: the seeds that all competitors have.
    """

    question: str
    competitors: tuple[str, ...]
    metrics: tuple[str, ...]
    left_out: tuple[str, ...]
    left_out_metrics: tuple[str, ...]
    winners: tuple[str, ...] = ()
    sure: bool = False
    share: float = 0.0
    seeds_won: int = 0
    seeds_tied: int = 0
    seeds: int = 0
    mean_ranks: dict[str, float] = field(default_factory=dict)
    metrics_won: dict[str, int] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    level: tuple[str, ...] = ()
    common: tuple[int, ...] = ()

    @property
    def contested(self) -> bool:
        """Mark of a question that somebody can win."""
        return bool(self.winners)


@dataclass(frozen=True)
class QuestionWinner(SectionResult):
    """Winner of one question of one section, in short; `QuestionVerdict` has the details.

    Attributes:
        section: data set and protocol.
        question: the question.
        winners: models with the lowest mean rank over the question's metrics, several where they tie; none where
            fewer than two models can be compared.
        share: share of resampled seeds in which one of the winners has the lowest mean rank; 0 without a winner.
        sure: whether one alone is told from all others by five common seeds or more.
        seeds: how many seeds all competitors have.
        competitors: the models that are compared.
    """

    section: Section
    question: str
    winners: tuple[str, ...]
    share: float
    sure: bool
    seeds: int
    competitors: tuple[str, ...]


def question_winners(arrays: Iterable[ScoreArray]) -> list[QuestionWinner]:
    """Find the winners of every question of every section, among the models alone.

    Args:
        arrays: one for each section, as `score_arrays` makes them from records.
    """
    return [
        QuestionWinner(
            section=array.section,
            question=each.question,
            winners=each.winners,
            share=each.share,
            sure=each.sure,
            seeds=each.seeds,
            competitors=each.competitors,
        )
        for array in arrays
        for each in question_verdicts(array.only_models())
    ]


def question_verdicts(array: ScoreArray) -> Iterator[QuestionVerdict]:
    """Give the verdict on each question by which some model of the array has a score that ranks."""
    asked: dict[str, list[int]] = {}
    for i in np.flatnonzero(array.is_known.any(axis=0)):
        asked.setdefault(array.scores[i].question, []).append(int(i))
    for question, metrics in asked.items():
        yield _verdict(question, array.select_scores(metrics))


def _verdict(question: str, array: ScoreArray) -> QuestionVerdict:
    counted = discriminating_scores(array)
    counted = counted if counted.scores else array
    competing = counted.select_models([int(i) for i in np.flatnonzero(counted.is_known.mean(axis=1) > 0.5)])
    apart = discriminating_scores(competing)
    competing = apart if apart.scores else competing
    columns = _has_complete_scores(competing.losses)
    metrics = tuple(competing.scores[i].metric for i in columns)
    competitors = competing.models
    nobody = QuestionVerdict(
        question=question,
        competitors=competitors,
        metrics=metrics,
        left_out=tuple(model for model in array.models if model not in competitors),
        left_out_metrics=tuple(each.metric for each in array.scores if each.metric not in metrics),
    )
    if len(competitors) < 2 or not columns:
        return nobody
    losses = competing.losses[:, columns]
    is_common = np.asarray(np.isfinite(losses).all(axis=(0, 1)), dtype=np.bool_)
    common = tuple(seed for seed, is_theirs in zip(array.seeds, is_common, strict=True) if is_theirs)
    return replace(_contested(nobody, losses), common=common)


def _contested(each: QuestionVerdict, losses: Floats) -> QuestionVerdict:
    """Add the outcome; `losses` are those of its competitors by its metrics."""
    found = rank_models(losses)
    groups = model_groups(losses, each.competitors, list(found.ranks))
    winners = tuple(model for model, wins in zip(each.competitors, found.is_winner, strict=True) if wins)
    level = level_with(losses, each.competitors, winners[0])
    return replace(
        each,
        winners=winners,
        sure=bool(groups) and len(groups[0]) == 1,
        share=found.share,
        seeds_won=found.n_seeds_won,
        seeds_tied=found.n_seeds_tied,
        seeds=found.n_seeds,
        mean_ranks={model: float(rank) for model, rank in zip(each.competitors, found.ranks, strict=True)},
        metrics_won={model: int(n) for model, n in zip(each.competitors, found.n_metrics_won, strict=True)},
        groups=groups,
        level=tuple(name for name in level if name in groups[0]),
    )


def _has_complete_scores(losses: Floats) -> list[int]:
    """Find the metrics that all models have for all of their common seeds.

    Which seeds these are, the metrics say, each with those that it has of all models: five at least if there are such,
    then those that most metrics have. So neither a slow metric with a single seed nor a seed with a single metric
    takes the others with it.
    """
    if not len(losses):
        return []
    common = np.asarray(np.isfinite(losses).all(axis=0), dtype=np.bool_)
    among = [(common[:, seeds].all(axis=1), int(seeds.sum())) for seeds in common if seeds.any()]
    anywhere = np.isfinite(losses).any(axis=2).all(axis=0)
    complete, _ = max(among, key=lambda each: (min(each[1], MIN_SEEDS), each[0].sum(), each[1]), default=(anywhere, 0))
    return [int(i) for i in np.flatnonzero(complete)]
