"""Dose response: the mildest dose at which a score sees a failure, and whether more of it is worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import spearmanr

MIN_SPEARMAN = 0.3
"""The smallest size of a rank correlation with the dose that is not called flat."""


@dataclass(frozen=True)
class DoseResponse:
    """A score's answer to a growing dose.

    Attributes:
        first: the index of the mildest dose that is detected; None where there is none.
        holds: whether every dose after the first is detected as well.
        spearman: rank correlation of the loss with the dose over all draws; None where either does not vary.
        doses: the number of doses.
    """

    first: int | None
    holds: bool
    spearman: float | None
    doses: int

    @property
    def monotone(self) -> str | None:
        """The trend of the loss with the dose, ``rising``, ``flat`` or ``falling``; None for a single dose."""
        if self.doses < 2:
            return None
        if self.spearman is None or abs(self.spearman) < MIN_SPEARMAN:
            return "flat"
        return "rising" if self.spearman > 0 else "falling"


def dose_response(losses: Sequence[Sequence[float]], detected: Sequence[bool]) -> DoseResponse:
    """Describe the response to doses in order from mild to severe.

    Args:
        losses: for each dose the draws' losses, higher is worse.
        detected: for each dose whether it is detected.
    """
    first = next((i for i, seen in enumerate(detected) if seen), None)
    doses = [i for i, draws in enumerate(losses) for _ in draws]
    flat = [value for draws in losses for value in draws]
    holds = first is not None and all(detected[first:])
    return DoseResponse(first, holds, rank_correlation(doses, flat), len(losses))


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Compute Spearman's rank correlation, ties at their mean rank; None where either side does not vary."""
    if min(len(set(first)), len(set(second))) < 2:
        return None
    return float(spearmanr(first, second).statistic)


def smallest_stable_n(means: Sequence[tuple[int, float]], mean: float, width: float) -> int | None:
    """Find the smallest n from which on the means stay in ``mean -+ width``; None where that of the largest is out."""
    ordered = sorted(means)
    outside = [i for i, (_, value) in enumerate(ordered) if abs(value - mean) > width]
    first = outside[-1] + 1 if outside else 0
    return ordered[first][0] if first < len(ordered) else None
