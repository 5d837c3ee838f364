"""Regression gate: every rule is held to every score that it covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from aezoo.analysis.comparison import Comparison
from aezoo.analysis.gate_rules import Rule, RuleResult
from aezoo.analysis.pairing import NO_BASELINE, ComparedScore
from aezoo.errors import UnknownNameError, UsageError
from aezoo.statistics import MIN_SEEDS, is_ranked


def location_text(comparisons: Sequence[Comparison]) -> list[str]:
    """Name the data set of each comparison, and where several share it what else sets them apart."""
    facts = [_facts(each) for each in comparisons]
    found = []
    for comparison, of in zip(comparisons, facts, strict=True):
        others = [each for other, each in zip(comparisons, facts, strict=True) if other.dataset == comparison.dataset]
        shared = Counter(fact for each in others for fact in each)
        own = [fact for fact in of if shared[fact] < len(others)]
        found.append(", ".join([comparison.dataset, *own]))
    return found


def _facts(comparison: Comparison) -> list[str]:
    settings = comparison.protocol.removesuffix(")").replace(" (", ", ").split(", ")
    return [f"fingerprint {comparison.fingerprint[:12]}", f"judge {comparison.judge or 'none'}", *settings]


def seeds_text(seeds: Sequence[int]) -> str:
    """Name seeds, as in ``seed 3`` or ``seeds 1, 2 and 4``."""
    *head, last = map(str, seeds)
    return f"seeds {', '.join(head)} and {last}" if head else f"seed {last}"


def bounds_text(low: float, high: float) -> str:
    """Write the bounds of a worsening: ``0.1 better to 0.3 worse``, ``0.1 to 0.3 worse``."""
    words = ["worse" if bound > 0 else "better" if bound < 0 else "" for bound in (low, high)]
    first = f"{abs(low):.3g}" if words[0] in ("", words[1]) else f"{abs(low):.3g} {words[0]}"
    return f"{first} to {abs(high):.3g} {words[1]}".rstrip()


def check_rules(rules: Sequence[Rule], comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Add to comparisons the findings of every rule on every score that it covers.

    What cannot be checked is not proven harmless: a score fails that the candidate lacks, in whole or for a seed
    that the baseline has. One that the baseline lacks has nothing to be held to, and its finding says so.

    Raises:
        UsageError: a rule covers nothing that the baseline has, or a score of which neither way is better.
    """
    for rule in rules:
        _check_all_covered(rule, [score for comparison in comparisons for score in comparison.scores])
    return [
        replace(comparison, findings=tuple(_findings(rules, comparison, place)))
        for comparison, place in zip(comparisons, location_text(comparisons), strict=True)
    ]


def _check_all_covered(rule: Rule, scores: Sequence[ComparedScore]) -> None:
    covered = [score for score in scores if rule.covers(score)]
    if not covered:
        known = {f"{each.metric}@{each.sampler}" if rule.sampler else each.metric for each in scores}
        name = f"{rule.metric}@{rule.sampler}" if rule.sampler else rule.metric
        raise UnknownNameError("score in --fail-on", name, known)
    if any(not is_ranked(score.better) for score in covered):
        raise UsageError(
            f"--fail-on {rule.text}: {rule.metric} describes and ranks nothing, so no change of it is worse; name a "
            "score that has a better end, as `list metrics` shows"
        )
    if all(score.reason == NO_BASELINE for score in covered):
        raise UsageError(f"--fail-on {rule.text}: the baseline has no value of it, so nothing can be checked")


def _findings(rules: Sequence[Rule], comparison: Comparison, place: str) -> Iterator[RuleResult]:
    for rule in rules:
        for score in comparison.scores:
            if rule.covers(score):
                finding = _finding(rule, score, comparison)
                sampler = f"({score.sampler})" if score.sampler else ""
                name = " ".join(filter(None, [score.model, score.metric, sampler, "on", place]))
                yield replace(finding, text=f"{name}: {_text(finding, rule, score)}")


def _finding(rule: Rule, score: ComparedScore, comparison: Comparison) -> RuleResult:
    finding = RuleResult(
        rule=rule.text,
        dataset=comparison.dataset,
        protocol=comparison.protocol,
        model=score.model,
        question=score.question,
        metric=score.metric,
        sampler=score.sampler,
        seeds=score.seeds,
        missing_seeds=score.missing_seeds,
    )
    if score.result is None or score.missing_seeds:
        return replace(finding, failed=score.reason != NO_BASELINE)
    limit, worsening = rule.limit(score), score.result.worsening
    low, high = score.worsening_bounds() or (None, None)
    beyond = worsening if low is None or not rule.certain else low
    return replace(
        finding,
        baseline=float(np.mean(score.baseline)),
        candidate=float(np.mean(score.candidate)),
        worsening=worsening,
        low=low,
        high=high,
        limit=limit,
        checked=True,
        failed=beyond > limit,
    )


def _text(finding: RuleResult, rule: Rule, score: ComparedScore) -> str:
    if finding.worsening is None or finding.limit is None:
        reason = score.reason or _missing(score)
        return f"{'cannot be checked: ' if finding.failed else ''}{reason} [{rule.text}]"
    change = f"{abs(finding.worsening):.4g} {'worse' if finding.worsening > 0 else 'better'}"
    bounds = None if finding.low is None or finding.high is None else (finding.low, finding.high)
    interval = f" (95 % interval {bounds_text(*bounds)})" if bounds else ""
    moved = f"{finding.baseline:.6g} to {finding.candidate:.6g}, {change if finding.worsening else 'no change'}"
    allowed = f"allowed {finding.limit:.4g}{_note(rule, finding.limit, bounds)}"
    seeds = f"{len(score.seeds)} seed{'s' if len(score.seeds) > 1 else ''}"
    return f"{moved}{interval}; {allowed} [{rule.text}, {seeds}]"


def _missing(score: ComparedScore) -> str:
    count = len(score.missing_seeds) + len(score.seeds)
    return f"the candidate has no value for {seeds_text(score.missing_seeds)} of the baseline's {count}"


def _note(rule: Rule, limit: float, bounds: tuple[float, float] | None) -> str:
    """Say where the limit lies in the interval over seeds."""
    if bounds is None:
        plain = f" as without :certain, since fewer than {MIN_SEEDS} seeds have no interval"
        return plain if rule.certain else ""
    return ", which lies in the interval" if bounds[0] <= limit < bounds[1] else ""
