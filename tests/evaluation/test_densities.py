"""A model as a density: equal to its networks in float64, whatever the number of rows."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import norm

from aezoo.evaluation.densities import NOISE, GaussianNoiseDensity, ModelDensity, likelihood_inputs
from aezoo.metrics import NEEDS
from aezoo.metrics.likelihood import bernoulli_log_likelihood, elbo
from aezoo.models import MODELS
from aezoo.spec import Protocol


@pytest.fixture(scope="module")
def density():
    model = MODELS.get("vae").create(Protocol(name="tiny", hidden_units=8), 3)
    return ModelDensity(model)


def draws(n, k, seed=0):
    random = np.random.default_rng(seed)
    return (random.random((n, 784)) < 0.2).astype(np.float64), random.normal(size=(n, k, 2))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 7), (3, 1_000)])
def test_log_likelihood_is_that_of_the_decoder(density, n, k):
    x, z = draws(n, k)
    logits = np.asarray(density.model.decode_logits(z.reshape(-1, 2)), np.float64).reshape(n, k, 784)
    values = density.log_likelihood(x, z)
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, bernoulli_log_likelihood(x[:, None], logits), atol=2e-3)


def test_gradient_matches_differences(density):
    x, z = draws(2, 3)
    values, gradients = density.log_likelihood_gradient(x, z)
    np.testing.assert_allclose(values, density.log_likelihood(x, z), rtol=1e-6)
    for axis in range(2):
        step = 0.01 * np.eye(2)[axis]
        rise = density.log_likelihood(x, z + step) - density.log_likelihood(x, z - step)
        np.testing.assert_allclose(gradients[..., axis], rise / 0.02, rtol=0.05, atol=0.2)


def test_posterior_is_that_of_the_encoder(density):
    x = np.random.default_rng(0).random((2_003, 784))
    mean, log_variance = density.posterior(x)
    expected = density.model.posterior(tf.constant(x[-5:], tf.float32))
    np.testing.assert_allclose(mean[-5:], expected[0], atol=1e-5)
    np.testing.assert_allclose(log_variance[-5:], expected[1], atol=1e-5)
    np.testing.assert_allclose(mean[-5:], density.model.encode(tf.constant(x[-5:], tf.float32)), atol=1e-5)


def test_simulated_images_have_the_decoders_means(density):
    z = np.tile([[0.5, -1.0]], (4_000, 1))
    x = density.simulate(z, np.random.default_rng(0))
    assert set(np.unique(x)) == {0.0, 1.0}
    means = np.asarray(density.model.decode(tf.constant(z[:1], tf.float32)))[0]
    np.testing.assert_allclose(x.mean(axis=0), means, atol=5 * np.sqrt(0.25 / 4_000))


def test_inputs_are_what_the_metrics_need(density, digits):
    inputs = likelihood_inputs(density.model, digits.oracle.images)
    assert set(inputs) == set(NEEDS["likelihood"]) - {"seed"}
    assert len(inputs["x"]) == len(inputs["posterior_mean"]) == len(digits.oracle.images)
    assert (len(inputs["x_binary"]), len(inputs["x_binary_few"])) == (1_000, 100)
    np.testing.assert_array_equal(inputs["x_binary_few"], inputs["x_binary"][:100])
    assert elbo(inputs["density"], inputs["x_binary_few"]) == pytest.approx(-784 * np.log(2), rel=0.2)


def test_only_codes_of_two_dimensions_can_be_integrated(digits):
    model = MODELS.get("vae").create(Protocol(name="tiny", latent_dim=3, hidden_units=8), 0)
    assert "planar_density" not in likelihood_inputs(model, digits.oracle.images[:20])


def test_a_model_without_a_posterior_has_no_density(digits):
    model = MODELS.get("ae").create(Protocol(name="tiny", hidden_units=8), 0)
    assert likelihood_inputs(model, digits.oracle.images[:20]) == {}
    with pytest.raises(TypeError, match="has no density"):
        ModelDensity(model)


def test_a_gan_has_a_likelihood_under_noise_only(digits):
    model = MODELS.get("gan").create(Protocol(name="tiny", hidden_units=8), 0)
    inputs = likelihood_inputs(model, digits.oracle.images[:20])
    assert set(inputs) == {"noisy_density", "x_few"}


def test_noisy_likelihood_is_a_gaussian_around_the_decoded_image():
    model = MODELS.get("gan").create(Protocol(name="tiny", hidden_units=8), 0)
    density = GaussianNoiseDensity(model)
    x, z = draws(3, 4)
    means = np.asarray(model.decode(tf.constant(z.reshape(-1, 2), tf.float32)), np.float64).reshape(3, 4, 784)
    expected = norm.logpdf(x[:, None], means, NOISE).sum(axis=-1)
    np.testing.assert_allclose(density.log_likelihood(x, z), expected, rtol=1e-5)
    values, gradients = density.log_likelihood_gradient(x, z)
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    step = np.array([0.01, 0.0])
    rise = density.log_likelihood(x, z + step) - density.log_likelihood(x, z - step)
    np.testing.assert_allclose(gradients[..., 0], rise / 0.02, rtol=0.05, atol=0.5)


def test_noisy_images_scatter_around_the_decoded_one():
    model = MODELS.get("gan").create(Protocol(name="tiny", hidden_units=8), 0)
    z = np.tile([[0.5, -1.0]], (2_000, 1))
    x = GaussianNoiseDensity(model).simulate(z, np.random.default_rng(0))
    means = np.asarray(model.decode(tf.constant(z[:1], tf.float32)))[0]
    np.testing.assert_allclose(x.mean(axis=0), means, atol=5 * NOISE / np.sqrt(2_000))
    np.testing.assert_allclose(x.std(axis=0).mean(), NOISE, rtol=0.02)
