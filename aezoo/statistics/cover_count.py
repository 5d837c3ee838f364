"""Counts set covers of the smallest size by a search that visits each of them once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

MOST_ENDS = 100_000
"""At most so many ends of the search are visited."""


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
    for visited, end in enumerate(_ends(masks, covering, 0, size, frozenset()), start=1):
        count += end
        if count > most or visited > MOST_ENDS:
            return min(count, most), False
    return count, True


def _ends(
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
        yield from _ends(masks, covering, covered | masks[row], left - 1, banned.union(choices[:place]))
