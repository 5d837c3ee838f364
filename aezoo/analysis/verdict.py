"""Verdict: the winner of each question, how sure it is, other samplers, disagreeing metrics, what beats all models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from aezoo.analysis.fooled import QUESTION, FooledScore, fooled_score
from aezoo.analysis.savings import Saving, level_with, saving
from aezoo.analysis.score_array import Floats, ScoreArray, discriminating_scores
from aezoo.analysis.sections import Section, SectionResult
from aezoo.analysis.ties import model_groups
from aezoo.analysis.winners import Disagreement, QuestionPairs, disagreements
from aezoo.statistics import MIN_SEEDS, compare_losses, rank_models


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
            *(array.section, each.question, each.winners, each.share, each.sure, each.seeds, each.competitors)
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
    rows = [int(i) for i in np.flatnonzero(counted.is_known.mean(axis=1) > 0.5)]
    columns = _has_complete_scores(counted.losses[rows])
    metrics = tuple(counted.scores[i].metric for i in columns)
    competitors = tuple(array.models[i] for i in rows)
    nobody = QuestionVerdict(
        *(question, competitors, (), False, 0.0, 0, 0, 0, {}, {}, metrics),
        left_out=tuple(model for model in array.models if model not in competitors),
        left_out_metrics=tuple(each.metric for each in array.scores if each.metric not in metrics),
    )
    if len(rows) < 2 or not columns:
        return nobody
    losses = counted.losses[np.ix_(rows, columns)]
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


@dataclass(frozen=True)
class SamplerSensitivity:
    """Questions that depend on samples, asked again with `sampler` for the models that have it.

    Attributes:
        replaced: the models that stand with it here, and with another one above.
    """

    sampler: str
    replaced: tuple[str, ...]
    questions: tuple[QuestionVerdict, ...]


@dataclass(frozen=True)
class BaselineWin:
    """Floor or control that scores better than every model by these of the `total` metrics of a question."""

    name: str
    role: str
    question: str
    metrics: tuple[str, ...]
    total: int


@dataclass(frozen=True)
class Verdict(SectionResult):
    """Verdict on the models of one section.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each model was sampled.
        questions: who wins each.
        complete: the models that compete in every question where anybody does.
        among_complete: the questions again, among these alone; empty unless there are two, and others as well.
        other_samplers: the questions of samples with each other sampler.
        disagreements: the pairs of metrics that name different winners, the surest first.
        comparable: how many metrics have a loss of two models.
        discriminating: how many of these tell some two models apart.
        pairs: how many pairs of these can be compared.
        question_pairs: the same by questions.
        beaten: every floor and control with every question by which it has scores.
        savings: the models that are level with a winner and train in half its time or less.
        with_most_seeds: the models that have more seeds than others; empty unless there are two, and others as well.
        among_most_seeds: the questions again, among these alone.
        fooled: the first sample score, where it takes a control for better than every model.
    """

    section: Section
    least_seeds: int
    models: tuple[str, ...]
    samplers: dict[str, str]
    questions: tuple[QuestionVerdict, ...]
    complete: tuple[str, ...]
    among_complete: tuple[QuestionVerdict, ...]
    other_samplers: tuple[SamplerSensitivity, ...]
    disagreements: tuple[Disagreement, ...]
    comparable: int
    discriminating: int
    pairs: int
    question_pairs: tuple[QuestionPairs, ...]
    beaten: tuple[BaselineWin, ...]
    savings: tuple[Saving, ...] = ()
    with_most_seeds: tuple[str, ...] = ()
    among_most_seeds: tuple[QuestionVerdict, ...] = ()
    fooled: FooledScore | None = None


def verdict(array: ScoreArray) -> Verdict:
    """Give the verdict on the models of `array`; floors and controls do not compete, but may beat them all.

    Raises:
        UsageError: fewer than two models have scores.
    """
    array.require_models()
    models = array.only_models()
    questions = tuple(question_verdicts(models))
    complete = _complete(models, questions)
    discriminating = discriminating_scores(models)
    apart, question_pairs = disagreements(discriminating)
    most = _with_most_seeds(models)
    sampled = next((each.metrics for each in questions if each.question == QUESTION), ())
    return Verdict(
        section=array.section,
        least_seeds=array.least_seeds,
        models=models.models,
        samplers={model: name for model, name in zip(models.models, models.samplers, strict=True) if name},
        questions=questions,
        complete=complete,
        among_complete=_among(models, questions, complete),
        other_samplers=tuple(_other_samplers(array, models)),
        disagreements=apart,
        comparable=int((models.is_known.sum(axis=0) > 1).sum()),
        discriminating=len(discriminating.scores),
        pairs=sum(each.pairs for each in question_pairs),
        question_pairs=question_pairs,
        beaten=tuple(_beaten(array, questions)),
        savings=tuple(_savings(array.section, questions)),
        with_most_seeds=most.models if most is not None else (),
        among_most_seeds=() if most is None else tuple(question_verdicts(most)),
        fooled=fooled_score(array, sampled),
    )


def _with_most_seeds(models: ScoreArray) -> ScoreArray | None:
    """Select the models that have the most seeds; None where all have as many, or one alone has."""
    counts = np.isfinite(models.values).any(axis=1).sum(axis=1)
    rows = [int(i) for i in np.flatnonzero(counts == counts.max())]
    return models.select_models(rows) if 1 < len(rows) < len(counts) else None


def _savings(section: Section, questions: tuple[QuestionVerdict, ...]) -> Iterator[Saving]:
    for each in questions:
        found = (saving(section, each.question, model, each.winners[0]) for model in each.level)
        yield from (one for one in found if one is not None)


def _complete(models: ScoreArray, questions: tuple[QuestionVerdict, ...]) -> tuple[str, ...]:
    contested = [each.competitors for each in questions if each.contested]
    return tuple(model for model in models.models if contested and all(model in of for of in contested))


def _among(
    models: ScoreArray, questions: tuple[QuestionVerdict, ...], complete: tuple[str, ...]
) -> tuple[QuestionVerdict, ...]:
    if len(complete) < 2 or all(each.competitors == complete for each in questions if each.contested):
        return ()
    return tuple(question_verdicts(models.select_models([models.models.index(model) for model in complete])))


def _other_samplers(array: ScoreArray, own: ScoreArray) -> Iterator[SamplerSensitivity]:
    before = dict(zip(own.models, own.samplers, strict=True))
    for sampler, other in array.by_sampler.items():
        now = zip(other.models, other.samplers, strict=True)
        replaced = tuple(model for model, name in now if name != before[model])
        yield SamplerSensitivity(sampler, replaced, tuple(question_verdicts(other)))


def _beaten(array: ScoreArray, questions: tuple[QuestionVerdict, ...]) -> Iterator[BaselineWin]:
    """List what floors and controls beat, by the metrics that count in a question, as the tables do."""
    models = np.array([role == "model" for role in array.roles])
    best = np.where(array.is_known[models], array.means[models], np.inf).min(axis=0)
    ahead = np.isfinite(best) & (compare_losses(array.means, best) > 0)  # best is infinite where no model has a value
    for i, (name, role) in enumerate(zip(array.models, array.roles, strict=True)):
        for each in questions if role not in ("model", "oracle") else ():
            columns = [
                j for j, of in enumerate(array.scores) if of.question == each.question and of.metric in each.metrics
            ]
            if array.is_known[i, columns].any():
                metrics = tuple(array.scores[j].metric for j in columns if ahead[i, j])
                yield BaselineWin(name, role, each.question, metrics, len(each.metrics))
