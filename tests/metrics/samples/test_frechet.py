"""Fréchet distance: exact values, closed forms and invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from aezoo.metrics.samples import frechet_distance, kernel_distance

TWO_SIDED = (frechet_distance, kernel_distance)


SIDES = st.tuples(st.integers(0, 10_000), st.integers(2, 30), st.integers(2, 30), st.integers(1, 8))


def sides(seed, n, m, d):
    random = np.random.default_rng(seed)
    real, fake = random.normal(size=(n, d)), random.normal(0.5, 2.0, size=(m, d))
    fake[: min(n, m) // 3] = real[: min(n, m) // 3]
    return real, fake


def with_moments(mean, covariance, n=50, seed=0):
    """Points whose sample mean and covariance are exactly the given ones."""
    draws = np.random.default_rng(seed).normal(size=(n, len(mean)))
    white = np.linalg.qr(draws - draws.mean(axis=0))[0] * np.sqrt(n - 1)
    return white @ np.linalg.cholesky(covariance).T + mean


def rotation(d):
    return np.linalg.qr(np.random.default_rng(9).normal(size=(d, d)))[0]


@pytest.mark.exact_metric("fd")
def test_frechet_distance_of_gaussians():
    real, fake = (
        with_moments(np.zeros(3), np.eye(3)),
        with_moments(np.array([1.0, 2, 2]), 4 * np.eye(3), seed=1),
    )
    assert frechet_distance(real, fake) == pytest.approx(12)


def test_frechet_distance_of_diagonal_gaussians_adds_differences_of_deviations():
    real = with_moments(np.zeros(3), np.diag([1.0, 4, 9]))
    fake = with_moments(np.zeros(3), np.diag([25.0, 4, 1]), seed=1)
    assert frechet_distance(real, fake) == pytest.approx((1 - 5) ** 2 + 0 + (3 - 1) ** 2)


def test_frechet_distance_of_two_pairs_of_numbers():
    assert frechet_distance([[0], [2]], [[1], [5]]) == pytest.approx(6)


def test_frechet_distance_of_one_image_repeated_is_closed():
    real = sides(0, 200, 2, 6)[0]
    expected = np.square(real.mean(axis=0) - 3).sum() + np.trace(np.cov(real, rowvar=False))
    assert frechet_distance(real, np.full((200, 6), 3.0)) == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(SIDES)
def test_frechet_distance_of_a_set_with_itself_vanishes_even_with_fewer_rows_than_columns(drawn):
    real, _ = sides(*drawn)
    assert frechet_distance(real, real) <= 1e-6 * np.square(real).sum()


@pytest.mark.independent("fd", by="SciPy's matrix square root")
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), d=st.integers(1, 6))
def test_frechet_distance_matches_the_form_with_a_matrix_square_root(seed, d):
    real, fake = sides(seed, 40, 30, d)
    first, second = (np.atleast_2d(np.cov(side, rowvar=False)) for side in (real, fake))
    cross = np.trace(np.real(sqrtm(first @ second)))
    expected = np.square(real.mean(0) - fake.mean(0)).sum() + np.trace(first + second) - 2 * cross
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-6)


def test_frechet_distance_grows_with_the_square_of_the_scale():
    real, fake = sides(1, 50, 60, 4)
    assert frechet_distance(3 * real, 3 * fake) == pytest.approx(9 * frechet_distance(real, fake))


def test_frechet_distance_is_unmoved_by_translation():
    real, fake = sides(2, 50, 60, 4)
    assert frechet_distance(real + 100, fake + 100) == pytest.approx(frechet_distance(real, fake))


@pytest.mark.parametrize("distance", TWO_SIDED)
def test_distances_are_symmetric_and_unmoved_by_rotation_and_order(distance):
    real, fake = sides(4, 80, 90, 6)
    value = distance(real, fake)
    assert distance(fake, real) == pytest.approx(value)
    assert distance((real @ rotation(6))[::-1], fake @ rotation(6)) == pytest.approx(value)


@pytest.mark.parametrize("distance", TWO_SIDED)
@pytest.mark.parametrize(
    ("real", "fake", "message"),
    [
        (np.ones((1, 3)), np.ones((5, 3)), "at least 2 of each"),
        (np.ones((5, 3)), np.ones((5, 2)), "one feature space"),
        (np.ones((5, 3)), np.full((5, 3), np.inf), "infinite"),
    ],
)
def test_bad_sides_are_refused(distance, real, fake, message):
    with pytest.raises(ValueError, match=message):
        distance(real, fake)
