"""A verdict as sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.numbers import percent
from aezoo.reporting.places import place_lines
from aezoo.reporting.sheets import Sheet
from aezoo.reporting.verdict.argument import argument, beaten_sentences
from aezoo.reporting.verdict.disagreement_sheets import disagreement_sheets
from aezoo.reporting.verdict.kindred import kindred_line
from aezoo.reporting.verdict.question import QuestionVerdict
from aezoo.reporting.verdict.verdict import Verdict
from aezoo.statistics import LEAST_SEEDS

READING = (
    "winner: the lowest mean rank over the question's metrics, which are those that all its models have for all their "
    "common seeds; sure: ahead of everybody in every common seed, five at least, and in 95 % of resampled seeds",
    "false alarms: of two equal models with five seeds one is called sure in 5.5 % of cases by one metric, in 2 % by "
    "five independent ones (simulated; 2 / 2^5 = 6.25 % is the most); nothing is corrected for the number of "
    "questions, and five of them may together come to 28 %",
    "all of it covers the spread from seed to seed on this data set, and nothing else",
)
CONTROL_READING = (
    "k of n: so many of the question's metrics take it for better than every model. A control is a generator that is "
    "known to be bad, a floor needs no training: to be ahead of those is the least to ask"
)


def verdict_sheets(found: Verdict) -> Iterator[Sheet]:
    """The sentences, who wins each question, what beats every model, and the metrics that disagree."""
    yield Sheet(f"Verdict on {found.dataset}", tuple(argument(found)))
    yield _winners(found)
    if found.beaten:
        yield _beaten(found)
    yield from disagreement_sheets(found)


def _winners(found: Verdict) -> Sheet:
    lines = (*place_lines(found), *READING, *kindred_line(found.questions), *_left_out(found))
    headers = ("question", "winner", "sure", "of", "ahead in seeds", "resampled seeds", "metrics won", "mean ranks")
    return Sheet("Who wins", lines, headers, tuple(map(_question, found.questions)), text_columns=3, level=3)


def _left_out(found: Verdict) -> Iterator[str]:
    models = [f"{', '.join(each.left_out)} ({each.question})" for each in found.questions if each.left_out]
    if models:
        yield f"models left out for lack of scores: {'; '.join(models)}"
    metrics = [
        f"{', '.join(each.left_out_metrics)} ({each.question})" for each in found.questions if each.left_out_metrics
    ]
    if metrics:
        yield (
            "metrics left out, because a model has no score in some common seed or no two models differ: "
            f"{'; '.join(metrics)}"
        )


def _question(each: QuestionVerdict) -> tuple[str, ...]:
    if not each.contested:
        return (each.question, "–", "no contest", str(len(each.competitors)), *("–",) * 4)
    won = sorted(each.metrics_won.items(), key=lambda item: -item[1])
    ranks = sorted(each.mean_ranks.items(), key=lambda item: item[1])
    word = "yes" if each.sure else "too few seeds" if each.seeds < LEAST_SEEDS else "no"
    return (
        *(each.question, " = ".join(each.winners), word, str(len(each.competitors))),
        f"{each.seeds_won} of {each.seeds}",
        percent(each.share),
        f"{', '.join(f'{name} {count}' for name, count in won if count)} of {len(each.metrics)}",
        ", ".join(f"{name} {rank:.2f}" for name, rank in ranks),
    )


def _beaten(found: Verdict) -> Sheet:
    cells = {(each.role, each.name, each.question): f"{len(each.metrics)} of {each.total}" for each in found.beaten}
    subjects = dict.fromkeys((each.role, each.name) for each in found.beaten)
    asked = {each.question for each in found.beaten}
    questions = [each.question for each in found.questions if each.question in asked]
    rows = tuple(
        (name, role, *(cells.get((role, name, question), "–") for question in questions)) for role, name in subjects
    )
    headers = ("beats every model by", "role", *questions)
    lines = (*beaten_sentences(found), CONTROL_READING)
    return Sheet("Floors and controls against every model", lines, headers, rows, text_columns=2, level=3)
