"""The Parzen window: exact values, and how it misleads."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from sklearn.cluster import KMeans
from sklearn.neighbors import KernelDensity

from aezoo.metrics.samples import parzen_log_likelihood


@pytest.mark.exact_metric("parzen")
def test_one_window_as_wide_as_the_distance_to_the_images():
    """All images 0.2 from the only window at each of 784 pixels: a bandwidth of 0.2 is the best."""
    fake, real = np.zeros((1, 28, 28), np.uint8), np.full((6, 28, 28), 51, np.uint8)
    expected = -392 * (np.log(2 * np.pi * 0.2**2) + 1)
    assert parzen_log_likelihood(fake, real) == pytest.approx(expected, rel=1e-6)


@pytest.mark.independent("parzen", by="scikit-learn")
def test_matches_scikit_learn_at_the_bandwidth_that_suits_the_even_rows_best(digits):
    fake, real = digits.train.images[:80], digits.reference.images[:80]
    even, odd = (real[start::2].reshape(-1, 784) / 255 for start in (0, 1))
    centres = fake.reshape(-1, 784) / 255

    def mean_log_density(points, bandwidth):
        return KernelDensity(bandwidth=bandwidth).fit(centres).score_samples(points).mean()

    best = minimize_scalar(lambda h: -mean_log_density(even, h), bounds=(0.05, 1), method="bounded").x
    assert parzen_log_likelihood(fake, real) == pytest.approx(mean_log_density(odd, best), abs=0.05)


def test_repeating_every_generated_image_changes_nothing(digits):
    fake, real = digits.train.images[:200], digits.oracle.images[:200]
    assert parzen_log_likelihood(np.repeat(fake, 3, axis=0), real) == pytest.approx(
        parzen_log_likelihood(fake, real), rel=1e-12
    )


def test_centroids_beat_real_images(digits):
    """The exhibit: the criterion prefers blurred prototypes to held-out digits."""
    centroids = KMeans(100, n_init=1, random_state=0).fit(digits.train.images.reshape(-1, 784)).cluster_centers_
    fake = centroids.reshape(-1, 28, 28).astype(np.uint8)
    real = digits.reference.images
    assert parzen_log_likelihood(fake, real) > parzen_log_likelihood(digits.oracle.images[:100], real)


def test_noise_is_worse_than_digits(digits):
    noise = np.random.default_rng(0).integers(0, 256, (300, 28, 28)).astype(np.uint8)
    real = digits.reference.images[:300]
    assert parzen_log_likelihood(digits.oracle.images[:300], real) > parzen_log_likelihood(noise, real) + 50


def test_images_of_other_sizes_or_types_are_refused():
    image = np.zeros((4, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="one size"):
        parzen_log_likelihood(image[:, :14], image)
    with pytest.raises(ValueError, match="float64"):
        parzen_log_likelihood(image / 255, image)
    with pytest.raises(ValueError, match="at least 2"):
        parzen_log_likelihood(image, image[:1])
