"""A comparison as tables, one per question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from aezoo.reporting.comparison import OWN, Comparison
from aezoo.reporting.numbers import format_mean
from aezoo.reporting.pairing import ComparedScore
from aezoo.reporting.sheets import Sheet
from aezoo.statistics import LEAST_SEEDS, smallest_signed_rank_p

ARROWS = {"lower": "↓", "higher": "↑"}


def comparison_sheets(comparison: Comparison) -> Iterator[Sheet]:
    """What was compared and how to read it, then a table per question."""
    title = f"{comparison.candidate} against {comparison.baseline} on {comparison.dataset}"
    yield Sheet(title, tuple(_lines(comparison)))
    by_question = sorted(comparison.scores, key=lambda score: _order(score, comparison))
    for question, group in groupby(by_question, key=lambda score: score.question):
        yield _question(question, list(group))


def _order(score: ComparedScore, comparison: Comparison) -> int:
    return [each.question for each in comparison.scores].index(score.question)


def _lines(comparison: Comparison) -> Iterator[str]:
    yield f"baseline: {comparison.baseline}; candidate: {comparison.candidate}"
    yield f"data: {comparison.dataset}, fingerprint {comparison.fingerprint[:12]}; protocol: {comparison.protocol}"
    yield from comparison.notes
    yield (
        "paired by seed; difference: candidate minus baseline, of a target metric (→) of the distances to its aim; "
        "better in: seeds in which the candidate is better; P(better): probability that a run of the candidate "
        "beats a run of the baseline"
    )
    if any(score.sampler == OWN for score in comparison.scores):
        yield "sampler own: each side with its own, a prior or the standard normal that stands in for one"
    yield from _test_lines(comparison.scores)


def _test_lines(scores: Sequence[ComparedScore]) -> Iterator[str]:
    counts = sorted({len(score.seeds) for score in scores if score.result is not None})
    tests = sum(score.holm_p is not None for score in scores)
    if counts and counts[0] < LEAST_SEEDS:
        yield (
            f"with fewer than {LEAST_SEEDS} common seeds the differences themselves stand in seed order, and no "
            "test is meaningful"
        )
    if tests:
        smallest = ", ".join(f"{smallest_signed_rank_p(n):.4g} with {n}" for n in counts if n >= LEAST_SEEDS)
        least = smallest_signed_rank_p(counts[-1])
        corrected = f"{min(1.0, tests * least):.3g}"
        yield (
            "±: half the width of the 95 % Student t interval; bootstrap: 95 %, too narrow with few seeds; p: "
            f"Wilcoxon's signed-rank test; p (Holm): corrected for all {tests} tests of this comparison. The "
            f"smallest p that so many seeds can give is {smallest} seeds ({corrected} after the correction)"
        )


def _question(question: str, scores: list[ComparedScore]) -> Sheet:
    named = {
        "model": any(score.model for score in scores),
        "sampler": any(score.sampler for score in scores),
    }
    names = [name for name, shown in named.items() if shown]
    tested = any(score.holm_p is not None for score in scores)
    tail = ("bootstrap", "p", "p (Holm)") if tested else ()
    headers = (*names, "metric", "baseline", "candidate", "difference", *tail, "P(better)", "better in")
    rows = tuple((*(getattr(score, name) for name in names), *_row(score, tested)) for score in scores)
    return Sheet(question.capitalize(), (_summary(scores),), headers, rows, text_columns=len(names) + 1, level=3)


def _summary(scores: Sequence[ComparedScore]) -> str:
    """How often the candidate is better and worse, and in how many of these the interval excludes 0."""
    results = [score.result for score in scores if score.result is not None]
    if not results:
        return "nothing can be compared"
    words = []
    for word, sign in (("better", -1), ("worse", 1)):
        intervals = [each.interval for each in results if sign * each.worsening > 0]
        bounded = [(of.low, of.high) for of in intervals if of.low is not None and of.high is not None]
        sure = sum(not low <= 0 <= high for low, high in bounded)
        words.append(f"{word} in {len(intervals)}{f' (interval without 0: {sure})' if bounded else ''}")
    return f"of {len(results)} scores the candidate is {' and '.join(words)}"


def _row(score: ComparedScore, tested: bool) -> tuple[str, ...]:
    aim = "oracle" if score.aim is None else f"{score.aim:.4g}"
    name = f"{score.metric} {ARROWS.get(score.better, f'→ {aim}')}"
    means = [format_mean(float(np.mean(of)), None) if of else "–" for of in (score.baseline, score.candidate)]
    result = score.result
    if result is None:
        return (name, *means, score.reason, *(("–",) * 3 if tested else ()), "–", "–")
    half = None if result.interval.high is None else result.interval.high - result.interval.mean
    difference = format_mean(result.interval.mean, half)
    if half is None:
        difference = ", ".join(format_mean(value, None) for value in result.differences)
    bounds = (result.bootstrap.low, result.bootstrap.high)
    low, high = (("–" if bound is None else f"{bound:.3g}") for bound in bounds)
    test = (
        low if low == high else f"{low} to {high}",
        *("–" if p is None else f"{p:.3g}" for p in (result.p, score.holm_p)),
    )
    sign = -1 if score.better == "higher" else 1
    won = sum(sign * value < 0 for value in result.differences)
    return (
        *(name, *means, difference),
        *(test if tested else ()),
        *(f"{result.improvement:.2f}", f"{won} of {len(score.seeds)}"),
    )
