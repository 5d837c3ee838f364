"""Sentences on what a winner does not tell: bad generators ahead of it, other samplers, metrics that disagree, time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.analysis.question_verdict import QuestionVerdict
from aezoo.analysis.verdict import Verdict
from aezoo.reporting.text import format_percent, join_words
from aezoo.statistics import MIN_CONFIDENCE, MIN_SEEDS

MOST_CHANGES = 3
"""More changes of who is ahead are counted and not named."""
MOST_CONTROLS = 3
"""More controls that fool a score are counted and not named."""


def fooled_sentences(found: Verdict) -> Iterator[str]:
    """Name the controls that the first sample score takes for better than every model, and what sees them."""
    fooled = found.fooled
    if fooled is None:
        return
    named = [
        f"{each.name} ({_value(each.value)}" + (f", seen by {each.seen_by})" if each.seen_by else ")")
        for each in fooled.controls[:MOST_CONTROLS]
    ]
    more = len(fooled.controls) - len(named)
    names = join_words([*named, *([f"{more} more"] if more else [])])
    if len(fooled.controls) == 1:
        subject, verb = "a generator known to be bad", "is"
    else:
        subject, verb = f"{len(fooled.controls)} generators known to be bad", "are"
    yield (
        f"By {fooled.metric} {subject} {verb} ahead of every model by its own sampler: {names}; the best of these, "
        f"{fooled.model}, has {_value(fooled.value)}."
    )


def sampler_sentences(found: Verdict) -> Iterator[str]:
    """Write one sentence on the samplers other than each model's own."""
    before = {each.question: each for each in found.questions if each.contested}
    now = [
        (other.sampler, each)
        for other in found.other_samplers
        for each in other.questions
        if each.contested and each.question in before
    ]
    changed = [(sampler, each) for sampler, each in now if set(each.winners) != set(before[each.question].winners)]
    if changed:
        questions = list(dict.fromkeys(each.question for _, each in changed))
        ahead: dict[str, dict[str, list[str]]] = {}
        for sampler, each in changed:
            ahead.setdefault(sampler, {}).setdefault(join_words(each.winners), []).append(each.question)
        alike: dict[str, list[str]] = {}
        for sampler, leads in ahead.items():
            everywhere = list(leads.values()) == [questions]
            text = join_words([names if everywhere else f"{names} in {join_words(of)}" for names, of in leads.items()])
            alike.setdefault(text, []).append(sampler)
        words = [f"with {join_words(samplers)} it is {text}" for text, samplers in alike.items()]
        if len(words) > MOST_CHANGES:
            counts = [_count_leaders(question, [each for _, each in now]) for question in questions]
            words = [f"with other samplers {join_words(counts)}"]
        yield f"Who is ahead in {join_words(questions)} depends on the sampler: {', '.join(words)}."
    elif now:
        yield "Who is ahead is the same with every other sampler."


def _count_leaders(question: str, now: Sequence[QuestionVerdict]) -> str:
    leaders = {name for each in now if each.question == question for name in each.winners}
    return f"{len(leaders)} different models lead in {question}"


def savings_sentences(found: Verdict) -> Iterator[str]:
    """Name the models that do as well as a winner in half its time or less."""
    for each in found.savings:
        yield (
            f"{each.model} is the same as {each.winner} in {each.question} within the interval, at "
            f"{format_percent(each.time_share)} of its seconds of training ({each.seeds} seeds)."
        )


def metric_sentences(found: Verdict) -> Iterator[str]:
    """Count the pairs of metrics that name different winners."""
    if not found.pairs:
        yield _no_pairs(found)
        return
    compared = f"Of {found.pairs} pairs of metrics that can be compared, among the models that both score,"
    if not found.disagreements:
        yield f"{compared} none name different winners."
        return
    sure = sum(each.probability >= MIN_CONFIDENCE for each in found.disagreements)
    within = sum(each.questions[0] == each.questions[1] for each in found.disagreements)
    tail = "" if found.least_seeds >= MIN_SEEDS else f", which says little with fewer than {MIN_SEEDS} seeds"
    # One seed that is resampled is always the same.
    resampled = f"; {sure} do so in at least 95 % of resampled seeds{tail}" if found.least_seeds > 1 else ""
    yield (
        f"{compared} {len(found.disagreements)} ({format_percent(len(found.disagreements) / found.pairs)}) name "
        f"different winners, {within} of them within one question{resampled}."
    )


def _no_pairs(found: Verdict) -> str:
    """Say why no two metrics can name different winners."""
    if not found.comparable:
        return "No metric scores two models: there is nothing for metrics to disagree about."
    if not found.discriminating:
        return "By every metric the models that it scores tie: there is nothing for metrics to disagree about."
    if found.discriminating == 1:
        return "One metric alone tells models apart: there is no other to disagree with it."
    return (
        "No two metrics that tell models apart score two of the same models: there is nothing for them to disagree "
        "about."
    )


def baseline_sentences(found: Verdict) -> Iterator[str]:
    """Name, for each question, the floors and controls that no model is above by most of its metrics."""
    for question in found.questions:
        above = [each for each in found.beaten if each.question == question.question]
        above = [each for each in above if 2 * len(each.metrics) > each.total]
        if above:
            names = ", ".join(each.name for each in sorted(above, key=lambda each: -len(each.metrics)))
            yield f"By most {question.question} metrics no model is above {names}."


def _value(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"
