"""Distances between all pairs of two sets, and nearest neighbours: exhaustive, exact, in bounded memory.

In 50 and more dimensions trees visit nearly every point, and matrix products over tiles that fit the cache are
faster. The products only choose the neighbour; its distance is then computed from differences, so that the
distance to a copy is exactly 0. Where pairs are compared with a limit, the products give lower bounds with a known
slack, and what the slack leaves open is settled by differences: ties and duplicates are decided as in exact
arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.metrics import Floats

Indices = NDArray[np.int64]

BLOCK_ROWS, BLOCK_COLUMNS = 256, 2_048
BLOCK_PAIRS = 16_384
GROUPS_PER_NEIGHBOUR = 16


def distance_bounds(x: Floats, y: Floats) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield blocks of rows as first row, `lower`, and the column `slack`; ``lower <= |x_i - y_j|^2 <= lower + slack``.

    With u = eps / 2 the matrix product errs by less than 2 (d + 3) u (|x|^2 + |y|^2), the distance from
    differences by less than 2 (d + 2) u (|x|^2 + |y|^2), centring by 4 u (|x|^2 + |y|^2); `margin` is about
    twice their sum.
    """
    centre = x.mean(axis=0)
    x, y = x - centre, y - centre
    margin = 4 * (x.shape[1] + 8) * np.finfo(np.float64).eps
    x_norms, y_norms = np.square(x).sum(axis=1), np.square(y).sum(axis=1)
    slack = 2 * margin * (x_norms + y_norms.max())
    left = np.column_stack([-2 * x, (1 - margin) * x_norms, np.ones(len(x))])
    right = np.column_stack([y, np.ones(len(y)), (1 - margin) * y_norms]).T
    for start in range(0, len(x), BLOCK_ROWS):
        own = slice(start, start + BLOCK_ROWS)
        yield start, left[own] @ right, slack[own, None]


def pairs_within(lower: Floats, slack: Floats, limits: Floats, x: Floats, y: Floats) -> tuple[Indices, Indices]:
    """Find the pairs whose squared distance is below `limits`, which is one column or one row."""
    rows, columns = true_entries(lower < limits)
    limit = np.broadcast_to(limits, lower.shape)[rows, columns]
    doubtful = np.flatnonzero(lower[rows, columns] + slack[rows, 0] >= limit)
    keep = np.ones(len(rows), dtype=bool)
    keep[doubtful] = squared_distances(x, y, rows[doubtful], columns[doubtful]) < limit[doubtful]
    return rows[keep], columns[keep]


def true_entries(marked: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Find rows and columns of the true entries, row by row; faster than a two-dimensional `nonzero`."""
    rows, columns = np.divmod(np.flatnonzero(marked), marked.shape[1])
    return rows, columns


def squared_distances(x: Floats, y: Floats, rows: Indices, columns: Indices) -> Floats:
    """Compute ``|x_i - y_j|^2`` of the listed pairs from differences: exactly 0 for equal rows, and symmetric."""
    distances = np.empty(len(rows))
    for start in range(0, len(rows), BLOCK_PAIRS):
        own = slice(start, start + BLOCK_PAIRS)
        difference = x[rows[own]] - y[columns[own]]
        distances[own] = np.einsum("ij,ij->i", difference, difference)
    return distances


def unique_rows(points: Floats) -> tuple[Floats, Indices]:
    """Find the distinct rows and how often each occurs: a generator of few images costs few distances."""
    rows, counts = np.unique(points, axis=0, return_counts=True)
    return rows, counts


def squared_radii(points: Floats, counts: Indices, k: int) -> Floats:
    """Find the squared distance from each point to its k-th nearest neighbour, itself not counted.

    Args:
        points: different rows, (n, d).
        counts: how often each occurs, (n,); more than k together. A repeat of a point is a neighbour at distance 0.
        k: at least 1.
    """
    radii = np.empty(len(points))
    for start, lower, slack in distance_bounds(points, points):
        own = points[start : start + len(lower)]
        rows, columns = true_entries(lower <= _kth_upper_bound(lower, k) + slack)
        distances = squared_distances(own, points, rows, columns)
        order = np.lexsort((distances, rows))
        seen = np.cumsum(counts[columns[order]])
        before = np.concatenate(([0], seen))[np.searchsorted(rows, np.arange(len(own)))]
        radii[start : start + len(own)] = distances[order][np.searchsorted(seen, before + k + 1)]
    return radii


def _kth_upper_bound(lower: Floats, k: int) -> Floats:
    """A column: per row a value that k + 1 entries (or all, of fewer) do not exceed; from group minima."""
    groups = min(lower.shape[1], GROUPS_PER_NEIGHBOUR * (k + 1))
    starts = np.arange(groups) * lower.shape[1] // groups
    last = min(k, groups - 1)
    return np.partition(np.minimum.reduceat(lower, starts, axis=1), last, axis=1)[:, last, None]


def nearest_neighbours(points: Floats, others: Floats, skip: ArrayLike | None = None) -> tuple[Floats, Indices]:
    """Find the Euclidean distance from each point to the nearest of `others`, and that one's row.

    Args:
        points: (n, d).
        others: (m, d).
        skip: for each point, one row of `others` that does not count (itself, in a search within one set), (n,).

    Returns:
        Distances (n,), in the unit of the features, and rows of `others` (n,). Of neighbours whose distances
        differ by less than rounding, either may be the one.

    Raises:
        ValueError: if nothing is left to search.
    """
    points, others = (np.asarray(side, dtype=np.float64) for side in (points, others))  # small integers wrap around
    if len(others) <= (skip is not None):
        raise ValueError(f"nothing to search among {len(others)} rows; give more")
    centre = others.mean(axis=0)
    left, right = points - centre, others - centre
    half_norms = np.square(right).sum(axis=1) / 2
    skipped = None if skip is None else np.asarray(skip)
    rows = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), BLOCK_ROWS):
        own = slice(start, start + BLOCK_ROWS)
        rows[own] = _argmin_distance(left[own], right, half_norms, None if skipped is None else skipped[own])
    return np.sqrt(squared_distances(points, others, np.arange(len(points)), rows)), rows


def nearest_other_distances(points: Floats, rows: Indices | None = None) -> Floats:
    """Find the distance from each point (or from those in `rows`) to the nearest other point of the same set."""
    own = np.arange(len(points)) if rows is None else rows
    return nearest_neighbours(points[own], points, skip=own)[0]


def _argmin_distance(left: Floats, right: Floats, half_norms: Floats, skipped: Indices | None) -> Indices:
    """The row of `right` that minimises ``|r|^2 / 2 - l.r`` for each row l, which orders as the distance does."""
    everyone = np.arange(len(left))
    best, rows = np.full(len(left), np.inf), np.zeros(len(left), dtype=np.int64)
    for start in range(0, len(right), BLOCK_COLUMNS):
        tile = slice(start, start + BLOCK_COLUMNS)
        values = half_norms[tile] - left @ right[tile].T
        if skipped is not None:
            inside = np.flatnonzero((skipped >= start) & (skipped < start + values.shape[1]))
            values[inside, skipped[inside] - start] = np.inf
        columns = values.argmin(axis=1)
        found = values[everyone, columns]
        closer = found < best
        best[closer], rows[closer] = found[closer], start + columns[closer]
    return rows
