"""The whole page of the command `compare`: the finding, what was left out and why, and a table for each question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from aezoo.analysis.comparison import Comparison, family_sizes
from aezoo.analysis.gate import seeds_text
from aezoo.analysis.own_sampler import OWN_SAMPLER_LABEL
from aezoo.analysis.pairing import DESCRIBES, ComparedScore
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.pages.comparison_finding import AHEAD, finding_lines
from aezoo.reporting.text import format_mean, section_names
from aezoo.statistics import MIN_SEEDS, SIGNIFICANCE_LEVEL, PairedComparison, seeds_needed, smallest_signed_rank_p
from aezoo.statistics.direction import arrow, signed

MAX_NAMES = 6


def many(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> str:
    """Name some of the scores: whole models, questions and samplers instead of all their metrics."""
    by_text: dict[str, list[str]] = {}
    for model in dict.fromkeys(score.model for score in chosen):
        of_model = [score for score in scores if score.model == model]
        text = _of_model([score for score in chosen if score.model == model], of_model)
        by_text.setdefault(text, []).append(model)
    return "; ".join(f"{text} of {', '.join(models)}" if any(models) else text for text, models in by_text.items())


def _of_model(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> str:
    if len(chosen) == len(scores):
        return f"all {len(scores)} scores" if len(scores) > 1 else scores[0].metric
    return ", ".join(_parts(chosen, scores))


def _parts(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> Iterator[str]:
    for question, sampler in dict.fromkeys((score.question, score.sampler) for score in chosen):
        names = [score.metric for score in chosen if (score.question, score.sampler) == (question, sampler)]
        count = sum((score.question, score.sampler) == (question, sampler) for score in scores)
        place = f"{question} with {sampler}" if sampler else question
        if len(names) == count > 1:
            yield f"{place} (all {count})"
        else:
            more = [f"and {len(names) - MAX_NAMES} more"] if len(names) > MAX_NAMES else []
            yield f"{place} ({', '.join([*names[:MAX_NAMES], *more])})"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Write the lines under the title of a comparison."""
    judge = f"judge {comparison.judge}" if comparison.judge else "no judge"
    data = f"{comparison.dataset}, fingerprint {comparison.fingerprint[:12]}, {judge}"
    yield from finding_lines(comparison)
    yield f"baseline: {comparison.baseline}; candidate: {comparison.candidate}"
    yield f"data: {data}; protocol: {comparison.protocol}"
    yield from comparison.notes
    yield from _left_out(comparison.scores)
    if any(score.result is not None for score in comparison.scores):
        yield (
            "paired by seed; difference: candidate minus baseline, of a target metric (→) of the distances to its "
            "aim; better in: seeds in which the candidate is better; P(better): probability that a run of the "
            "candidate beats a run of the baseline"
        )
        yield AHEAD
    if any(score.sampler == OWN_SAMPLER_LABEL for score in comparison.scores):
        yield "sampler own: each side with its own, a prior or the standard normal that stands in for one"
    yield from _test_lines(comparison.scores)


def _left_out(scores: Sequence[ComparedScore]) -> Iterator[str]:
    """Write a line for each reason for which scores, or seeds of them, are not compared."""
    reasons = dict.fromkeys(score.reason for score in scores if score.reason and score.reason != DESCRIBES)
    for reason in reasons:
        yield f"{reason}: {many([score for score in scores if score.reason == reason], scores)}"
    described = dict.fromkeys(score.metric for score in scores if score.reason == DESCRIBES)
    if described:
        yield f"described, not compared, since neither way is better: {', '.join(described)}"
    compared = [score for score in scores if score.result is not None]
    for words, name in (("the candidate has no value for", "missing_seeds"), ("only the candidate has", "extra_seeds")):
        for seeds in dict.fromkeys(getattr(score, name) for score in compared if getattr(score, name)):
            which = many([score for score in compared if getattr(score, name) == seeds], scores)
            yield f"{words} {seeds_text(seeds)}, left out: {which}"


def _test_lines(scores: Sequence[ComparedScore]) -> Iterator[str]:
    counts = sorted({len(score.seeds) for score in scores if score.result is not None})
    if counts and counts[0] < MIN_SEEDS:
        yield (
            f"with fewer than {MIN_SEEDS} common seeds the differences themselves stand in seed order, and no "
            "test is meaningful"
        )
    if counts and counts[-1] >= MIN_SEEDS:
        yield (
            "±: half the width of the 95 % Student t interval; bootstrap: 95 %, too narrow with few seeds; p: "
            "Wilcoxon's signed-rank test"
        )
        yield from _family_lines(scores, [count for count in counts if count >= MIN_SEEDS])


def _family_lines(scores: Sequence[ComparedScore], counts: Sequence[int]) -> Iterator[str]:
    names = dict.fromkeys(score.metric for score in scores if score.holm_p is not None)
    tests = max(family_sizes(scores), default=1)
    if names:
        each = " of each model" if any(score.model for score in scores) else ""
        yield (
            f"p (Holm): corrected for {tests} test{'s' if tests > 1 else ''}{each}, the metric to read first of each "
            f"question ({', '.join(names)}); all others are exploratory, and their p is uncorrected"
        )
    for count in counts:
        least = smallest_signed_rank_p(count)
        if tests * least > SIGNIFICANCE_LEVEL:
            yield f"{count} seeds cannot reach {SIGNIFICANCE_LEVEL} by {_reach(tests, least)}"


def _reach(tests: int, least: float) -> str:
    one, more = seeds_needed(), seeds_needed(tests)
    after = f"; after the correction for {tests} tests {more} can" if more > one else ""
    if least > SIGNIFICANCE_LEVEL:
        can = f"{one} can, {smallest_signed_rank_p(one):.5g}"
        return f"a signed-rank test, whose smallest p is then {least:.4g} ({can}{after})"
    return f"a signed-rank test after the correction for {tests} tests: {tests * least:.3g} at least ({more} can)"


def comparison_document(comparisons: Sequence[Comparison]) -> Document:
    """Make a page of comparisons: what was compared and how to read it, then a table for each question."""
    names = section_names((comparison.section for comparison in comparisons), with_protocol=False)
    parts = (part for comparison in comparisons for part in _sections(comparison, names[comparison.section]))
    return Document(tuple(parts), tuple(comparisons))


def _sections(comparison: Comparison, name: str) -> Iterator[PageSection]:
    title = f"{comparison.candidate} against {comparison.baseline} on {name}"
    yield PageSection(title, tuple(comparison_lines(comparison)))
    compared = [score for score in comparison.scores if score.result is not None]
    for question in dict.fromkeys(score.question for score in compared):
        yield _question(question, [score for score in compared if score.question == question])


def _question(question: str, scores: list[ComparedScore]) -> PageSection:
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
    return PageSection(question.capitalize(), (_summary(results),), headers, rows, text_columns=len(names) + 1, level=3)


def _summary(results: Sequence[PairedComparison]) -> str:
    """Count where the candidate is better and worse, and in how many of these the interval excludes 0."""
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
    name = f"{score.metric} {arrow(score.better, score.aim, digits=4)}"
    means = [format_mean(float(np.mean(of)), None) for of in (score.baseline, score.candidate)]
    half = None if result.interval.high is None else result.interval.high - result.interval.mean
    difference = format_mean(result.interval.mean, half)
    if half is None:
        difference = ", ".join(format_mean(value, None) for value in result.differences)
    won = sum(signed(value, score.better) < 0 for value in result.differences)
    chance = f"{result.improvement:.2f}" if len(score.seeds) > 1 else "–"  # one pair would always read as certainty
    return (
        *(name, *means, difference),
        *(_test(score, result) if tested else ()),
        *(chance, f"{won} of {len(score.seeds)}"),
    )


def _test(score: ComparedScore, result: PairedComparison) -> tuple[str, str, str]:
    """Write bootstrap interval, p, and the corrected p; "–" where there are too few seeds."""
    if result.p is None or result.bootstrap.low is None or result.bootstrap.high is None:
        return "–", "–", "–"
    low, high = f"{result.bootstrap.low:.3g}", f"{result.bootstrap.high:.3g}"
    corrected = "exploratory" if score.holm_p is None else f"{score.holm_p:.3g}"
    return low if low == high else f"{low} to {high}", f"{result.p:.3g}", corrected
