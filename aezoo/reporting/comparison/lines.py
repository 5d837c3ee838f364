"""What to read before the tables of a comparison: what is compared, what is not and why, and what the tests can say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.reporting.comparison.comparison import Comparison
from aezoo.reporting.comparison.family import family_sizes
from aezoo.reporting.comparison.pairing import DESCRIBES, ComparedScore
from aezoo.reporting.comparison.words import many, seeds_words
from aezoo.reporting.own_samplers import OWN
from aezoo.statistics import LEAST_SEEDS, LEVEL, seeds_needed, smallest_signed_rank_p


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The lines under the title of a comparison."""
    judge = f"judge {comparison.judge}" if comparison.judge else "no judge"
    data = f"{comparison.dataset}, fingerprint {comparison.fingerprint[:12]}, {judge}"
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
    if any(score.sampler == OWN for score in comparison.scores):
        yield "sampler own: each side with its own, a prior or the standard normal that stands in for one"
    yield from _test_lines(comparison.scores)


def _left_out(scores: Sequence[ComparedScore]) -> Iterator[str]:
    """One line per reason for which scores, or seeds of them, are not compared."""
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
            yield f"{words} {seeds_words(seeds)}, left out: {which}"


def _test_lines(scores: Sequence[ComparedScore]) -> Iterator[str]:
    counts = sorted({len(score.seeds) for score in scores if score.result is not None})
    if counts and counts[0] < LEAST_SEEDS:
        yield (
            f"with fewer than {LEAST_SEEDS} common seeds the differences themselves stand in seed order, and no "
            "test is meaningful"
        )
    if counts and counts[-1] >= LEAST_SEEDS:
        yield (
            "±: half the width of the 95 % Student t interval; bootstrap: 95 %, too narrow with few seeds; p: "
            "Wilcoxon's signed-rank test"
        )
        yield from _family_lines(scores, [count for count in counts if count >= LEAST_SEEDS])


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
        if tests * least > LEVEL:
            yield f"{count} seeds cannot reach {LEVEL} by {_reach(tests, least)}"


def _reach(tests: int, least: float) -> str:
    one, more = seeds_needed(), seeds_needed(tests)
    after = f"; after the correction for {tests} tests {more} can" if more > one else ""
    if least > LEVEL:
        can = f"{one} can, {smallest_signed_rank_p(one):.5g}"
        return f"a signed-rank test, whose smallest p is then {least:.4g} ({can}{after})"
    return f"a signed-rank test after the correction for {tests} tests: {tests * least:.3g} at least ({more} can)"
