"""Classifier two-sample tests: closed forms, null distributions and controls."""

import numpy as np
import pytest
from scipy.stats import binom, norm

from aezoo.controls import CONTROLS
from aezoo.images import to_bytes
from aezoo.metrics.samples import classifier_two_sample, classifier_two_sample_pixels


def null_band(n):
    """Bound the accuracy on n held-out rows, with 95 % confidence, if both sides are of one distribution.

    ``0.5 -+ q / (2 sqrt(n))``, q the normal quantile of ``0.975``.
    """
    half = float(norm.ppf(0.975)) / (2 * np.sqrt(n))
    return 0.5 - half, 0.5 + half


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


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


@pytest.mark.exact_metric("classifier_two_sample")
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


@pytest.mark.slow
def test_the_network_tells_noise_and_does_not_tell_real_from_real(digits):
    real, held_out = digits.reference.images[:600], digits.oracle.images[:600]
    noise = np.random.default_rng(0).integers(0, 256, real.shape, dtype=np.uint8)
    assert classifier_two_sample_pixels(real, noise, 0)["classifier_two_sample_pixels"] > 0.98
    assert abs(classifier_two_sample_pixels(real, held_out, 0)["classifier_two_sample_pixels_z"]) < 3


@pytest.mark.slow
@pytest.mark.parametrize("control", ["blur", "duplicator"])
def test_the_network_tells_what_logistic_regression_on_few_features_may_not(digits, control):
    """Blurred digits, and a hundred digits again and again."""
    images = CONTROLS.get(control).generate(digits, 600, np.random.default_rng(0))
    found = classifier_two_sample_pixels(digits.reference.images[:600], to_bytes(images), 0)
    assert found["classifier_two_sample_pixels_z"] > 5


@pytest.mark.slow
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
