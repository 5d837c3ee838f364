"""Kernel distance and kernel two-sample test: exact values, closed forms, double loops and p-values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from aezoo.metrics.samples import kernel_distance, mmd_test

SEEDS = st.integers(0, 10_000)


SIDES = st.tuples(st.integers(0, 10_000), st.integers(2, 30), st.integers(2, 30), st.integers(1, 8))


def sides(seed, n, m, d):
    random = np.random.default_rng(seed)
    real, fake = random.normal(size=(n, d)), random.normal(0.5, 2.0, size=(m, d))
    fake[: min(n, m) // 3] = real[: min(n, m) // 3]
    return real, fake


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


def gaussian_mmd(mu, h):
    """0.1772677 for mu = h = 1."""
    return 2 * h / np.sqrt(h**2 + 2) * (1 - np.exp(-(mu**2) / (2 * (h**2 + 2))))


@pytest.mark.exact_metric("mmd_test")
def test_mmd_of_shifted_gaussians_in_closed_form():
    values = [mmd_test(*normal(s, 500, 500, 1, 1.0), s, bandwidth=1.0, permutations=1)["mmd"] for s in range(30)]
    assert np.mean(values) == pytest.approx(np.mean([gaussian_mmd(1, h) for h in (0.5, 1, 2)]), abs=0.01)


@pytest.mark.independent("mmd_test", by="double loops")
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(2, 15), st.integers(2, 15))
def test_mmd_matches_double_loops_with_the_median_of_the_reals_as_width(seed, n, m):
    real, fake = normal(seed, n, m, 3, 0.5)
    h = np.median(pdist(real))

    def kernel(a, b):
        return np.mean([np.exp(-np.square(a - b).sum() / (2 * (s * h) ** 2)) for s in (0.5, 1, 2)])

    def within(x):
        return np.mean([kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j])

    expected = within(real) + within(fake) - 2 * np.mean([kernel(a, b) for a in real for b in fake])
    assert mmd_test(real, fake, seed, permutations=3)["mmd"] == pytest.approx(expected, abs=1e-9)


def test_the_p_value_counts_all_exchanges_of_the_sides():
    real, fake = np.array([[0.0], [1], [2]]), np.array([[10.0], [11], [12]])
    result = mmd_test(real, fake, 0, permutations=2000)
    # 2 of the 20 ways to choose three of six leave the sides apart as they are.
    assert result["mmd_p_value"] == pytest.approx(0.1, abs=0.025)


def test_p_values_of_equal_distributions_are_uniform_and_of_others_small():
    same = [mmd_test(*normal(s, 60, 60), s, permutations=99)["mmd_p_value"] for s in range(100)]
    assert np.mean(same) == pytest.approx(0.5, abs=0.1)
    assert np.mean(np.array(same) <= 0.05) <= 0.12
    assert mmd_test(*normal(0, 60, 60, shift=1.0), 0)["mmd_p_value"] == pytest.approx(1 / 201)


def test_the_generator_does_not_choose_the_width():
    real, fake = normal(2, 100, 100)
    given = mmd_test(real, 50 * fake, 0, bandwidth=float(np.median(pdist(real))))
    assert mmd_test(real, 50 * fake, 0) == pytest.approx(given)


def test_many_rows_are_drawn_from_and_few_are_all_used(monkeypatch):
    monkeypatch.setattr("aezoo.metrics.samples.mmd.MAX_ROWS", 300)
    real, fake = normal(3, 400, 400, 2)
    assert mmd_test(real, fake, 0, permutations=2) != mmd_test(real, fake, 1, permutations=2)
    few = [mmd_test(real[:300], fake[:300], s, permutations=2)["mmd"] for s in (0, 1)]
    assert few[0] == pytest.approx(few[1])


def test_reals_that_are_all_alike_give_no_width():
    with pytest.raises(ValueError, match="reals that differ"):
        mmd_test(np.ones((5, 2)), np.zeros((5, 2)), 0)


@pytest.mark.exact_metric("kd")
def test_kernel_distance_of_two_pairs_of_numbers():
    assert kernel_distance([[1], [2]], [[0], [1]]) == pytest.approx(9.5)


@pytest.mark.independent("kd", by="double loops")
@settings(max_examples=40, deadline=None)
@given(SIDES)
def test_kernel_distance_matches_double_loops(drawn):
    real, fake = sides(*drawn)

    def kernel(a, b):
        return (a @ b / len(a) + 1) ** 3

    def within(x):
        return np.mean([kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j])

    expected = within(real) + within(fake) - 2 * np.mean([kernel(a, b) for a in real for b in fake])
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_kernel_distance_of_equal_distributions_is_negative_about_as_often_as_not():
    draws = np.random.default_rng(0).normal(size=(40, 2, 50, 3))
    negative = sum(kernel_distance(real, fake) < 0 for real, fake in draws)
    assert 8 < negative < 36


def test_blocks_of_the_kernel_distance_make_no_difference():
    real, fake = sides(3, 700, 600, 5)
    kernel = [(a @ b.T / 5 + 1) ** 3 for a, b in ((real, real), (fake, fake), (real, fake))]
    own = [(side.sum() - np.trace(side)) / (len(side) * (len(side) - 1)) for side in kernel[:2]]
    assert kernel_distance(real, fake) == pytest.approx(sum(own) - 2 * kernel[2].mean(), rel=1e-9)


@pytest.mark.parametrize("d", [3, 784])
def test_rounding_is_no_bandwidth_where_most_pairs_of_reals_are_equal(d):
    real, fake = normal(0, 20, 20, d)
    real[4:] = 3 * real[4]
    with pytest.raises(ValueError, match=r"the bandwidth is 0\.0; give reals that differ"):
        mmd_test(real, fake, 0)
    real[4:12] += np.arange(1.0, 9)[:, None]  # now most pairs differ
    assert 0 < mmd_test(real, fake, 0)["mmd_p_value"] <= 1
