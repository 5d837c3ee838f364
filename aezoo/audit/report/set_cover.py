"""The smallest sets of metrics that together detect everything that any of them detects: exact set cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

MAX_ENDS = 100_000
"""At most so many ends of the search are visited."""

MOST = 1_000
"""At most so many sets of the smallest size are counted."""

EXAMPLES = 3

Bools = NDArray[np.bool_]

Floats = NDArray[np.float64]

Cover = tuple[int, ...]


def count_covers(wanted: NDArray[np.bool_], size: int, most: int) -> tuple[int, bool]:
    """How many covers of the smallest `size` there are, at most `most`, and whether that is exact.

    Args:
        wanted: boolean, shape (rows, columns): which row covers which column; every column is covered by one.
        size: of the smallest cover.
        most: up to how many to count.
    """
    masks = [sum(1 << int(column) for column in np.flatnonzero(row)) for row in wanted]
    covering = [np.flatnonzero(column).tolist() for column in wanted.T]
    count = 0
    for visited, end in enumerate(_search(masks, covering, 0, size, frozenset()), start=1):
        count += end
        if count > most or visited > MAX_ENDS:
            return min(count, most), False
    return count, True


def _search(
    masks: list[int], covering: list[list[int]], covered: int, left: int, banned: frozenset[int]
) -> Iterator[bool]:
    """Every end of a search that takes each set once: whether it is a cover.

    Some row must cover the column that the fewest can: those tried before are banned from the later branches.
    """
    open_columns = [column for column in range(len(covering)) if not covered >> column & 1]
    if not open_columns or left == 0:
        yield not open_columns
        return
    choices = min(([row for row in covering[c] if row not in banned] for c in open_columns), key=len)
    if not choices:
        yield False
    for place, row in enumerate(choices):
        yield from _search(masks, covering, covered | masks[row], left - 1, banned.union(choices[:place]))


@dataclass(frozen=True)
class SetCoverResult:
    """The smallest covers.

    Attributes:
        examples: indices of metrics, each set sorted: the cheapest set, then those that share the fewest members
            with the examples before them.
        count: how many sets of this size there are.
        complete: whether `count` is exact; else there are more.
        forced: indices of the metrics that are in every one of them.
        uncovered: indices of what no metric detects, which is left out.
    """

    examples: tuple[Cover, ...]
    count: int
    complete: bool
    forced: Cover
    uncovered: tuple[int, ...]


def smallest_covers(
    detects: ArrayLike, prices: Sequence[float] | None = None, uses: ArrayLike | None = None, most: int = MOST
) -> SetCoverResult:
    """The smallest sets of rows whose ones cover every column that any row covers; equal sizes by total cost.

    Args:
        detects: boolean, shape (metrics, failures).
        prices: at least 0, of whatever is paid for once in a set, however many of its members use it.
        uses: boolean, shape (metrics, prices): which metric uses what; unless given, each its own price alone.
        most: up to how many sets to count.
    """
    matrix = np.asarray(detects, dtype=bool)
    coverable = matrix.any(axis=0)
    uncovered = tuple(np.flatnonzero(~coverable).tolist())
    if not coverable.any():
        return SetCoverResult((), 0, True, (), uncovered)
    costs = np.ones(len(matrix)) if prices is None else np.asarray(prices, dtype=np.float64)
    pays = np.eye(len(matrix), dtype=bool) if uses is None else np.asarray(uses, dtype=bool)
    problem = _SetCoverProblem(matrix[:, coverable], costs, pays)
    cheapest = problem.solve(np.ones(len(matrix)))
    assert cheapest is not None, "every column has a row"
    count, complete = count_covers(problem.wanted, len(cheapest), most)
    return SetCoverResult(
        tuple(_diverse_covers(problem, cheapest)), count, complete, tuple(_essential_rows(problem, cheapest)), uncovered
    )


@dataclass(frozen=True)
class _SetCoverProblem:
    """Which row covers which column, and what is paid for rows; solved as an integer program."""

    wanted: Bools
    prices: Floats
    uses: Bools

    def solve(
        self, weights: Floats, size: int | None = None, without: Sequence[Cover] = (), banned: int | None = None
    ) -> Cover | None:
        """The cover of least weight, a whole number for each row, and of equal ones the cheapest; None for none.

        Args:
            weights: of the rows.
            size: how many rows it must have.
            without: sets of rows of which it must leave one out.
            banned: a row that it must not have.
        """
        rows, paid = self.uses.shape
        limits = [LinearConstraint(self._wide(self.wanted.T), lb=1), self._payment()]
        limits += [LinearConstraint(self._wide(_mask(cover, rows)), ub=len(cover) - 1) for cover in without]
        if size is not None:
            limits.append(LinearConstraint(self._wide(np.ones((1, rows))), size, size))
        upper = np.ones(rows + paid)
        if banned is not None:
            upper[banned] = 0
        # All prices together weigh less than one unit of the weights.
        objective = np.concatenate([weights, self.prices / (1 + self.prices.sum())])
        whole = np.repeat([1, 0], [rows, paid])
        solved = milp(
            objective,
            integrality=whole,
            bounds=Bounds(0, upper),
            constraints=limits,
            options={"mip_rel_gap": 0.0},
        )
        return None if solved.x is None else tuple(np.flatnonzero(np.rint(solved.x[:rows])).tolist())

    def _wide(self, of_rows: ArrayLike) -> Floats:
        """Coefficients of the rows, with zeros for what is paid."""
        given = np.atleast_2d(np.asarray(of_rows, dtype=np.float64))
        return np.hstack([given, np.zeros((len(given), len(self.prices)))])

    def _payment(self) -> LinearConstraint:
        """What a chosen row uses is paid for."""
        rows, paid = np.nonzero(self.uses)
        coefficients = np.zeros((len(rows), sum(self.uses.shape)))
        coefficients[np.arange(len(rows)), rows] = -1
        coefficients[np.arange(len(rows)), len(self.uses) + paid] = 1
        return LinearConstraint(coefficients, lb=0)


def _mask(cover: Cover, rows: int) -> Bools:
    return np.isin(np.arange(rows), cover)


def _diverse_covers(problem: _SetCoverProblem, cheapest: Cover) -> Iterator[Cover]:
    """The cheapest, then as different ones as there are."""
    found = [cheapest]
    yield cheapest
    while len(found) < EXAMPLES:
        shared = np.array([_mask(cover, len(problem.wanted)) for cover in found], dtype=np.float64).sum(axis=0)
        cover = problem.solve(shared, len(cheapest), found)
        if cover is None:
            return
        found.append(cover)
        yield cover


def _essential_rows(problem: _SetCoverProblem, cheapest: Cover) -> Iterator[int]:
    """The members without which every cover is larger, or there is none."""
    for row in cheapest:
        other = problem.solve(np.ones(len(problem.wanted)), banned=row)
        if other is None or len(other) > len(cheapest):
            yield row
