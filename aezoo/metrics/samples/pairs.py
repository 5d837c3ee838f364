"""Squared distances between all pairs of two sets: bounds at the speed of matrix products, and exact ones.

Matrix products give squared distances quickly but with rounding errors as large as the norms allow. Here they
only give lower bounds with a known slack; every comparison that the slack leaves open is settled by the
distance computed from differences. So ties and duplicates are decided as in exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aezoo.metrics import Floats

Indices = NDArray[np.int64]

ROWS = 256
PAIRS = 16_384


def lower_bounds(x: Floats, y: Floats) -> Iterator[tuple[int, Floats, Floats]]:
    """Blocks of rows: first row, `lower`, column `slack`; ``lower <= |x_i - y_j|^2 <= lower + slack``.

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
    for start in range(0, len(x), ROWS):
        own = slice(start, start + ROWS)
        yield start, left[own] @ right, slack[own, None]


def within(lower: Floats, slack: Floats, limits: Floats, x: Floats, y: Floats) -> tuple[Indices, Indices]:
    """The pairs whose squared distance is below `limits`, which is one column or one row."""
    rows, columns = pairs(lower < limits)
    limit = np.broadcast_to(limits, lower.shape)[rows, columns]
    doubtful = np.flatnonzero(lower[rows, columns] + slack[rows, 0] >= limit)
    keep = np.ones(len(rows), dtype=bool)
    keep[doubtful] = squared_distances(x, y, rows[doubtful], columns[doubtful]) < limit[doubtful]
    return rows[keep], columns[keep]


def pairs(marked: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Rows and columns of the true entries, row by row; faster than a two-dimensional `nonzero`."""
    rows, columns = np.divmod(np.flatnonzero(marked), marked.shape[1])
    return rows, columns


def squared_distances(x: Floats, y: Floats, rows: Indices, columns: Indices) -> Floats:
    """``|x_i - y_j|^2`` of the listed pairs from differences: exactly 0 for equal rows, and symmetric."""
    distances = np.empty(len(rows))
    for start in range(0, len(rows), PAIRS):
        own = slice(start, start + PAIRS)
        difference = x[rows[own]] - y[columns[own]]
        distances[own] = np.einsum("ij,ij->i", difference, difference)
    return distances
