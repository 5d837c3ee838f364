"""From doses to responses: where a metric first sees a failure, and whether more of it is worse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True)
class DoseResponse:
    """How a metric answers to a growing dose.

    Attributes:
        first: the index of the mildest dose that is detected; None where there is none.
        holds: whether every dose after the first is detected as well.
        monotone: whether at no dose every draw is better than every draw of the dose before.
        spearman: rank correlation of badness with dose over all draws; None where either does not vary.
    """

    first: int | None
    holds: bool
    monotone: bool
    spearman: float | None


def dose_response(badness: Sequence[Sequence[float]], detected: Sequence[bool]) -> DoseResponse:
    """The response to doses in order from mild to severe.

    Args:
        badness: for each dose the draws' losses, higher is worse.
        detected: for each dose whether it is detected.
    """
    first = next((i for i, seen in enumerate(detected) if seen), None)
    doses = [i for i, draws in enumerate(badness) for _ in draws]
    flat = [value for draws in badness for value in draws]
    monotone = all(max(later) >= min(earlier) for earlier, later in pairwise(badness))
    holds = first is not None and all(detected[first:])
    return DoseResponse(first, holds, monotone, spearman(doses, flat))


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties at their mean rank; None where either side does not vary."""
    ranks = [rankdata(np.asarray(side, dtype=np.float64)) for side in (first, second)]
    if any(len(set(side.tolist())) < 2 for side in ranks):
        return None
    centred = [side - side.mean() for side in ranks]
    return float(np.dot(*centred) / np.sqrt(np.prod([np.dot(side, side) for side in centred])))


def stable_from(means: Sequence[tuple[int, float]], mean: float, width: float) -> int | None:
    """The smallest n from which on the means stay within ``mean -+ width``; None where the largest is outside."""
    ordered = sorted(means)
    outside = [i for i, (_, value) in enumerate(ordered) if abs(value - mean) > width]
    place = outside[-1] + 1 if outside else 0
    return ordered[place][0] if place < len(ordered) else None
