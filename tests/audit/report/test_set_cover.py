"""Set cover: exact, against brute force."""

from itertools import combinations

import numpy as np
import pytest

from aezoo.audit.report.set_cover import smallest_covers


def covers_by_force(detects):
    """All smallest covers of what can be covered."""
    wanted = detects[:, detects.any(axis=0)]
    for size in range(1, len(detects) + 1):
        fitting = [rows for rows in combinations(range(len(detects)), size) if wanted[list(rows)].any(axis=0).all()]
        if fitting:
            return fitting
    return []


@pytest.mark.parametrize("seed", range(12))
def test_covers_are_those_of_brute_force(seed):
    random = np.random.default_rng(seed)
    detects, costs = random.random((8, 6)) < 0.35, random.random(3)
    uses = random.random((8, 3)) < 0.5
    found, every = smallest_covers(detects, costs, uses), covers_by_force(detects)
    assert found.uncovered == tuple(np.flatnonzero(~detects.any(axis=0)).tolist())
    assert (found.count, found.complete) == (len(every), True)
    assert set(found.essential) == set.intersection(*map(set, every))
    assert set(found.examples) <= set(every)
    assert len(set(found.examples)) == len(found.examples) == min(3, len(every))
    prices = [sum(costs[uses[list(rows)].any(axis=0)]) for rows in every]
    assert sum(costs[uses[list(found.examples[0])].any(axis=0)]) == pytest.approx(min(prices))


def test_what_members_of_a_set_share_is_paid_for_once():
    detects = [[1, 0], [0, 1], [0, 1]]
    costs, uses = [5.0, 3.0], [[1, 0], [1, 0], [0, 1]]
    assert smallest_covers(detects, costs, uses).examples[0] == (0, 1)  # 5, where 0 and 2 cost 8


def test_examples_have_as_little_in_common_as_they_can():
    found = smallest_covers([[1, 0], [1, 0], [0, 1], [0, 1]], [1.0, 9.0, 1.0, 9.0])
    assert found.examples[:2] == ((0, 2), (1, 3))


def test_at_most_so_many_covers_are_counted_and_nothing_to_cover_is_no_cover():
    found = smallest_covers(np.ones((5, 3), dtype=bool), max_count=2)
    assert (found.count, found.complete, len(found.examples)) == (2, False, 3)
    nothing = smallest_covers(np.zeros((3, 2), dtype=bool))
    assert (nothing.examples, nothing.count, nothing.uncovered) == ((), 0, (0, 1))
    assert smallest_covers(np.zeros((0, 2), dtype=bool)).uncovered == (0, 1)
