"""Metrics that say nearly the same, and weigh as much as others all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aezoo.reporting.verdict.question import QuestionVerdict
from aezoo.reporting.wording import joined

KINDRED = (
    ("mse", "psnr"),
    ("ami", "nmi"),
    ("classifier_two_sample",),
    ("one_nearest_neighbour",),
    ("ndb",),
    ("copying_auc", "copying_z"),
)
"""What the names of metrics begin with that are computed from the same quantity."""


def kindred_line(questions: Iterable[QuestionVerdict]) -> Iterator[str]:
    """One line: how many metrics count in each question, and how many of them are kindred."""
    words = [_words(each) for each in questions if each.contested]
    if words:
        yield (
            "every metric weighs the same in mean ranks and counts, also those that say nearly the same, and the same "
            f"score in two feature spaces counts twice: {'; '.join(words)}"
        )


def _words(each: QuestionVerdict) -> str:
    groups = {stems: sum(name.startswith(stems) for name in each.metrics) for stems in KINDRED}
    kindred = [f"{n} {' or '.join(stems)}" for stems, n in groups.items() if n > 1]
    return f"{len(each.metrics)} {each.question} metrics" + (f", of them {joined(kindred)}" if kindred else "")
