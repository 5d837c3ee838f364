"""Nearest neighbours against all distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from aezoo.metrics.pairwise import nearest_neighbours, nearest_other_distances


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), m=st.integers(1, 60), d=st.integers(1, 8))
def test_nearest_matches_all_distances(seed, n, m, d):
    points, others = normal(seed, n, m, d)
    apart = cdist(points, others)
    distances, rows = nearest_neighbours(points, others)
    np.testing.assert_allclose(distances, apart.min(axis=1))
    np.testing.assert_array_equal(rows, apart.argmin(axis=1))


def test_tiles_of_the_search_make_no_difference():
    points, others = normal(0, 600, 5000, 3)
    apart = cdist(points, others)
    distances, rows = nearest_neighbours(points, others)
    np.testing.assert_array_equal(rows, apart.argmin(axis=1))
    np.testing.assert_allclose(distances, apart.min(axis=1))
    own = cdist(others, others) + np.diag(np.full(5000, np.inf))
    np.testing.assert_allclose(nearest_other_distances(others), own.min(axis=1))
    np.testing.assert_allclose(nearest_other_distances(others, np.array([4999, 7, 7])), own.min(axis=1)[[4999, 7, 7]])


def test_a_copy_is_at_distance_0_far_from_the_origin_too():
    points, _ = normal(0, 300, 1, 50)
    assert (nearest_neighbours(points[::-1] + 1e6, points + 1e6)[0] == 0).all()


def test_a_row_alone_has_no_other():
    with pytest.raises(ValueError, match="nothing to search among 1 rows"):
        nearest_other_distances(np.ones((1, 2)))


def test_images_in_bytes_are_as_far_apart_as_in_floats():
    images = np.random.default_rng(0).integers(0, 256, size=(30, 20)).astype(np.uint8)
    expected = nearest_neighbours(images[:10].astype(float), images[10:].astype(float))
    np.testing.assert_array_equal(nearest_neighbours(images[:10], images[10:]), expected)
    np.testing.assert_array_equal(nearest_other_distances(images), nearest_other_distances(images.astype(float)))
