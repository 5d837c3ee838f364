"""A comparison as tables, one per question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aezoo.reporting.comparison.comparison import Comparison
from aezoo.reporting.comparison.lines import comparison_lines
from aezoo.reporting.comparison.pairing import ComparedScore
from aezoo.reporting.numbers import format_mean
from aezoo.reporting.sheets import Sheet
from aezoo.statistics import PairedComparison

ARROWS = {"lower": "↓", "higher": "↑"}


def comparison_sheets(comparison: Comparison) -> Iterator[Sheet]:
    """What was compared and how to read it, then a table for each question with something to compare."""
    title = f"{comparison.candidate} against {comparison.baseline} on {comparison.dataset}"
    yield Sheet(title, tuple(comparison_lines(comparison)))
    compared = [score for score in comparison.scores if score.result is not None]
    for question in dict.fromkeys(score.question for score in compared):
        yield _question(question, [score for score in compared if score.question == question])


def _question(question: str, scores: list[ComparedScore]) -> Sheet:
    named = {
        "model": any(score.model for score in scores),
        "sampler": any(score.sampler for score in scores),
    }
    names = [name for name, shown in named.items() if shown]
    results = [score.result for score in scores if score.result is not None]
    tested = any(result.p is not None for result in results)
    tail = ("bootstrap", "p", "p (Holm)") if tested else ()
    headers = (*names, "metric", "baseline", "candidate", "difference", *tail, "P(better)", "better in")
    rows = tuple(
        (*(getattr(score, name) for name in names), *_row(score, result, tested))
        for score, result in zip(scores, results, strict=True)
    )
    return Sheet(question.capitalize(), (_summary(results),), headers, rows, text_columns=len(names) + 1, level=3)


def _summary(results: Sequence[PairedComparison]) -> str:
    """How often the candidate is better and worse, and in how many of these the interval excludes 0."""
    words, bounded = [], 0
    for word, sign in (("better", -1), ("worse", 1)):
        of_sign = [each.interval for each in results if sign * each.worsening > 0]
        bounds = [(of.low, of.high) for of in of_sign if of.low is not None and of.high is not None]
        sure = sum(not low <= 0 <= high for low, high in bounds)
        words.append(f"{word} in {len(of_sign)}{f' (interval without 0: {sure})' if bounds else ''}")
        bounded += len(bounds)
    text = f"of {len(results)} scores the candidate is {' and '.join(words)}"
    if not bounded:
        return text
    count = sum(each.interval.low is not None for each in results)
    return f"{text}; intervals are uncorrected, about 5 % of {count}, {0.05 * count:.1f}, exclude 0 by chance alone"


def _row(score: ComparedScore, result: PairedComparison, tested: bool) -> tuple[str, ...]:
    name = f"{score.metric} {ARROWS.get(score.better) or f'→ {score.aim:.4g}'}"
    means = [format_mean(float(np.mean(of)), None) for of in (score.baseline, score.candidate)]
    half = None if result.interval.high is None else result.interval.high - result.interval.mean
    difference = format_mean(result.interval.mean, half)
    if half is None:
        difference = ", ".join(format_mean(value, None) for value in result.differences)
    sign = -1 if score.better == "higher" else 1
    won = sum(sign * value < 0 for value in result.differences)
    return (
        *(name, *means, difference),
        *(_test(score, result) if tested else ()),
        *(f"{result.improvement:.2f}", f"{won} of {len(score.seeds)}"),
    )


def _test(score: ComparedScore, result: PairedComparison) -> tuple[str, str, str]:
    """Bootstrap interval, p, and the corrected p; "–" where there are too few seeds."""
    if result.p is None or result.bootstrap.low is None or result.bootstrap.high is None:
        return "–", "–", "–"
    low, high = f"{result.bootstrap.low:.3g}", f"{result.bootstrap.high:.3g}"
    corrected = "exploratory" if score.holm_p is None else f"{score.holm_p:.3g}"
    return low if low == high else f"{low} to {high}", f"{result.p:.3g}", corrected
