"""Structural similarity: exact values, and scikit-image as an independent implementation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import structural_similarity

from aezoo.metrics.reconstruction import ssim


def constant(value, n=2):
    return np.full((n, 28, 28), value)


def drawn(seed, n=3):
    return np.random.default_rng(seed).random((n, 28, 28))


@pytest.mark.exact_metric("ssim")
@pytest.mark.parametrize(
    ("a", "b", "expected"), [(0.0, 1.0, 1e-4 / 1.0001), (0.5, 0.25, 0.2501 / 0.3126), (0.7, 0.7, 1.0)]
)
def test_ssim_of_constant_images(a, b, expected):
    assert ssim(constant(a), constant(b)) == pytest.approx(expected, rel=1e-9)


def test_ssim_of_an_image_with_itself_is_1_and_with_its_negative_below_0():
    assert ssim(drawn(9), drawn(9)) == pytest.approx(1.0, abs=1e-12)
    assert ssim(drawn(9), 1 - drawn(9)) < 0


@pytest.mark.independent("ssim", by="scikit-image")
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), shape=st.tuples(st.integers(11, 30), st.integers(11, 30)))
def test_ssim_matches_scikit_image(seed, shape):
    random = np.random.default_rng(seed)
    x = random.random((2, *shape)) * (random.random((2, *shape)) < 0.5)
    p = (x + random.normal(0, 0.2, x.shape)).clip(0, 1)
    options = {"data_range": 1.0, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = np.mean([structural_similarity(a, b, **options) for a, b in zip(x, p, strict=True)])
    assert ssim(x, p) == pytest.approx(expected, abs=1e-9)
    assert ssim(p, x) == pytest.approx(ssim(x, p), abs=1e-12)


def test_ssim_weighs_every_image_of_a_large_set_alike():
    x, p = drawn(10, n=501), drawn(11, n=501)
    one_by_one = [ssim(x[i : i + 1], p[i : i + 1]) for i in range(501)]
    assert ssim(x, p) == pytest.approx(np.mean(one_by_one), rel=1e-12)


@pytest.mark.parametrize("shape", [(2, 784), (2, 10, 28)])
def test_ssim_needs_square_images_that_hold_a_window(shape):
    with pytest.raises(ValueError, match="height, width"):
        ssim(np.zeros(shape), np.zeros(shape))
