"""The regression gate: how much worse a score may become."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.errors import UnknownNameError, UsageError
from aezoo.reporting.comparison import Comparison
from aezoo.reporting.pairing import NO_BASELINE, ComparedScore

FORM = re.compile(
    r"(?P<metric>[^:@\s]+)(?:@(?P<sampler>[^:\s]+))?:\+(?P<amount>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?P<percent>%?)"
)


@dataclass(frozen=True)
class Rule:
    """A score must not get worse by more than `amount`.

    Worse is: higher, of a lower-is-better metric; lower, of a higher-is-better one; further from its aim (its ideal,
    or the oracle's value), of a target metric. "+" always means worse: ``ssim:+5%`` fails when ssim falls.

    Attributes:
        metric, sampler: which scores; "" is every sampler.
        amount: in the metric's unit, or where `relative` as a share of the absolute value of the baseline's mean,
            for a target metric too (its distance from the aim may grow by that share of the value).
        text: as the user wrote it.
    """

    metric: str
    sampler: str
    amount: float
    relative: bool
    text: str

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read ``mse:+5%``, ``nll:+1.5`` or ``fd_judge@prior:+10%``; raises `UsageError`."""
        found = FORM.fullmatch(text)
        if found is None:
            raise UsageError(
                f"--fail-on {text[:80]!r} is not understood; write metric:+5% or metric:+1.5, how much worse it may "
                "get (+ is worse whatever the metric's direction), and metric@sampler for one sampler"
            )
        relative = bool(found["percent"])
        amount = float(found["amount"]) / (100 if relative else 1)
        return cls(found["metric"], found["sampler"] or "", amount, relative, text)

    def covers(self, score: ComparedScore) -> bool:
        """Whether it is about this score."""
        return score.metric == self.metric and self.sampler in ("", score.sampler)

    def limit(self, score: ComparedScore) -> float:
        """How much worse this score may get, in its unit."""
        return self.amount * (abs(float(np.mean(score.baseline))) if self.relative else 1.0)


@dataclass(frozen=True)
class Finding:
    """What a rule says of one score."""

    rule: Rule
    score: ComparedScore
    failed: bool
    text: str


def check_rules(rules: Sequence[Rule], comparisons: Sequence[Comparison]) -> list[Finding]:
    """Hold every rule to every score that it covers.

    A score that only the candidate lacks fails: what cannot be checked is not proven harmless.

    Raises:
        UsageError: a rule covers nothing that the baseline has.
    """
    scores = [score for comparison in comparisons for score in comparison.scores]
    return [finding for rule in rules for finding in _check(rule, scores)]


def _check(rule: Rule, scores: Sequence[ComparedScore]) -> Iterator[Finding]:
    covered = [score for score in scores if rule.covers(score)]
    if not covered:
        known = {f"{each.metric}@{each.sampler}" if rule.sampler else each.metric for each in scores}
        name = f"{rule.metric}@{rule.sampler}" if rule.sampler else rule.metric
        raise UnknownNameError("score in --fail-on", name, known)
    if all(score.reason == NO_BASELINE for score in covered):
        raise UsageError(f"--fail-on {rule.text}: the baseline has no value of it, so nothing can be checked")
    for score in covered:
        if score.reason != NO_BASELINE:
            yield _finding(rule, score)


def _finding(rule: Rule, score: ComparedScore) -> Finding:
    name = " ".join(filter(None, [score.model, score.metric, score.sampler and f"({score.sampler})"]))
    if score.result is None:
        return Finding(rule, score, True, f"{name}: cannot be checked: {score.reason} [{rule.text}]")
    limit, worsening = rule.limit(score), score.result.worsening
    failed = worsening > limit
    word = "worse" if worsening > 0 else "better"
    moved = f"{np.mean(score.baseline):.6g} to {np.mean(score.candidate):.6g}"
    text = f"{name}: {moved}, {abs(worsening):.4g} {word}" if worsening else f"{name}: {moved}, no change"
    seeds = f"{len(score.seeds)} seed{'s' if len(score.seeds) > 1 else ''}"
    return Finding(rule, score, failed, f"{text}; allowed {limit:.4g} [{rule.text}, {seeds}]")
