"""The two-way split, by hand, by least squares and as a property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from aezoo.statistics import split_two_way


def shares(values):
    found = split_two_way(values)
    return found.rows, found.columns, found.interaction


def test_by_hand():
    """Ranks 1 2 / 3 4: of the sum of squares 5, rows have 4 and columns 1."""
    assert shares([[10.0, 20.0], [30.0, 4000.0]]) == pytest.approx((0.8, 0.2, 0.0))
    assert shares([[1.0, 2.0], [2.0, 1.0]]) == pytest.approx((0, 0, 1))
    assert shares([[7.0, 7.0], [7.0, 7.0]]) == (0, 0, 0)


def test_least_squares_of_dummies_give_the_same():
    table = np.random.default_rng(0).normal(size=(6, 4))
    ranks = rankdata(table).reshape(table.shape)
    row, column = np.indices(table.shape)
    for share, group, n in zip(shares(table), (row, column), (6, 4), strict=False):
        dummies = np.eye(n)[group.ravel()]
        fit, *_ = np.linalg.lstsq(dummies, ranks.ravel(), rcond=None)
        explained = np.sum((dummies @ fit - ranks.mean()) ** 2)
        assert share == pytest.approx(explained / np.sum((ranks - ranks.mean()) ** 2))


@given(arrays(np.float64, (4, 3), elements=st.integers(0, 9).map(float)))
def test_shares_sum_to_one_and_any_increasing_scale_gives_the_same(table):
    found = shares(table)
    assert sum(found) == pytest.approx(0 if np.ptp(table) == 0 else 1)
    assert found == pytest.approx(shares(np.exp(table)))
    assert shares(table.T) == pytest.approx((found[1], found[0], found[2]))
