import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aezoo.statistics import (
    Interval,
    bootstrap_interval,
    interval_half_width,
    mean_interval,
)

FINITE = st.integers(-(10**9), 10**9).map(lambda thousandths: thousandths / 1000)


def test_one_to_five():
    """s = sqrt(5/2) and t(0.975, 4) = 2.7764451..., so the half width is t / sqrt(2)."""
    interval = mean_interval([1, 2, 3, 4, 5])
    assert (interval.mean, interval.n) == (3.0, 5)
    assert interval.high - 3 == pytest.approx(2.7764451051977987 / math.sqrt(2), rel=1e-12)
    assert 3 - interval.low == pytest.approx(2.7764451051977987 / math.sqrt(2), rel=1e-12)


def test_two_values_have_the_quantile_of_the_cauchy_distribution():
    """With one degree of freedom, t(0.975) = tan(pi * 0.475); s / sqrt(2) = 1 / 2 for values 0 and 1."""
    assert mean_interval([0, 1]).high == pytest.approx(0.5 + 0.5 * math.tan(math.pi * 0.475), rel=1e-12)


def test_confidence_one_half_of_two_values_is_their_range():
    """t(0.75) with one degree of freedom is exactly 1."""
    interval = mean_interval([0, 1], confidence=0.5)
    assert (interval.low, interval.high) == pytest.approx((0.0, 1.0), abs=1e-12)


def test_one_value_has_no_interval():
    assert mean_interval([170.3]) == Interval(170.3, None, None, 1)


def test_identical_values_have_an_interval_of_zero_width():
    assert mean_interval([0.1] * 3) == Interval(0.1, 0.1, 0.1, 3)


@given(st.lists(FINITE, min_size=2, max_size=12))
def test_agrees_with_scipy(values):
    if max(values) == min(values):
        values[0] += 1.0
    interval = mean_interval(values)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=1e-7, abs=1e-7)


@given(st.lists(FINITE, min_size=2, max_size=8), st.floats(0.1, 10), FINITE)
def test_moves_and_scales_with_the_values(values, scale, shift):
    before, after = mean_interval(values), mean_interval([scale * value + shift for value in values])
    expected = (scale * before.low + shift, scale * before.high + shift)
    assert (after.low, after.high) == pytest.approx(expected, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("values", [[], [1.0, math.nan], [math.inf]])
def test_refuses_what_has_no_mean(values):
    with pytest.raises(ValueError, match="finite"):
        mean_interval(values)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_refuses_an_impossible_confidence(confidence):
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([1.0, 2.0], confidence)


def test_half_widths_are_elementwise_and_nan_for_one_value():
    widths = interval_half_width([1.0, 2.0, 5.0], [5, 5, 1])
    assert widths[1] == pytest.approx(2 * widths[0])
    assert np.isnan(widths[2])


def test_four_seeds_have_no_bootstrap_interval():
    found = bootstrap_interval([1.0, 2.0, 3.0, 4.0])
    assert (found.method, found.low, found.high) == ("points", None, None)


def test_five_seeds_have_the_percentile_interval_of_all_resamples():
    """The exact percentiles of the mean over all 5^5 resamples, with ties of probability far from 2.5 %."""
    values = np.array([0.0, 1.0, 10.0, 100.0, 1000.0])
    grid = np.stack(np.meshgrid(*[values] * 5), axis=-1).reshape(-1, 5).mean(axis=1)
    found = bootstrap_interval(values)
    assert found.method == "percentile"
    low = np.quantile(grid, [0.02, 0.03])
    high = np.quantile(grid, [0.97, 0.98])
    assert low[0] <= found.low <= low[1]
    assert high[0] <= found.high <= high[1]


def test_many_seeds_have_the_corrected_interval():
    """BCa moves with the skewness: of values with a long upper tail both bounds lie above the percentile's."""
    values = np.exp(np.random.default_rng(0).normal(size=30))
    found = bootstrap_interval(values)
    plain = np.random.default_rng(1).choice(values, (20_000, 30)).mean(axis=1)
    assert found.method == "BCa"
    assert found.low > np.quantile(plain, 0.025)
    assert found.high > np.quantile(plain, 0.975)


def test_where_the_correction_does_not_exist_the_percentile_interval_stands_in():
    assert bootstrap_interval([3.0] * 12) == bootstrap_interval([3.0] * 5)
    assert bootstrap_interval([3.0] * 12).high == 3.0
    assert bootstrap_interval([3.0] * 12).method == "percentile"


def test_a_correction_that_does_not_exist_is_no_warning():
    values = [1.0] * 11 + [1 + 4e-16]
    assert max(values) > 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = bootstrap_interval(values)
    assert found.method == "percentile"
    assert (found.low, found.high) == pytest.approx((1, 1))


def test_the_bootstrap_is_seeded():
    values = np.random.default_rng(0).normal(size=7)
    assert bootstrap_interval(values, seed=3) == bootstrap_interval(values, seed=3)
    assert bootstrap_interval(values, seed=3) != bootstrap_interval(values, seed=4)


@pytest.mark.parametrize("values", [[], [1.0] * 5 + [math.nan]])
def test_the_bootstrap_refuses_what_has_no_mean(values):
    with pytest.raises(ValueError, match="finite"):
        bootstrap_interval(values)


def test_students_interval_covers_better_than_the_bootstrap_at_five_seeds():
    """Why the tables keep it: 400 sets of five normal seeds; the standard error of a share near 0.95 is 0.011."""
    sets = np.random.default_rng(0).normal(size=(400, 5))
    student = [mean_interval(values) for values in sets]
    resampled = [bootstrap_interval(values) for values in sets]
    covered = np.mean([found.low <= 0 <= found.high for found in student])
    bootstrapped = np.mean([found.low <= 0 <= found.high for found in resampled])
    assert 0.92 < covered < 0.98
    assert 0.78 < bootstrapped < 0.89
