"""The smallest sets of metrics that together detect everything that any of them detects: exact set cover."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

MOST = 10
"""At most so many sets of the smallest size are listed."""


@dataclass(frozen=True)
class Covers:
    """The smallest covers.

    Attributes:
        sets: indices of metrics, each set sorted, the cheapest set first.
        complete: whether these are all sets of that size.
        uncovered: indices of what no metric detects, which is left out.
    """

    sets: tuple[tuple[int, ...], ...]
    complete: bool
    uncovered: tuple[int, ...]


def smallest_covers(detects: ArrayLike, costs: Sequence[float] | None = None, most: int = MOST) -> Covers:
    """The smallest sets of rows whose ones cover every column that any row covers; equal sizes by total cost.

    Solved exactly as an integer program, again and again with the sets found so far forbidden.

    Args:
        detects: boolean, shape (metrics, failures).
        costs: of each metric, at least 0; equal unless given.
        most: how many sets to list.
    """
    matrix = np.asarray(detects, dtype=bool)
    coverable = matrix.any(axis=0)
    uncovered = tuple(np.flatnonzero(~coverable).tolist())
    wanted = matrix[:, coverable]
    prices = np.ones(len(matrix)) if costs is None else np.asarray(costs, dtype=np.float64)
    if not wanted.size:
        return Covers((), True, uncovered)
    weights = 1 + prices / (1 + prices.sum())  # costs together weigh less than one metric
    found: list[tuple[int, ...]] = []
    while len(found) < most:
        cover = _solve(wanted, weights, found)
        if cover is None or (found and len(cover) > len(found[0])):
            return Covers(tuple(found), True, uncovered)
        found.append(cover)
    return Covers(tuple(found), False, uncovered)


def _solve(
    wanted: NDArray[np.bool_], weights: NDArray[np.float64], forbidden: Sequence[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """The cheapest cover that holds none of the forbidden sets; None where there is none."""
    constraints = [LinearConstraint(wanted.T.astype(np.float64), lb=1)]
    for cover in forbidden:
        row = np.zeros(len(weights))
        row[list(cover)] = 1
        constraints.append(LinearConstraint(row, ub=len(cover) - 1))
    whole = np.ones(len(weights), dtype=np.int64)
    solved = milp(
        weights, integrality=whole, bounds=Bounds(0, 1), constraints=constraints, options={"mip_rel_gap": 0.0}
    )
    if solved.x is None:
        return None
    return tuple(np.flatnonzero(np.rint(solved.x)).tolist())
