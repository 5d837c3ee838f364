"""Nearest neighbours by exhaustive search: exact up to rounding, in bounded memory, without an index.

In 50 and more dimensions trees visit nearly every point, and matrix products over tiles that fit the cache are
faster. The products only choose the neighbour; its distance is then computed from differences, so that the
distance to a copy is exactly 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats
from aezoo.metrics.samples.pairs import Indices, squared_distances

ROWS, COLUMNS = 256, 2048


def nearest(points: Floats, others: Floats, skip: ArrayLike | None = None) -> tuple[Floats, Indices]:
    """The Euclidean distance from each point to the nearest of `others`, and that one's row.

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
    if len(others) <= (skip is not None):
        raise ValueError(f"nothing to search among {len(others)} rows; give more")
    centre = others.mean(axis=0)
    left, right = points - centre, others - centre
    half_norms = np.square(right).sum(axis=1) / 2
    skipped = None if skip is None else np.asarray(skip)
    rows = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), ROWS):
        own = slice(start, start + ROWS)
        rows[own] = _closest(left[own], right, half_norms, None if skipped is None else skipped[own])
    return np.sqrt(squared_distances(points, others, np.arange(len(points)), rows)), rows


def nearest_other(points: Floats, rows: Indices | None = None) -> Floats:
    """The distance from each point (or from those in `rows`) to the nearest other point of the same set."""
    own = np.arange(len(points)) if rows is None else rows
    return nearest(points[own], points, skip=own)[0]


def _closest(left: Floats, right: Floats, half_norms: Floats, skipped: Indices | None) -> Indices:
    """The row of `right` that minimises ``|r|^2 / 2 - l.r`` for each row l, which orders as the distance does."""
    everyone = np.arange(len(left))
    best, rows = np.full(len(left), np.inf), np.zeros(len(left), dtype=np.int64)
    for start in range(0, len(right), COLUMNS):
        tile = slice(start, start + COLUMNS)
        values = half_norms[tile] - left @ right[tile].T
        if skipped is not None:
            inside = np.flatnonzero((skipped >= start) & (skipped < start + values.shape[1]))
            values[inside, skipped[inside] - start] = np.inf
        columns = values.argmin(axis=1)
        found = values[everyone, columns]
        closer = found < best
        best[closer], rows[closer] = found[closer], start + columns[closer]
    return rows
