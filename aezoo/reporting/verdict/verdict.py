"""Who wins each question and how surely, with which samplers, which metrics disagree, and what beats every model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aezoo.reporting.panel import Panel, informative
from aezoo.reporting.verdict.disagreement import Disagreement, QuestionPairs, disagreements
from aezoo.reporting.verdict.question import QuestionVerdict, question_verdicts
from aezoo.statistics import TIE


@dataclass(frozen=True)
class OtherSampler:
    """The questions that depend on samples, asked again with `sampler` for the models that have it.

    Attributes:
        replaced: the models that stand with it here, and with another one above.
    """

    sampler: str
    replaced: tuple[str, ...]
    questions: tuple[QuestionVerdict, ...]


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
    """All of it for one data set and protocol.

    Attributes:
        least_seeds: the smallest number of seeds of a model.
        samplers: with what each model was sampled.
        questions: who wins each.
        complete: the models that compete in every question where anybody does.
        among_complete: the questions again, among these alone; empty unless there are two, and others as well.
        other_samplers: the questions of samples with each other sampler.
        disagreements: the pairs of metrics that name different winners, the surest first.
        pairs: how many pairs of metrics can be compared.
        question_pairs: the same by questions.
        beaten: every floor and control with every question by which it has scores.
    """

    dataset: str
    fingerprint: str
    protocol: str
    least_seeds: int
    models: tuple[str, ...]
    samplers: dict[str, str]
    questions: tuple[QuestionVerdict, ...]
    complete: tuple[str, ...]
    among_complete: tuple[QuestionVerdict, ...]
    other_samplers: tuple[OtherSampler, ...]
    disagreements: tuple[Disagreement, ...]
    pairs: int
    question_pairs: tuple[QuestionPairs, ...]
    beaten: tuple[Beaten, ...]


def verdict(panel: Panel) -> Verdict:
    """The verdict over the models of `panel`; floors and controls do not compete, but may beat them all.

    Raises:
        UsageError: fewer than two models have scores.
    """
    panel.require_models()
    models = panel.only_models()
    questions = tuple(question_verdicts(models))
    complete = _complete(models, questions)
    apart, question_pairs = disagreements(informative(models))
    return Verdict(
        dataset=panel.dataset,
        fingerprint=panel.fingerprint,
        protocol=panel.protocol,
        least_seeds=panel.least_seeds,
        models=models.models,
        samplers={model: name for model, name in zip(models.models, models.samplers, strict=True) if name},
        questions=questions,
        complete=complete,
        among_complete=_among(models, questions, complete),
        other_samplers=tuple(_other_samplers(panel, models)),
        disagreements=apart,
        pairs=sum(each.pairs for each in question_pairs),
        question_pairs=question_pairs,
        beaten=tuple(_beaten(panel, questions)),
    )


def _complete(models: Panel, questions: tuple[QuestionVerdict, ...]) -> tuple[str, ...]:
    contested = [each.competitors for each in questions if each.contested]
    return tuple(model for model in models.models if contested and all(model in of for of in contested))


def _among(
    models: Panel, questions: tuple[QuestionVerdict, ...], complete: tuple[str, ...]
) -> tuple[QuestionVerdict, ...]:
    if len(complete) < 2 or all(each.competitors == complete for each in questions if each.contested):
        return ()
    return tuple(question_verdicts(models.of_rows([models.models.index(model) for model in complete])))


def _other_samplers(panel: Panel, own: Panel) -> Iterator[OtherSampler]:
    before = dict(zip(own.models, own.samplers, strict=True))
    for sampler, other in panel.others.items():
        now = zip(other.models, other.samplers, strict=True)
        replaced = tuple(model for model, name in now if name != before[model])
        yield OtherSampler(sampler, replaced, tuple(question_verdicts(other)))


def _beaten(panel: Panel, questions: tuple[QuestionVerdict, ...]) -> Iterator[Beaten]:
    """By the metrics that count in a question, so that the tables speak of the same number."""
    models = np.array([role == "model" for role in panel.roles])
    best = np.where(panel.known[models], panel.means[models], np.inf).min(axis=0)
    with np.errstate(invalid="ignore"):  # a metric that no model has: infinite, and beaten by nobody
        ahead = np.isfinite(best) & (panel.means < best - TIE * np.abs(best))
    for i, (name, role) in enumerate(zip(panel.models, panel.roles, strict=True)):
        for each in questions if role not in ("model", "oracle") else ():
            columns = [
                j for j, of in enumerate(panel.measures) if of.question == each.question and of.metric in each.metrics
            ]
            if panel.known[i, columns].any():
                metrics = tuple(panel.measures[j].metric for j in columns if ahead[i, j])
                yield Beaten(name, role, each.question, metrics, len(each.metrics))
