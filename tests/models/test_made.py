"""The masked autoencoder: an exact likelihood, held to sums over all images of six pixels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit
from scipy.stats import chisquare, norm

from aezoo.errors import UsageError
from aezoo.evaluation.densities import CodelessDensity
from aezoo.evaluation.gallery import model_gallery
from aezoo.metrics.likelihood import grid_log_likelihood, importance_bounds
from aezoo.models import MODELS
from aezoo.spec import Protocol, get_protocol

DEEP = Protocol(name="deep", hidden_units=20, hidden_layers=2)
ALL_OF_SIX = np.array(list(itertools.product((0, 1), repeat=6)), np.float32)


@pytest.fixture(params=[1, 2], ids=["one hidden layer", "two"])
def six_pixels(request, monkeypatch):
    """A model of six pixels, with weights that make them depend on each other."""
    monkeypatch.setattr("aezoo.models.made.PIXELS", 6)
    model = MODELS.get("made").create(DEEP.model_copy(update={"hidden_layers": request.param}), 0)
    random = np.random.default_rng(0)
    model.set_weights(
        [random.normal(0, 1, weight.shape) if weight.dtype == np.float32 else weight for weight in model.get_weights()]
    )
    return model


def probabilities(model) -> np.ndarray:
    return np.exp(np.asarray(model.log_density(tf.constant(ALL_OF_SIX)), np.float64))


@pytest.mark.exact("made")
def test_the_probabilities_of_all_images_sum_to_one(six_pixels):
    p = probabilities(six_pixels)
    assert p.sum() == pytest.approx(1, abs=1e-6)
    by_pixel = np.abs(np.log(p[ALL_OF_SIX[:, 0] == 1] / p[ALL_OF_SIX[:, 0] == 0]))
    assert by_pixel.std() > 0.1  # the others depend on the first pixel


def test_its_likelihood_metrics_are_the_probabilities_of_the_images(six_pixels):
    """Over all 64 images they sum to one, as bounds do not."""
    density = CodelessDensity(six_pixels)
    values = grid_log_likelihood(density, ALL_OF_SIX)
    assert np.exp(values).sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(np.exp(values), probabilities(six_pixels), rtol=1e-5)
    np.testing.assert_allclose(importance_bounds(density, ALL_OF_SIX, 3)[0], values, atol=1e-12)


@pytest.mark.exact("made")
def test_a_pixel_depends_on_those_before_it_alone(six_pixels):
    x = tf.constant(np.random.default_rng(0).random((4, 6)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = six_pixels.network(x)
    jacobian = tape.batch_jacobian(logits, x).numpy()
    below = np.tril(np.ones((6, 6), bool), -1)
    assert (jacobian[:, ~below] == 0).all()
    assert (np.abs(jacobian).max(axis=0)[below] > 0).all()


def test_images_are_drawn_as_often_as_their_probability_says(six_pixels):
    z = np.asarray(six_pixels.sample_prior(20_000, 5))
    drawn = norm.cdf(z) < expit(np.asarray(six_pixels.decode_logits(tf.constant(z))))
    counts = np.bincount(drawn @ 2 ** np.arange(5, -1, -1), minlength=64)
    expected = probabilities(six_pixels) * len(z)
    rare = expected < 5
    observed = np.append(counts[~rare], counts[rare].sum())
    wanted = np.append(expected[~rare], expected[rare].sum())
    assert chisquare(observed, wanted * observed.sum() / wanted.sum()).pvalue > 1e-3


def test_the_loss_of_grey_images_is_the_mean_over_their_binary_ones(six_pixels):
    grey = np.random.default_rng(1).random(6).astype(np.float32)
    weights = np.prod(np.where(ALL_OF_SIX == 1, grey, 1 - grey).astype(np.float64), axis=1)
    exact = -weights @ np.log(probabilities(six_pixels))
    losses = np.asarray(six_pixels.objective(tf.constant(np.tile(grey, (20_000, 1))))["loss"], np.float64)
    assert abs(losses.mean() - exact) < 4 * losses.std() / np.sqrt(len(losses))


@pytest.mark.slow
def test_logits_of_a_code_are_those_of_the_image_that_it_stands_for(images):
    model = MODELS.get("made").create(DEEP, 0)
    model.adapt(images)
    z = model.sample_prior(3, 0)
    logits = np.asarray(model.decode_logits(z))
    drawn = (norm.cdf(np.asarray(z)) < expit(logits)).astype(np.float32)
    assert 20 < drawn.sum(axis=1).mean() < 400
    np.testing.assert_allclose(model.network(drawn), logits, atol=1e-4)


def test_the_loss_of_binary_images_is_their_exact_likelihood_and_starts_at_the_pixels_frequencies(images):
    model, binary = MODELS.get("made").create(DEEP, 0), np.round(images)
    model.adapt(images)
    np.testing.assert_array_equal(model.objective(tf.constant(binary))["loss"], -np.asarray(model.log_density(binary)))
    last = model.network.layers[-1]
    last.kernel.assign(np.zeros(last.kernel.shape))
    frequencies = (images.astype(np.float64).sum(axis=0) + 0.5) / 21
    expected = (binary * np.log(frequencies) + (1 - binary) * np.log1p(-frequencies)).sum(axis=1)
    np.testing.assert_allclose(model.log_density(tf.constant(binary)), expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["made", "flow-matching"])
def test_a_code_of_a_number_for_each_pixel_has_no_manifold_where_others_have_two(digits, name):
    model = MODELS.get(name).create(Protocol(name="tiny", hidden_units=8), 0)
    assert model.protocol.latent_dim == 2
    assert model_gallery(model, digits) == {}


def test_another_architecture_is_refused():
    with pytest.raises(UsageError, match="its network is masked, and no 'conv'"):
        MODELS.get("made").create(get_protocol("conv"), 0)
