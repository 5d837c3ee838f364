"""Moments of images that have more pixels than there are images, which are those of the covariance of pixels."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.controls import CONTROLS
from aezoo.controls.moment_matched import GaussianMoments, gaussian_images
from aezoo.datasets import sprites


def test_components_of_few_images_are_those_of_the_covariance_of_their_pixels():
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8), np.uint8)
    found = GaussianMoments.of(images)
    covariance = np.cov(images.reshape(20, -1) / 255, rowvar=False)
    expected = np.linalg.eigvalsh(covariance)[::-1]
    assert found.variances.shape == (19,)
    np.testing.assert_allclose(found.variances, expected[:19], rtol=1e-9)
    np.testing.assert_allclose(found.components.T @ found.components, np.eye(19), atol=1e-9)
    np.testing.assert_allclose((found.components * found.variances) @ found.components.T, covariance, atol=1e-12)


@pytest.mark.parametrize("dose", [0.5, 1.0])
def test_large_coloured_images_are_matched_too(dose):
    images = np.random.default_rng(0).integers(0, 256, (300, 64, 64, 3), np.uint8)
    drawn = CONTROLS.get("moment-matched").function(images, None, 100, np.random.default_rng(1), dose)
    assert drawn.shape == (100, 64, 64, 3)
    assert np.isfinite(drawn).all()
    assert np.abs(drawn.mean(axis=0) - images.mean(axis=0) / 255).mean() < 0.03


def test_images_that_are_nearly_binary_are_matched_as_far_as_it_says():
    images = sprites.split(sprites.subset(2_000, 0)).images
    moments = GaussianMoments.of(images).first(50)
    drawn = gaussian_images(images, 100, np.random.default_rng(0)).reshape(100, -1)
    codes = (drawn - moments.mean) @ moments.components
    off = np.linalg.norm(codes.mean(axis=0)) / np.sqrt(moments.variances.sum())
    apart = np.linalg.norm(np.cov(codes.T) - np.diag(moments.variances)) / np.linalg.norm(moments.variances)
    assert 0.011 < max(off, apart) < 0.04
