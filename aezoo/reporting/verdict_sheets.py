"""A verdict as sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.agreement_sheets import few_seeds, sampler_line
from aezoo.reporting.argument import argument, sure_winner
from aezoo.reporting.sheets import Sheet
from aezoo.reporting.verdict import Disagreement, QuestionVerdict, Verdict
from aezoo.statistics import LEAST_SEEDS

READING = (
    "winner: the lowest mean rank over the question's metrics, each of the same weight; share: of resampled seeds "
    "in which it wins; sure: at least 95 % of them, and five seeds or more",
    "the shares cover the spread from seed to seed on this data set, and nothing else",
)


def verdict_sheets(found: Verdict) -> Iterator[Sheet]:
    """The sentences, who wins each question, and the metrics that disagree about it."""
    yield Sheet(f"Verdict on {found.dataset}", tuple(argument(found)))
    lines = [f"data: {found.dataset}, fingerprint {found.fingerprint[:12]}; protocol: {found.protocol}"]
    lines += [sampler_line(found.samplers)] if found.samplers else []
    lines += [*few_seeds(found.least_seeds), *READING, *_left_out(found)]
    headers = ("question", "winner", "sure", "share", "seeds", "metrics won", "mean ranks")
    rows = tuple(_question(each, found.least_seeds) for each in found.questions)
    yield Sheet("Who wins", tuple(lines), headers, rows, text_columns=3, level=3)
    if found.disagreements:
        yield _disagreements(found)


def _left_out(found: Verdict) -> Iterator[str]:
    for each in found.questions:
        if each.left_out:
            yield f"left out of {each.question} for lack of scores: {', '.join(each.left_out)}"


def _question(each: QuestionVerdict, least_seeds: int) -> tuple[str, ...]:
    won = sorted(each.metrics_won.items(), key=lambda item: -item[1])
    ranks = sorted(each.mean_ranks.items(), key=lambda item: item[1])
    word = "too few seeds" if least_seeds < LEAST_SEEDS else "yes" if sure_winner(each, least_seeds) else "no"
    return (
        *(each.question, " = ".join(each.winners) or "–", word),
        *(f"{each.share:.0%}", f"{each.seeds_won} of {each.seeds}"),
        f"{', '.join(f'{name} {count}' for name, count in won if count) or '–'} of {len(each.metrics)}",
        ", ".join(f"{name} {rank:.2f}" for name, rank in ranks) or "–",
    )


def _disagreements(found: Verdict) -> Sheet:
    """The surest disagreement for each two questions and winners."""
    surest: dict[tuple[str, ...], Disagreement] = {}
    counts: dict[tuple[str, ...], int] = {}
    for each in found.disagreements:
        key = (*sorted(zip(each.questions, each.winners, strict=True)),)
        flat = tuple(word for pair in key for word in pair)
        surest.setdefault(flat, each)
        counts[flat] = counts.get(flat, 0) + 1
    rows = tuple(
        (
            *(f"{each.first} ({each.questions[0]})", each.winners[0]),
            *(
                f"{each.second} ({each.questions[1]})",
                each.winners[1],
                f"{each.probability:.0%}",
                str(counts[key]),
            ),
        )
        for key, each in surest.items()
    )
    headers = ("by", "wins", "but by", "wins", "share of seeds", "pairs like it")
    title = "Metrics that disagree about the winner"
    lines = ("for each two questions and winners the surest pair, and how many pairs are like it",)
    return Sheet(title, lines, headers, rows, text_columns=4, level=3)
