"""Finding of a comparison, and the first screen of `compare`: who is better at what, and the rows that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aezoo.analysis.comparison import Comparison
from aezoo.analysis.differences import Difference, Tally, differences, first_rows, has_test, questions_of, tally
from aezoo.analysis.pairing import DESCRIBES, NO_BASELINE, NO_CANDIDATE
from aezoo.analysis.question_verdict import QuestionVerdict
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.pages.verdict_sentences import GOALS
from aezoo.reporting.text import format_mean, join_words, section_names
from aezoo.statistics import MIN_SEEDS
from aezoo.statistics.direction import arrow

MAX_ROWS = 24
"""More rows of scores would not fit a screen."""

UNSURE = "?"
"""The mark of a difference that the seeds do not make sure; `TIED` marks what is not told from the best of many."""

MAX_NAME = 16
"""Longer names, such as paths, do not fit above a column."""


AHEAD = (
    "ahead: as in verdict, by the mean rank over a question's scores, with each model's own sampler; (3 of 5): better "
    "by the mean of 3, or equal"
)
"""Explanation of who is ahead."""


def finding_lines(comparison: Comparison) -> list[str]:
    """Write in a few sentences how many scores differ, who leads which question, and what is not compared.

    Of scores that depend on a sampler those with each model's own count, as in `verdict`; the last line counts the
    others.
    """
    found = differences(comparison.scores)
    if not found:
        reasons = dict.fromkeys(score.reason for score in comparison.scores if score.reason not in ("", DESCRIBES))
        return [f"Finding: nothing is compared; {join_words(list(reasons)) or 'no score has a better end'}."]
    total = tally(found)
    if total.equal == total.total:
        return [f"Finding: {_both(comparison)} are equal in {'all ' if total.total > 1 else ''}{_scores(total.total)}."]
    lines = [_how_many(comparison, found, total), *_who_leads(comparison, questions_of(found))]
    return [*lines, *_only_one_side(comparison, questions_of(found)), *_with_other_samplers(comparison)]


def comparison_screen(comparisons: Sequence[Comparison]) -> Document:
    """Make the first screen of comparisons: the finding on each, and the rows that matter as far as a screen has room.

    Of each question these are the score to read first, then the largest sure differences (see `first_rows`).

    Returns:
        A document whose `data` holds the comparisons whole.
    """
    names = section_names((comparison.section for comparison in comparisons), with_protocol=False)
    found = [differences(comparison.scores) for comparison in comparisons]
    questions = sum(len(questions_of(each)) for each in found)
    parts = [
        _part(comparison, each, first_rows(each, MAX_ROWS // max(questions, 1)), names[comparison.section])
        for comparison, each in zip(comparisons, found, strict=True)
    ]
    more = "all scores and samplers with intervals, tests and what was left out: the same command with --all"
    return Document((*parts, PageSection("", (*_how_to_read(found), more))), tuple(comparisons))


def _how_many(comparison: Comparison, found: Sequence[Difference], total: Tally) -> str:
    tested = has_test(found)
    better = (
        f"{comparison.candidate} is {'surely ' if tested else ''}better by {total.candidate}, "
        f"{comparison.baseline} by {total.baseline}"
    )
    equal = f" ({total.equal} equal)" if total.equal else ""
    rest = total.total - total.candidate - total.baseline
    if tested:
        return f"Finding: of {_scores(total.total)} {better}; {rest} are not told apart{equal}."
    seeds = max(len(each.score.seeds) for each in found)
    if seeds == 1:
        return f"Finding: one seed makes no difference sure; in it, of {_scores(total.total)}, {better}{equal}."
    return (
        f"Finding: {seeds} seeds make no difference sure; in all of them, of {_scores(total.total)}, {better}; "
        f"{rest} go either way{equal}."
    )


def _who_leads(comparison: Comparison, compared: Sequence[str]) -> Iterator[str]:
    """Name the questions that either side leads by the rule of `verdict`, then those without a leader."""
    asked = [each for each in comparison.questions if each.question in compared]
    tested = any(each.groups for each in asked)
    for name in (comparison.candidate, comparison.baseline):
        ahead = [each for each in asked if each.winners == (name,)]
        sure, unsure = ([_won(each) for each in ahead if each.sure is kind] for kind in (True, False))
        words = [f"surely ahead in {join_words(sure)}"] if sure else []
        words += [f"ahead in {join_words(unsure)}{', but not surely' if tested else ''}"] if unsure else []
        if words:
            yield f"{name} is {join_words(words)}."
    level = [_goal(each) for each in asked if len(each.winners) > 1]
    if level:
        yield f"Neither is ahead in {join_words(level)}."
    apart = [_goal(each) for each in asked if not each.contested]
    if apart:
        yield f"Nobody leads {join_words(apart)}: most of its scores are not of both for the same seeds."


def _goal(each: QuestionVerdict) -> str:
    return GOALS.get(each.question, each.question)


def _won(each: QuestionVerdict) -> str:
    """Write ``samples (34 of 37)``: by how many of the question's scores the winner is better by the mean."""
    return f"{_goal(each)} ({each.metrics_won[each.winners[0]]} of {len(each.metrics)})"


def _only_one_side(comparison: Comparison, compared: Sequence[str]) -> Iterator[str]:
    for name, reason in ((comparison.baseline, NO_CANDIDATE), (comparison.candidate, NO_BASELINE)):
        alone = dict.fromkeys(each.question for each in comparison.scores if each.reason == reason)
        missing = [GOALS.get(question, question) for question in alone if question not in compared]
        if missing:
            yield f"{name} alone has scores for {join_words(missing)}."


def _with_other_samplers(comparison: Comparison) -> Iterator[str]:
    others = [score for score in comparison.scores if score.result is not None and not score.is_own]
    if others:
        samplers = list(dict.fromkeys(score.sampler for score in others))
        yield f"Not counted: {_scores(len(others))} with another sampler than a model's own ({join_words(samplers)})."


def _both(comparison: Comparison) -> str:
    return f"{comparison.baseline} and {comparison.candidate}"


def _scores(count: int) -> str:
    return f"{count} score{'' if count == 1 else 's'}"


def _part(comparison: Comparison, found: Sequence[Difference], rows: Sequence[Difference], name: str) -> PageSection:
    sides = (comparison.baseline, comparison.candidate)
    names = sides if all(len(side) <= MAX_NAME for side in sides) else ("baseline", "candidate")
    labels = ("question", "model") if any(each.score.model for each in rows) else ("question",)
    tested = has_test(found)
    written = [(*(getattr(each.score, label) for label in labels), *_row(each, names, tested)) for each in rows]
    before = ["", *(row[0] for row in written)]
    return PageSection(
        heading=f"{comparison.candidate} against {comparison.baseline} on {name}",
        lines=(*finding_lines(comparison), *comparison.notes),
        headers=(*labels, "metric", *names, "difference", "better"),
        rows=tuple(("" if row[0] == last else row[0], *row[1:]) for row, last in zip(written, before, strict=False)),
        text_columns=len(labels) + 1,
    )


def _row(each: Difference, names: tuple[str, str], tested: bool) -> tuple[str, ...]:
    score, result = each.score, each.result
    half = None if result.interval.high is None else result.interval.high - result.interval.mean
    clear = each.sure if tested else each.in_all_seeds
    return (
        f"{score.metric} {arrow(score.better, score.aim, digits=3)}",
        *(format_mean(float(np.mean(of)), None) for of in (score.baseline, score.candidate)),
        format_mean(result.interval.mean, half, brief=True),
        f"{names[1] if each.is_better else names[0]} {' ' if clear else UNSURE}",
    )


def _how_to_read(found: Sequence[Sequence[Difference]]) -> Iterator[str]:
    if not any(first_rows(each, 1) for each in found):
        return
    tested = any(map(has_test, found))
    then = "then the largest sure differences" if tested else "then the others in the order of the tables"
    yield (
        f"rows: of each question the score to read first, {then}; difference: candidate minus baseline, of a target "
        "(→) of the distances to it, ± half of the 95 % interval, paired by seed"
    )
    yield AHEAD
    if tested:
        yield f"{UNSURE}: not sure; sure is 5 % by Student's test, corrected by Holm's method for all scores compared"
    else:
        yield f"{UNSURE}: not in all seeds; a test needs {MIN_SEEDS} on both sides"
