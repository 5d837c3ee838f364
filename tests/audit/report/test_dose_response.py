"""Dose response: first doses, trends, and the smallest stable size."""

from math import inf, sqrt

import pytest

from aezoo.audit.report.dose_response import dose_response, rank_correlation, smallest_stable_n


def test_first_dose_monotone_and_rank_correlation():
    found = dose_response([[0, 1], [1, 2], [5, 6]], [False, True, True])
    assert (found.first, found.holds, found.monotone) == (1, True, "rising")
    assert found.spearman == pytest.approx(15 / sqrt(16 * 17))  # of the ranks, less their means
    back = dose_response([[3.0], [2.0], [1.0]], [False, True, False])
    assert (back.first, back.holds, back.monotone) == (1, False, "falling")
    none = dose_response([[1.0], [1.0]], [False, False])
    assert (none.first, none.holds, none.monotone, none.spearman) == (None, False, "flat", None)
    assert dose_response([[0.0], [5.0], [1.0], [0.5]], [False] * 4).monotone == "flat"
    assert dose_response([[1.0, 2.0]], [True]).monotone is None


def test_exact_rank_correlations():
    assert rank_correlation([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(0.8)
    assert rank_correlation([1, 2, 3], [9.0, 8.0, -inf]) == pytest.approx(-1)
    assert rank_correlation([1, 2, 3], [3.0, inf, inf]) == pytest.approx(sqrt(3) / 2)
    assert rank_correlation([1, 2, 3], [inf, inf, inf]) is None


def test_the_smallest_size_from_which_on_the_mean_is_stable():
    means = [(100, 5.0), (200, 1.0), (400, 3.0), (800, 1.1), (1600, 1.0)]
    assert smallest_stable_n(means, mean=1.0, width=0.2) == 800
    assert smallest_stable_n(means, mean=1.0, width=9.0) == 100
    assert smallest_stable_n(means, mean=9.0, width=0.2) is None
