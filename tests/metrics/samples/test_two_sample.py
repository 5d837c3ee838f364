"""Two-sample tests by neighbours and classifiers: closed forms, loops and null distributions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.stats import binom

from aezoo.controls import CONTROLS
from aezoo.images import to_bytes
from aezoo.metrics.pairwise import nearest_neighbours, nearest_other_distances
from aezoo.metrics.samples import classifier_two_sample, classifier_two_sample_pixels, null_band, one_nearest_neighbour

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


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 30), m=st.integers(2, 30))
def test_nearest_neighbours_on_grids_full_of_ties_match_loops(seed, n, m):
    random = np.random.default_rng(seed)
    real, fake = random.integers(0, 4, (n, 3)).astype(float), random.integers(0, 4, (m, 3)).astype(float)
    expected = by_loops(real, fake)
    assert neighbours(real, fake) == pytest.approx(expected)
    assert neighbours(fake, real) == pytest.approx((expected[1], expected[0], expected[2]))


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


@pytest.mark.parametrize("n", [100, 2500])
def test_the_null_band_holds_95_percent_of_fair_coins(n):
    low, high = null_band(n)
    assert binom.cdf(high * n, n, 0.5) - binom.cdf(low * n, n, 0.5) == pytest.approx(0.95, abs=0.012)
    assert (high - 0.5) * 2 * np.sqrt(n) == pytest.approx(1.959964, abs=1e-6)


def test_equal_distributions_stay_in_the_null_band_about_as_often_as_promised():
    scores = [classifier_two_sample(*normal(seed, 200, 200, 2), seed) for seed in range(60)]
    inside = [null_band(200)[0] <= score["classifier_two_sample"] <= null_band(200)[1] for score in scores]
    assert sum(inside) >= 50
    assert np.std([score["classifier_two_sample_z"] for score in scores]) == pytest.approx(1, abs=0.35)


def test_sides_apart_are_always_told():
    result = classifier_two_sample(*normal(0, 200, 200, shift=50), seed=0)
    assert result == {
        "classifier_two_sample": 1,
        "classifier_two_sample_auc": 1,
        "classifier_two_sample_z": pytest.approx(np.sqrt(200)),
    }


def test_accuracy_of_shifted_gaussians_is_that_of_the_best_classifier():
    result = classifier_two_sample(*normal(1, 8000, 8000, 1, shift=2.0), seed=0)
    assert result["classifier_two_sample"] == pytest.approx(0.841345, abs=0.012)
    assert result["classifier_two_sample_auc"] == pytest.approx(0.921350, abs=0.012)


def test_exchanging_the_sides_changes_nothing_but_the_draw():
    real, fake = normal(2, 4000, 4000, shift=0.3)
    forth, back = classifier_two_sample(real, fake, 0), classifier_two_sample(fake, real, 0)
    assert forth["classifier_two_sample"] == pytest.approx(back["classifier_two_sample"], abs=0.03)


def test_the_classifier_is_seeded_and_ignores_the_units_of_features():
    real, fake = normal(3, 300, 300, shift=0.5)
    scores = classifier_two_sample(real, fake, 4)
    assert classifier_two_sample(real, fake, 4) == scores
    assert classifier_two_sample(1e3 * real, 1e3 * fake, 4) == pytest.approx(scores)
    assert classifier_two_sample(real, fake, 5) != scores


def test_a_classifier_without_information_is_right_half_of_the_time():
    result = classifier_two_sample(np.ones((50, 3)), np.ones((50, 3)), 0)
    assert list(result.values()) == [0.5, 0.5, 0.0]


def test_unequal_sides_are_refused():
    with pytest.raises(ValueError, match="as many of each"):
        classifier_two_sample(*normal(0, 20, 30), seed=0)


def test_the_network_tells_noise_and_does_not_tell_real_from_real(digits):
    real, held_out = digits.reference.images[:600], digits.oracle.images[:600]
    noise = np.random.default_rng(0).integers(0, 256, real.shape, dtype=np.uint8)
    assert classifier_two_sample_pixels(real, noise, 0)["classifier_two_sample_pixels"] > 0.98
    assert abs(classifier_two_sample_pixels(real, held_out, 0)["classifier_two_sample_pixels_z"]) < 3


@pytest.mark.parametrize("control", ["blur", "duplicator"])
def test_the_network_tells_what_logistic_regression_on_few_features_may_not(digits, control):
    """Blurred digits, and a hundred digits again and again."""
    images = CONTROLS.get(control).generate(digits, 600, np.random.default_rng(0))
    found = classifier_two_sample_pixels(digits.reference.images[:600], to_bytes(images), 0)
    assert found["classifier_two_sample_pixels_z"] > 5


def test_the_network_moves_no_random_numbers_but_its_own(digits):
    images = digits.reference.images[:100]
    np.random.seed(5)  # noqa: NPY002 (the global state is what is tested)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = classifier_two_sample_pixels(images, 255 - images, 1)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert classifier_two_sample_pixels(images, 255 - images, 1) == first


@pytest.mark.parametrize("images", [np.ones((5, 28, 28)), np.ones((5, 28), np.uint8), np.ones((1, 28, 28), np.uint8)])
def test_images_that_are_not_8_bit_are_refused(images):
    good = np.ones((5, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="at least 2 images as uint8"):
        classifier_two_sample_pixels(good, images, 0)
