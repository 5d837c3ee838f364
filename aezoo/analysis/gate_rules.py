"""Rules of the regression gate, how much worse a score may become, and their findings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

import numpy as np

from aezoo.analysis.pairing import ComparedScore
from aezoo.errors import UsageError

FORM = re.compile(
    r"(?P<metric>[^:@\s]+)(?:@(?P<sampler>[^:\s]+))?"
    r":\+(?P<amount>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)(?P<percent>%?)(?P<certain>:certain)?"
)


@dataclass(frozen=True)
class Rule:
    """Limit of a score, which must not get worse by more than `amount`.

    Worse is: higher, of a lower-is-better metric; lower, of a higher-is-better one; further from its aim (its ideal,
    or the oracle's value), of a target metric. "+" always means worse: ``ssim:+5%`` fails when ssim falls.

    Attributes:
        metric, sampler: which scores; "" is every sampler.
        amount: in the metric's unit, or where `relative` as a share of the absolute value of the baseline's mean,
            for a target metric too (its distance from the aim may grow by that share of the value).
        certain: fails only where the whole 95 % interval of the mean worsening lies beyond the limit, so that the
            spread over seeds does not explain it. It overlooks what that spread hides.
        text: as the user wrote it.
    """

    metric: str
    sampler: str
    amount: float
    relative: bool
    certain: bool
    text: str

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read ``mse:+5%``, ``nll:+1.5``, ``fd_judge@prior:+10%`` or ``kd_judge:+5%:certain``; raises `UsageError`."""
        found = FORM.fullmatch(text)
        amount = float(found["amount"]) if found else 0.0
        if found is None or not isfinite(amount):
            raise UsageError(
                f"--fail-on {text[:80]!r} is not understood; write metric:+5% or metric:+1.5, a finite number of how "
                "much worse it may get (+ is worse whatever the metric's direction), metric@sampler for one sampler, "
                "and metric:+5%:certain to fail only where the interval over seeds lies beyond the limit"
            )
        relative = bool(found["percent"])
        amount /= 100 if relative else 1
        return cls(found["metric"], found["sampler"] or "", amount, relative, bool(found["certain"]), text)

    def covers(self, score: ComparedScore) -> bool:
        """Tell whether the rule is about this score."""
        return score.metric == self.metric and self.sampler in ("", score.sampler)

    def limit(self, score: ComparedScore) -> float:
        """Compute how much worse this score may get, in its unit; raises `UsageError` where that overflows."""
        limit = self.amount * (abs(float(np.mean(score.baseline))) if self.relative else 1.0)
        if not isfinite(limit):
            raise UsageError(
                f"--fail-on {self.text[:80]} allows infinitely much of {score.metric}; give a smaller number"
            )
        return limit


@dataclass(frozen=True)
class RuleResult:
    """Finding of a rule about one score.

    Attributes:
        rule: as the user wrote it.
        dataset, protocol, model, question, metric, sampler: of which score; `model` is "" where two are compared.
        seeds, missing_seeds: the common ones, and those of the baseline that the candidate lacks.
        baseline, candidate: means over the common seeds; None where nothing could be checked.
        worsening, low, high: the mean worsening and its 95 % interval, which fewer than five seeds do not have.
        limit: how much worse it may get.
        checked, failed: what cannot be checked fails, unless the baseline has no value that it could be held to.
        text: all of this in one line.
    """

    rule: str
    dataset: str
    protocol: str
    model: str
    question: str
    metric: str
    sampler: str
    seeds: tuple[int, ...]
    missing_seeds: tuple[int, ...]
    baseline: float | None = None
    candidate: float | None = None
    worsening: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    checked: bool = False
    failed: bool = False
    text: str = ""

    @property
    def verdict(self) -> str:
        """Word that the command prints before the text."""
        return "REGRESSION" if self.failed else "within limits" if self.checked else "not checked"
