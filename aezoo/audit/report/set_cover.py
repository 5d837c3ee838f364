"""Set cover: the smallest sets of metrics that together detect everything that any of them detects, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

MAX_ENDS = 100_000
"""The most ends of the search for covers that are visited."""

MAX_COUNT = 1_000
"""The most sets of the smallest size that are counted."""

EXAMPLES = 3

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Cover = tuple[int, ...]


@dataclass(frozen=True)
class SetCoverResult:
    """The smallest covers of everything that can be covered.

    Attributes:
        examples: indices of metrics, each set sorted: the cheapest set, then those that share the fewest members
            with the examples before them.
        count: how many sets of this size there are.
        complete: whether `count` is exact; else there are more.
        essential: indices of the metrics that are in every one of them.
        uncovered: indices of what no metric detects, which is left out.
    """

    examples: tuple[Cover, ...]
    count: int
    complete: bool
    essential: Cover
    uncovered: tuple[int, ...]


def smallest_covers(
    detects: ArrayLike, prices: Sequence[float] | None = None, uses: ArrayLike | None = None, max_count: int = MAX_COUNT
) -> SetCoverResult:
    """Find the smallest sets of rows whose ones cover every column that any row covers; equal sizes by total cost.

    Args:
        detects: boolean, shape (metrics, failures).
        prices: at least 0, of whatever is paid for once in a set, however many of its members use it.
        uses: boolean, shape (metrics, prices): which metric uses what; unless given, each its own price alone.
        max_count: up to how many sets to count.
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
    count, complete = count_covers(problem.covers, len(cheapest), max_count)
    examples, essential = tuple(_diverse_covers(problem, cheapest)), tuple(_essential_rows(problem, cheapest))
    return SetCoverResult(examples, count, complete, essential, uncovered)


@dataclass(frozen=True)
class _SetCoverProblem:
    """A set cover with shared prices, solved as an integer program.

    Attributes:
        covers: which row covers which column.
        prices: of what is paid for once.
        uses: which row uses what is paid for.
    """

    covers: Bools
    prices: Floats
    uses: Bools

    def solve(
        self, weights: Floats, size: int | None = None, without: Sequence[Cover] = (), banned: int | None = None
    ) -> Cover | None:
        """Find the cover of least weight, a whole number for each row, and of equal ones the cheapest; None for none.

        Args:
            weights: of the rows.
            size: how many rows it must have.
            without: sets of rows of which it must leave one out.
            banned: a row that it must not have.
        """
        rows, paid = self.uses.shape
        limits = [LinearConstraint(self._padded(self.covers.T), lb=1), self._price_constraints()]
        limits += [LinearConstraint(self._padded(_mask(cover, rows)), ub=len(cover) - 1) for cover in without]
        if size is not None:
            limits.append(LinearConstraint(self._padded(np.ones((1, rows))), size, size))
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

    def _padded(self, of_rows: ArrayLike) -> Floats:
        """Coefficients of the rows, with zeros for what is paid."""
        given = np.atleast_2d(np.asarray(of_rows, dtype=np.float64))
        return np.hstack([given, np.zeros((len(given), len(self.prices)))])

    def _price_constraints(self) -> LinearConstraint:
        """Make the constraint that what a chosen row uses is paid for."""
        rows, paid = np.nonzero(self.uses)
        coefficients = np.zeros((len(rows), sum(self.uses.shape)))
        coefficients[np.arange(len(rows)), rows] = -1
        coefficients[np.arange(len(rows)), len(self.uses) + paid] = 1
        return LinearConstraint(coefficients, lb=0)


def _mask(cover: Cover, rows: int) -> Bools:
    return np.isin(np.arange(rows), cover)


def _diverse_covers(problem: _SetCoverProblem, cheapest: Cover) -> Iterator[Cover]:
    """Yield the cheapest cover, then those that share the fewest members with the ones before."""
    covers = [cheapest]
    yield cheapest
    while len(covers) < EXAMPLES:
        shared = np.array([_mask(cover, len(problem.covers)) for cover in covers], dtype=np.float64).sum(axis=0)
        cover = problem.solve(shared, len(cheapest), covers)
        if cover is None:
            return
        covers.append(cover)
        yield cover


def _essential_rows(problem: _SetCoverProblem, cheapest: Cover) -> Iterator[int]:
    """Find the members without which every cover is larger, or there is none."""
    for row in cheapest:
        other = problem.solve(np.ones(len(problem.covers)), banned=row)
        if other is None or len(other) > len(cheapest):
            yield row


def count_covers(covers: Bools, size: int, max_count: int) -> tuple[int, bool]:
    """Count the covers of the smallest `size`, at most `max_count`, and tell whether the number is exact.

    Args:
        covers: boolean, shape (rows, columns): which row covers which column; every column is covered by one.
        size: of the smallest cover.
        max_count: up to how many to count.
    """
    masks = [sum(1 << int(column) for column in np.flatnonzero(row)) for row in covers]
    covering = [np.flatnonzero(column).tolist() for column in covers.T]
    count = 0
    for visited, end in enumerate(_search(masks, covering, 0, size, frozenset()), start=1):
        count += end
        if count > max_count or visited > MAX_ENDS:
            return min(count, max_count), False
    return count, True


def _search(
    masks: list[int], covering: list[list[int]], covered: int, left: int, banned: frozenset[int]
) -> Iterator[bool]:
    """Enumerate covers depth first, each once: yield True for a cover and False for a dead end.

    Some row must cover the column that the fewest can: those tried before are banned from the later branches.
    """
    open_columns = [column for column in range(len(covering)) if not covered >> column & 1]
    if not open_columns or left == 0:
        yield not open_columns
        return
    choices = min(([row for row in covering[c] if row not in banned] for c in open_columns), key=len)
    if not choices:
        yield False
    for i, row in enumerate(choices):
        yield from _search(masks, covering, covered | masks[row], left - 1, banned.union(choices[:i]))
