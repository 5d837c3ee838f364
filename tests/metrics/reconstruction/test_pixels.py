"""Pixel-wise errors: exact values, closed forms, and scikit-image as an independent implementation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.metrics import peak_signal_noise_ratio

from aezoo.metrics import METRICS
from aezoo.metrics.reconstruction import (
    bernoulli_nll,
    bernoulli_nll_per_image,
    mse,
    mse_per_image,
    psnr,
    psnr_per_image,
    ssim,
    ssim_per_image,
)

PAIRED = (bernoulli_nll, mse, psnr, ssim)


def constant(value, n=2):
    return np.full((n, 28, 28), value)


def drawn(seed, n=3):
    return np.random.default_rng(seed).random((n, 28, 28))


@pytest.mark.exact_metric("nll")
def test_cross_entropy_of_a_half_is_784_bits_whatever_the_image():
    assert bernoulli_nll(drawn(0), constant(0.5, 3)) == pytest.approx(784 * np.log(2), rel=1e-12)


def test_cross_entropy_of_an_image_with_itself_is_its_entropy():
    grey = constant(0.25)
    entropy = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    assert bernoulli_nll(grey, grey) == pytest.approx(784 * entropy, rel=1e-12)


def test_binary_images_reproduced_exactly_cost_nothing_and_missed_pixels_everything():
    binary = np.round(drawn(1))
    assert bernoulli_nll(binary, binary) == 0
    assert bernoulli_nll(binary, 1 - binary) == np.inf


def test_an_infinite_cross_entropy_is_an_error_of_the_registered_metric():
    with pytest.raises(ValueError, match="nll is inf"):
        METRICS.get("nll")({"x": constant(0.5), "p": constant(0.0)})


@pytest.mark.independent("nll", by="the form from logits")
def test_cross_entropy_matches_the_form_from_logits():
    x, logits = drawn(2), np.random.default_rng(3).normal(0, 3, (3, 28, 28))
    stable = np.maximum(logits, 0) - logits * x + np.log1p(np.exp(-np.abs(logits)))
    assert bernoulli_nll(x, 1 / (1 + np.exp(-logits))) == pytest.approx(stable.sum() / 3, rel=1e-9)


@given(x=arrays(float, (2, 5), elements=st.floats(0, 1)), p=arrays(float, (2, 5), elements=st.floats(0, 1)))
def test_no_reconstruction_beats_the_image_itself(x, p):
    assert bernoulli_nll(x, p) >= bernoulli_nll(x, x) - 1e-9


@pytest.mark.parametrize("metric", [bernoulli_nll, mse, psnr])
def test_flat_images_score_as_square_ones(metric):
    x, p = drawn(4), drawn(5)
    assert metric(x.reshape(3, 784), p.reshape(3, 784)) == pytest.approx(metric(x, p), rel=1e-12)


@pytest.mark.exact_metric("mse")
def test_squared_error_of_a_constant_offset_is_its_square():
    assert mse(constant(0.0), constant(0.3)) == pytest.approx(0.09)
    assert mse(drawn(6), drawn(6)) == 0


@pytest.mark.exact_metric("psnr")
def test_psnr_of_an_offset_of_a_tenth_is_20_decibels():
    assert psnr(constant(0.4), constant(0.5)) == pytest.approx(20)


def test_psnr_averages_images_and_caps_identical_ones_at_100():
    x = constant(0.4)
    p = x + np.array([0.1, 0.0])[:, None, None]
    assert psnr(x, x) == 100
    assert psnr(x, p) == pytest.approx((20 + 100) / 2)


@pytest.mark.independent("psnr", by="scikit-image")
def test_psnr_matches_scikit_image():
    x, p = drawn(7), drawn(8)
    expected = np.mean([peak_signal_noise_ratio(a, b, data_range=1.0) for a, b in zip(x, p, strict=True)])
    assert psnr(x, p) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", PAIRED)
@pytest.mark.parametrize(
    ("x", "p", "message"),
    [
        (constant(0.5), constant(0.5, 3), "shape"),
        (constant(1.5), constant(0.5), "scale it"),
        (constant(0.5), constant(-0.1), "scale it"),
        (constant(0.5), constant(np.nan), "NaN"),
        (constant(0.5)[:0], constant(0.5)[:0], "at least one row"),
        (np.ones(784), np.ones(784), "dimensions"),
    ],
)
def test_bad_images_are_refused(metric, x, p, message):
    with pytest.raises(ValueError, match=message):
        metric(x, p)


@pytest.mark.parametrize(
    ("per_image", "metric"),
    [(bernoulli_nll_per_image, bernoulli_nll), (mse_per_image, mse), (psnr_per_image, psnr), (ssim_per_image, ssim)],
)
def test_a_score_is_the_mean_over_images_of_what_each_scores_alone(per_image, metric):
    x, p = drawn(12), drawn(13)
    values = per_image(x, p)
    np.testing.assert_allclose(values, [metric(x[i : i + 1], p[i : i + 1]) for i in range(3)], rtol=1e-12)
    assert metric(x, p) == pytest.approx(values.mean(), rel=1e-12)
