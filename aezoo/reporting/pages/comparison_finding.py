"""Finding of a comparison, and the first screen of `compare`: who is better at what, and the rows that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aezoo.analysis.comparison import FIRST_SAMPLERS, Comparison
from aezoo.analysis.differences import (
    Difference,
    Tally,
    differences,
    first_rows,
    has_test,
    questions_of,
    tallies,
    tally,
)
from aezoo.analysis.pairing import DESCRIBES, NO_BASELINE, NO_CANDIDATE
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.pages.verdict_sentences import GOALS
from aezoo.reporting.text import TIED, format_mean, join_words, section_names
from aezoo.statistics import MIN_SEEDS
from aezoo.statistics.direction import arrow

MAX_ROWS = 24
"""More rows of scores would not fit a screen."""

MAX_NAME = 16
"""Longer names, such as paths, do not fit above a column."""


def finding_lines(comparison: Comparison) -> list[str]:
    """Write in at most four sentences how many scores differ, who is better at what, and what is not compared."""
    found = differences(comparison.scores)
    if not found:
        reasons = dict.fromkeys(score.reason for score in comparison.scores if score.reason not in ("", DESCRIBES))
        return [f"Finding: nothing is compared; {join_words(list(reasons)) or 'no score has a better end'}."]
    total = tally(found)
    if total.equal == total.total:
        return [f"Finding: {_both(comparison)} are equal in {'all ' if total.total > 1 else ''}{_scores(total.total)}."]
    lines = [_how_many(comparison, found, total), *_who_leads(comparison, found)]
    return [*lines, *_only_one_side(comparison, questions_of(found))]


def comparison_screen(comparisons: Sequence[Comparison]) -> Document:
    """Make the first screen of comparisons: the finding on each, and the rows that matter as far as a screen has room.

    Of each question these are the score to read first and the largest sure differences (see `first_rows`).

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
    count = sum(map(len, found))
    more = f"all {count} scores with intervals, tests and what was left out: the same command with --all"
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


def _who_leads(comparison: Comparison, found: Sequence[Difference]) -> Iterator[str]:
    """Name the questions in which either side is better by more scores, then those without a lead."""
    counted = tallies(found)
    for name, own, other in ((comparison.candidate, 1, -1), (comparison.baseline, -1, 1)):
        ahead = [each for each in counted if own * each.candidate + other * each.baseline > 0]
        words = [f"{_goal(each)} ({_counts(each, own)})" for each in ahead]
        if words:
            yield f"{name} is ahead in {join_words(words)}."
    level = [each for each in counted if each.candidate == each.baseline]
    if level:
        yield f"Neither is ahead in {join_words([f'{_goal(each)} ({_counts(each, 1)})' for each in level])}."


def _goal(each: Tally) -> str:
    return GOALS.get(each.question, each.question)


def _counts(each: Tally, own: int) -> str:
    """Write ``30 to 5, of 37 scores``, the side that is ahead first."""
    first, second = (each.candidate, each.baseline)[::own]
    return f"{first} to {second}, of {_scores(each.total)}"


def _only_one_side(comparison: Comparison, compared: Sequence[str]) -> Iterator[str]:
    for name, reason in ((comparison.baseline, NO_CANDIDATE), (comparison.candidate, NO_BASELINE)):
        alone = dict.fromkeys(each.question for each in comparison.scores if each.reason == reason)
        missing = [question for question in alone if question not in compared]
        if missing:
            yield f"{name} alone has scores for {join_words(missing)}."


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
        f"{_named(each)} {arrow(score.better, score.aim, digits=3)}",
        *(format_mean(float(np.mean(of)), None) for of in (score.baseline, score.candidate)),
        format_mean(result.interval.mean, half, brief=True),
        f"{names[1] if each.is_better else names[0]} {' ' if clear else TIED}",
    )


def _named(each: Difference) -> str:
    """Name a score as rules do: ``fd_judge@gaussian-mixture``, without a sampler where it is the model's own."""
    own = each.score.sampler in ("", *FIRST_SAMPLERS)
    return each.score.metric if own else f"{each.score.metric}@{each.score.sampler}"


def _how_to_read(found: Sequence[Sequence[Difference]]) -> Iterator[str]:
    if not any(first_rows(each, 1) for each in found):
        return
    yield (
        "rows: of each question the score to read first, then the largest sure differences; metric@sampler: not with "
        "the model's own; difference: candidate minus baseline, of a target (→) of the distances to it, ± half of the "
        "95 % interval, paired by seed"
    )
    if any(map(has_test, found)):
        yield f"{TIED}: not sure; sure is 5 % by Student's test, corrected by Holm's method for all scores compared"
    else:
        yield f"{TIED}: not in all seeds; a test needs {MIN_SEEDS} on both sides"
