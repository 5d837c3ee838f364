"""Sliced Wasserstein distance: closed forms and loops."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from aezoo.metrics.samples import sliced_wasserstein

SEEDS = st.integers(0, 10_000)


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


@pytest.mark.exact_metric("sliced_wasserstein")
def test_sliced_wasserstein_of_a_shift_in_one_dimension_is_the_shift():
    assert sliced_wasserstein([[0], [1]], [[2], [1]], seed=0) == pytest.approx(1)
    assert wasserstein_distance([0, 1], [1, 2]) == 1


@given(SEEDS)
def test_sliced_wasserstein_in_one_dimension_pairs_sorted_numbers(seed):
    real, fake = normal(seed, 30, 30, 1)
    expected = np.sqrt(np.mean(np.square(np.sort(real[:, 0]) - np.sort(fake[:, 0]))))
    assert sliced_wasserstein(real, fake, seed, projections=3) == pytest.approx(expected)


def test_sliced_wasserstein_of_a_translation():
    real, _ = normal(0, 100, 1, 10)
    shift = np.full(10, 2.0)
    assert sliced_wasserstein(real, real + shift, 0, 20_000) ** 2 == pytest.approx(shift @ shift / 10, rel=0.05)


@pytest.mark.independent("sliced_wasserstein", by="a loop over directions")
@given(SEEDS)
def test_sliced_wasserstein_matches_a_loop_over_directions(seed):
    real, fake = normal(seed, 20, 20, 3)
    directions = np.random.default_rng(seed).normal(size=(3, 60))
    squares = [
        np.mean(np.square(np.sort(real @ v) - np.sort(fake @ v)))
        for v in (directions / np.linalg.norm(directions, axis=0)).T
    ]
    assert sliced_wasserstein(real, fake, seed, 60) == pytest.approx(np.sqrt(np.mean(squares)))


def test_sliced_wasserstein_is_a_symmetric_distance_in_units_of_the_features():
    real, fake = normal(1, 80, 80)
    value = sliced_wasserstein(real, fake, 0)
    assert sliced_wasserstein(fake, real[::-1], 0) == pytest.approx(value)
    assert sliced_wasserstein(3 * real + 7, 3 * fake + 7, 0) == pytest.approx(3 * value)
    assert sliced_wasserstein(real, real[::-1], 0) == 0


def test_sliced_wasserstein_needs_equal_numbers():
    with pytest.raises(ValueError, match="as many rows"):
        sliced_wasserstein(*normal(0, 20, 30), seed=0)
