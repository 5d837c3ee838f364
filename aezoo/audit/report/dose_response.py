"""From doses to responses: where a metric first sees a failure, and whether more of it is worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

MIN_SPEARMAN = 0.3
"""Rank correlations with the dose of a smaller size than this are called flat."""


@dataclass(frozen=True)
class DoseResponse:
    """How a metric answers to a growing dose.

    Attributes:
        first: the index of the mildest dose that is detected; None where there is none.
        holds: whether every dose after the first is detected as well.
        spearman: rank correlation of badness with dose over all draws; None where either does not vary.
        doses: how many there are.
    """

    first: int | None
    holds: bool
    spearman: float | None
    doses: int

    @property
    def monotone(self) -> str | None:
        """``rising``, ``flat`` or ``falling`` badness with dose; None for a single dose."""
        if self.doses < 2:
            return None
        if self.spearman is None or abs(self.spearman) < MIN_SPEARMAN:
            return "flat"
        return "rising" if self.spearman > 0 else "falling"


def dose_response(badness: Sequence[Sequence[float]], detected: Sequence[bool]) -> DoseResponse:
    """The response to doses in order from mild to severe.

    Args:
        badness: for each dose the draws' losses, higher is worse.
        detected: for each dose whether it is detected.
    """
    first = next((i for i, seen in enumerate(detected) if seen), None)
    doses = [i for i, draws in enumerate(badness) for _ in draws]
    flat = [value for draws in badness for value in draws]
    holds = first is not None and all(detected[first:])
    return DoseResponse(first, holds, spearman(doses, flat), len(badness))


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None where either side does not vary."""
    ranks = [rankdata(np.asarray(side, dtype=np.float64)) for side in (first, second)]
    if any(len(set(side.tolist())) < 2 for side in ranks):
        return None
    centred = [side - side.mean() for side in ranks]
    return float(np.dot(*centred) / np.sqrt(np.prod([np.dot(side, side) for side in centred])))


def smallest_stable_n(means: Sequence[tuple[int, float]], mean: float, width: float) -> int | None:
    """The smallest n from which on the means stay within ``mean -+ width``; None where the largest is outside."""
    ordered = sorted(means)
    outside = [i for i, (_, value) in enumerate(ordered) if abs(value - mean) > width]
    place = outside[-1] + 1 if outside else 0
    return ordered[place][0] if place < len(ordered) else None
