"""Verdict: the winner of each question, other samplers, disagreeing metrics, what beats all models, what is quicker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aezoo.analysis.fooled import QUESTION, FooledScore, fooled_score
from aezoo.analysis.question_verdict import QuestionVerdict, question_verdicts
from aezoo.analysis.savings import Saving, saving
from aezoo.analysis.score_array import ScoreArray, discriminating_scores
from aezoo.analysis.sections import Section, SectionResult
from aezoo.analysis.winners import Disagreement, QuestionPairs, disagreements
from aezoo.statistics import compare_losses


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
