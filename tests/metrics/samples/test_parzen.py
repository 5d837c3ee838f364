"""The Parzen window: exact values, and how it misleads."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.cluster import KMeans
from sklearn.neighbors import KernelDensity

from aezoo.metrics.likelihood import parzen_log_density, parzen_log_likelihood


def test_one_window_at_the_point_itself():
    assert parzen_log_density(np.ones((1, 784)), np.ones((1, 784)), 1.0)[0] == pytest.approx(-720.4478, abs=5e-5)


def test_matches_scipy_and_scikit_learn():
    random = np.random.default_rng(0)
    x, centres = random.normal(size=(7, 5)), random.normal(size=(9, 5))
    windows = [multivariate_normal(centre, 0.3**2).pdf(x) for centre in centres]
    ours = parzen_log_density(x, centres, 0.3)
    np.testing.assert_allclose(ours, np.log(np.mean(windows, axis=0)))
    np.testing.assert_allclose(ours, KernelDensity(bandwidth=0.3).fit(centres).score_samples(x))


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


def test_bandwidth_is_the_best_for_the_even_rows(digits):
    fake, real = digits.train.images[:80], digits.reference.images[:80]
    even, odd = (real[start::2].reshape(-1, 784) / 255 for start in (0, 1))
    centres = fake.reshape(-1, 784) / 255
    bandwidths = np.geomspace(0.05, 1, 300)
    best = max(bandwidths, key=lambda h: parzen_log_density(even, centres, h).mean())
    expected = parzen_log_density(odd, centres, best).mean()
    assert parzen_log_likelihood(fake, real) == pytest.approx(expected, abs=2.0)
