"""Sentences that a verdict supports: all of them, or as many as a first screen has room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from aezoo.analysis.question_verdict import QuestionVerdict
from aezoo.analysis.savings import Saving
from aezoo.analysis.verdict import Verdict
from aezoo.reporting.pages.caveat_sentences import (
    fooled_sentences,
    metric_sentences,
    sampler_sentences,
    savings_sentences,
)
from aezoo.reporting.pages.winner_sentences import (
    among_most_seeds,
    complete_sentences,
    leads,
    overall_sentences,
    question_sentence,
    question_sentences,
    without_leader,
)

GOALS = {"copying": "freedom from copying", "anomaly": "anomaly detection", "latent": "latent codes"}
"""Goals of questions whose name is that of a fault, or of half a thing."""

MAX_JUDGED = 100
"""More models would make a verdict take minutes; the command `verdict` gives it all the same."""

MOST_SENTENCES = 3
"""More sentences nobody reads on a first screen."""

CAPITALISED = ("Ahead ", "In ")
"""First words of sentences that are not the name of a model, which keeps its capital."""

Part = TypeVar("Part", QuestionVerdict, Saving)


def verdict_sentences(found: Verdict) -> list[str]:
    """Say all that a verdict supports in whole sentences: all in one, each question, other samplers, the metrics."""
    found = _with_goals(found)
    return [
        *overall_sentences(found),
        *question_sentences(found),
        *among_most_seeds(found),
        *fooled_sentences(found),
        *complete_sentences(found),
        *savings_sentences(found),
        *sampler_sentences(found),
        *metric_sentences(found),
    ]


def no_verdict(models: Sequence[str]) -> str | None:
    """Say why a page has no verdict on these models, which have scores; None where it has one."""
    if len(models) > MAX_JUDGED:
        return f"{len(models)} models have scores: too many for a verdict on a page; the command verdict has it."
    if len(models) < 2:
        found = f"{models[0]} alone has them" if models else "none has them"
        return f"There is nothing to compare: a verdict needs two models with scores, and {found}."
    return None


def short_verdict(found: Verdict) -> list[str]:
    """Say what matters most of a verdict, in three sentences at most.

    All questions together, then who is ahead, or that nobody is, where nobody wins surely; which generators known to be
    bad the first sample score takes for the best, who leads among the models that share more seeds, whether the sampler
    decides, and how many pairs of metrics disagree: as many of these as there is room for. Where no question has a sure
    winner the bad generators come first, because they are then what is known for sure.
    """
    found = _with_goals(found)
    contested = [each for each in found.questions if each.contested]
    overall = list(overall_sentences(found))
    fooled, more_seeds = list(fooled_sentences(found)), list(among_most_seeds(found))
    rest = [*more_seeds, *sampler_sentences(found), *metric_sentences(found)]
    open_ones = [*leads(contested), *without_leader(found)]
    if not overall:
        alone = [question_sentence(each, found) for each in (contested or found.questions)[:1]]
        is_sure = any(each.sure for each in contested)
        sentences = [*alone, *fooled] if is_sure else [*fooled, *alone]
    elif any(each.sure for each in contested):
        sentences = [_joined(overall), *filter(None, [_joined(open_ones)]), *fooled]
    else:
        sentences = [*fooled, _joined([*overall, *open_ones])]
    return [*sentences, *rest][:MOST_SENTENCES]


def _joined(sentences: list[str]) -> str:
    """Make one sentence of several."""
    parts = [text.removesuffix(".") for text in sentences]
    small = [text[0].lower() + text[1:] if text.startswith(CAPITALISED) else text for text in parts[1:]]
    return "; ".join([*parts[:1], *small]) + ("." if parts else "")


def _with_goals(found: Verdict) -> Verdict:
    """Call each question by what a model wins in it: who "leads in copying" would seem to copy most."""

    def renamed(parts: Iterable[Part]) -> tuple[Part, ...]:
        return tuple(replace(each, question=GOALS.get(each.question, each.question)) for each in parts)

    samplers = tuple(replace(other, questions=renamed(other.questions)) for other in found.other_samplers)
    among_complete = renamed(found.among_complete)
    return replace(
        found,
        questions=renamed(found.questions),
        among_complete=among_complete,
        among_most_seeds=renamed(found.among_most_seeds),
        other_samplers=samplers,
        savings=renamed(found.savings),
    )
