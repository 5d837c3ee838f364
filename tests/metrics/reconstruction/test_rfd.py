"""The Fréchet distance of reconstructions is that of samples, and its own at a perfect reconstruction."""

import numpy as np
import pytest

from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics.reconstruction import reconstruction_frechet_distance
from aezoo.metrics.samples import frechet_distance

N = 200


@pytest.fixture(scope="module")
def real(digits):
    return RealFeatures(digits, N)


def distances(real, images):
    return {space: reconstruction_frechet_distance(**arrays) for space, arrays in real.reconstruction_inputs(images)}


def test_a_perfect_reconstruction_has_the_value_of_real_images(real, digits):
    images = digits.oracle.images[:N] / 255.0
    as_samples = {
        space: frechet_distance(arrays["real"], arrays["fake"])
        for question, space, arrays in real.sample_inputs(images, copying=False)
        if question == "samples" and space is not None
    }
    assert distances(real, images) == pytest.approx(as_samples, rel=1e-12)
    assert set(as_samples) == {"judge", "pca"}


def test_a_worse_reconstruction_is_further_and_the_mean_image_furthest(real, digits):
    images = digits.oracle.images[:N] / 255.0
    mean = np.broadcast_to(images.mean(axis=0), images.shape)
    found = [distances(real, (1 - share) * images + share * mean) for share in (0, 0.3, 0.6, 1)]
    for space in ("judge", "pca"):
        assert np.all(np.diff([of[space] for of in found]) > 0)


@pytest.mark.exact_metric("rfd")
def test_shifted_features_are_as_far_as_they_are_shifted():
    features = np.random.default_rng(0).normal(size=(50, 3))
    assert reconstruction_frechet_distance(features, features + np.array([1.0, 2.0, 2.0])) == pytest.approx(9)


def test_without_reconstructions_their_arrays_are_missing(real):
    assert {space: set(arrays) for space, arrays in real.reconstruction_inputs(None)} == {
        "judge": {"real"},
        "pca": {"real"},
    }
