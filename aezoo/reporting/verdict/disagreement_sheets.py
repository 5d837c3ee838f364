"""The metrics that disagree about the winner, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.numbers import percent
from aezoo.reporting.sheets import Sheet
from aezoo.reporting.verdict.disagreement import Disagreement, QuestionPairs
from aezoo.reporting.verdict.verdict import Verdict

SHOWN = 10
READING = (
    "a pair is compared among the models that both metrics score; resampled seeds: the share of them in which the two "
    "name different winners"
)


def disagreement_sheets(found: Verdict) -> Iterator[Sheet]:
    """One row for each two questions, and the surest disagreements within one question."""
    if found.disagreements:
        yield _by_questions(found)
    within = _surest_within(found)
    if within:
        yield _within(within)


def _by_questions(found: Verdict) -> Sheet:
    headers = ("metrics of", "and of", "pairs", "disagree", "share", "the surest", "resampled seeds")
    rows = tuple(map(_questions, found.question_pairs))
    title = "Metrics that disagree about the winner"
    return Sheet(title, (READING,), headers, rows, text_columns=2, level=3)


def _questions(each: QuestionPairs) -> tuple[str, ...]:
    counts = (str(each.pairs), str(each.disagreements), percent(each.disagreements / each.pairs))
    if each.surest is None:
        return (*each.questions, *counts, "–", "–")
    named = zip((each.surest.first, each.surest.second), each.surest.winners, strict=True)
    words = ", ".join(f"{metric}: {winner}" for metric, winner in named)
    return (*each.questions, *counts, words, percent(each.surest.probability))


def _surest_within(found: Verdict) -> list[tuple[Disagreement, int]]:
    """Of each two winners of one question the surest pair, and how many there are."""
    surest: dict[tuple[str, ...], tuple[Disagreement, int]] = {}
    for each in found.disagreements:
        if each.questions[0] == each.questions[1]:
            key = (each.questions[0], *sorted(each.winners))
            first, count = surest.get(key, (each, 0))
            surest[key] = (first, count + 1)
    return list(surest.values())


def _within(surest: list[tuple[Disagreement, int]]) -> Sheet:
    headers = ("question", "by", "wins", "but by", "wins", "resampled seeds", "pairs like it")
    rows = tuple(
        (
            *(each.questions[0], each.first, each.winners[0], each.second, each.winners[1]),
            *(percent(each.probability), str(count)),
        )
        for each, count in surest[:SHOWN]
    )
    lines = (f"the surest pair of each two winners, the first {len(rows)} of {len(surest)}",)
    return Sheet("The surest disagreements within one question", lines, headers, rows, text_columns=5, level=3)
