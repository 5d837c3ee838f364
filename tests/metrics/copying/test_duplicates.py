"""Near-duplicates and unique images: loops, clusters and blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from aezoo.metrics.copying import near_duplicates, unique_ratio

SEEDS = st.integers(0, 10_000)


def draws(seed, *sizes, d=4):
    random = np.random.default_rng(seed)
    return [random.normal(size=(size, d)) for size in sizes]


@pytest.mark.exact_metric("near_duplicates")
def test_copies_are_near_duplicates_at_any_threshold():
    train, fake = draws(0, 200, 150)
    assert near_duplicates(train, train[:90]) == 1
    assert near_duplicates(np.repeat(train, 2, axis=0), train, threshold=0.0) == 1
    assert near_duplicates(train, fake, threshold=0.0) == 0
    assert near_duplicates(train, train[:100] + 1000) == 0


@pytest.mark.independent("near_duplicates", by="all pairs")
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.1, 3))
def test_near_duplicates_match_all_distances(seed, threshold):
    train, fake = draws(seed, 50, 40)
    expected = np.mean(cdist(fake, train).min(axis=1) <= threshold)
    assert near_duplicates(train, fake, threshold=threshold) == pytest.approx(expected)


@pytest.mark.exact_metric("unique_ratio")
@pytest.mark.parametrize(("k", "n"), [(20, 1000), (1, 50), (7, 100)])
def test_k_repeated_images_are_k_different_ones(k, n):
    (images,) = draws(0, k)
    repeated = images[np.arange(n) % k]
    assert unique_ratio(repeated) == pytest.approx(k / n)
    near = repeated + 1e-6 * np.random.default_rng(1).normal(size=repeated.shape)
    assert unique_ratio(near, threshold=1e-4) == pytest.approx(k / n)
    assert unique_ratio(near) == 1


def test_a_chain_is_more_than_one_image():
    chain = np.arange(6.0)[:, None]
    assert unique_ratio(chain, threshold=1.0) == pytest.approx((2 / 2 + 4 / 3) / 6)
    assert unique_ratio(chain, threshold=0.99) == 1


@pytest.mark.independent("unique_ratio", by="all pairs")
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0, 2))
def test_unique_ratio_matches_loops_and_lies_between_clusters_and_all(seed, threshold):
    fake = np.random.default_rng(seed).integers(0, 4, (60, 3)).astype(float)
    alike = cdist(fake, fake) <= threshold
    expected = np.mean(1 / alike.sum(axis=1))
    assert unique_ratio(fake, threshold) == pytest.approx(expected)
    assert unique_ratio(fake[::-1], threshold) == pytest.approx(expected)
    clusters = connected_components(coo_array(alike))[0]
    assert clusters / 60 <= expected + 1e-12


def test_blocks_of_the_unique_ratio_make_no_difference():
    fake = np.random.default_rng(0).normal(size=(700, 2))
    expected = np.mean(1 / (cdist(fake, fake) <= 0.1).sum(axis=1))
    assert unique_ratio(fake, 0.1) == pytest.approx(expected)


@pytest.mark.parametrize("threshold", [-1.0, np.nan, np.inf])
def test_a_threshold_that_is_no_distance_is_refused(threshold):
    with pytest.raises(ValueError, match="give a distance"):
        unique_ratio(np.ones((3, 2)), threshold)


@pytest.mark.parametrize("dimensions", range(1, 30))
def test_a_distance_that_equals_the_threshold_counts_whatever_its_square_is_rounded_to(dimensions):
    two = np.stack([np.zeros(dimensions), np.ones(dimensions)])
    assert unique_ratio(two, float(np.sqrt(dimensions))) == 0.5
    assert unique_ratio(two, float(np.nextafter(np.sqrt(dimensions), 0))) == 1
