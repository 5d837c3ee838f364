"""The one-nearest-neighbour test: loops, copies and null distributions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from aezoo.metrics.samples import one_nearest_neighbour

HALVES = ("one_nearest_neighbour_real", "one_nearest_neighbour_fake", "one_nearest_neighbour")


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


def neighbours(real, fake):
    result = one_nearest_neighbour(real, fake)
    return tuple(result[name] for name in HALVES)


def by_loops(real, fake):
    points, sides = np.concatenate([real, fake]), np.repeat([0, 1], [len(real), len(fake)])
    apart = cdist(points, points, "sqeuclidean") + np.diag(np.full(len(points), np.inf))
    right = []
    for row, side in zip(apart, sides, strict=True):
        own, other = row[sides == side].min(), row[sides != side].min()
        right.append(0.5 if own == other else float(own < other))
    right = np.array(right)
    return right[sides == 0].mean(), right[sides == 1].mean(), right.mean()


@pytest.mark.independent("one_nearest_neighbour", by="loops")
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), m=st.integers(2, 30))
def test_nearest_neighbours_on_grids_full_of_ties_match_loops(seed, n, m):
    random = np.random.default_rng(seed)
    real, fake = random.integers(0, 4, (n, 3)).astype(float), random.integers(0, 4, (m, 3)).astype(float)
    expected = by_loops(real, fake)
    assert neighbours(real, fake) == pytest.approx(expected)
    assert neighbours(fake, real) == pytest.approx((expected[1], expected[0], expected[2]))


@pytest.mark.exact_metric("one_nearest_neighbour")
def test_a_copy_of_the_reals_is_never_told_and_what_is_apart_always():
    real, _ = normal(0, 200, 1)
    assert neighbours(real, real[::-1]) == (0, 0, 0)
    assert neighbours(real, real + 1000) == (1, 1, 1)


def test_repeated_images_betray_themselves_by_their_twins():
    real, fake = normal(1, 400, 20)
    on_reals, on_fakes, _ = neighbours(real, np.tile(fake, (20, 1)))
    assert on_fakes == 1
    assert on_reals > 0.7


def test_equal_distributions_are_told_half_of_the_time():
    real, fake = normal(2, 2000, 2000)
    assert neighbours(real, fake) == pytest.approx((0.5, 0.5, 0.5), abs=0.05)


def test_nearest_neighbours_are_unmoved_by_similarity_and_order():
    real, fake = normal(3, 150, 150)
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(4, 4)))[0]
    moved = [(5 * side @ rotation + 9)[::-1] for side in (real, fake)]
    assert neighbours(*moved) == pytest.approx(neighbours(real, fake))
