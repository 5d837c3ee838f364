"""A model as a density: equal to its networks in float64, whatever the number of rows."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import logsumexp
from scipy.stats import norm
from support.likelihood_cases import bernoulli_log_likelihood
from support.toy_models import GridCode, Linear, MixturePrior, make

from aezoo.evaluation.densities import NOISE, GaussianNoiseDensity, ModelDensity
from aezoo.evaluation.inference import symbols_of
from aezoo.evaluation.likelihood_inputs import rates
from aezoo.evaluation.symbol_prior import SymbolPrior
from aezoo.metrics.likelihood import (
    AISSettings,
    ais_bound,
    distortion,
    elbo,
    grid_log_likelihood,
    importance_bounds,
    iwae_bound,
)
from aezoo.models import MODELS
from aezoo.models.losses import bernoulli_nll, standard_normal_log_density
from aezoo.models.vae import VAE
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


def test_a_model_without_a_posterior_has_no_density():
    with pytest.raises(TypeError, match="has no density"):
        ModelDensity(MODELS.get("ae").create(Protocol(name="tiny", hidden_units=8), 0))


def test_a_keras_model_from_elsewhere_has_a_density(density):
    class Elsewhere:
        def posterior(self, x):
            return density.model.posterior(x)

        def decode_logits(self, z):
            return density.model.decode_logits(z)

    x, _ = draws(5, 1)
    assert elbo(ModelDensity(Elsewhere()), x) == elbo(density, x)


@pytest.fixture(scope="module")
def mixture():
    return ModelDensity(make(MixturePrior))


def test_a_models_own_prior_is_that_of_the_density(mixture):
    z = 2 * np.random.default_rng(0).normal(size=(3, 5, 2))
    expected = np.log(np.mean([norm.pdf(z, centre, 0.5).prod(axis=-1) for centre in (-2, 2)], axis=0))
    np.testing.assert_allclose(mixture.log_prior(z), expected, rtol=1e-5)
    values, gradients = mixture.log_prior_gradient(z)
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    step = np.array([1e-2, 0.0])
    rise = mixture.log_prior(z + step) - mixture.log_prior(z - step)
    np.testing.assert_allclose(gradients[..., 0], rise / 0.02, rtol=0.02, atol=0.05)
    drawn = mixture.sample_prior(4_000, np.random.default_rng(0))
    assert np.abs(drawn).mean() == pytest.approx(2, abs=0.05)
    assert (drawn[:, 0] * drawn[:, 1] > 0).mean() > 0.999


@pytest.mark.independent("iwae_5000", "ais", by="a plain sum")
@pytest.mark.slow
def test_bounds_of_a_model_with_its_own_prior_agree_with_a_plain_sum_over_a_fine_grid(mixture):
    x, _ = draws(3, 1)
    axis = np.arange(-5, 5, 0.1) + 0.05
    z = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(1, -1, 2)
    prior = np.log(np.mean([norm.pdf(z, centre, 0.5).prod(axis=-1) for centre in (-2, 2)], axis=0))
    logits = np.asarray(mixture.model.decode_logits(z[0]), np.float64)
    likelihood = np.stack([bernoulli_log_likelihood(image, logits) for image in x])
    exact = logsumexp(likelihood + prior, axis=1) + 2 * np.log(0.1)
    np.testing.assert_allclose(grid_log_likelihood(mixture, x), exact, atol=2e-3)
    np.testing.assert_allclose(importance_bounds(mixture, x, 5_000)[0], exact, atol=0.3)
    annealed = ais_bound(mixture, x, settings=AISSettings(16, 60, 3))["ais_binary"]
    assert annealed == pytest.approx(exact.mean(), abs=0.3)
    standard = logsumexp(likelihood + norm.logpdf(z).sum(axis=-1), axis=1) + 2 * np.log(0.1)
    assert np.abs(exact - standard).min() > 0.01  # so that N(0, I) in place of the prior would be seen


def test_exact_draws_of_the_posterior_make_every_bound_the_likelihood():
    """A linear model with a prior, a posterior by draws and a Gaussian decoder of its own: ln p(x) in closed form."""
    model = make(Linear)
    density = ModelDensity(model)
    assert not density.binary
    assert not density.has_closed_rate
    x = np.random.default_rng(0).normal(size=(7, 784))
    exact = model.exact_log_density(x)
    bounds, sizes = importance_bounds(density, x, 50)
    np.testing.assert_allclose(bounds, exact, rtol=1e-5)
    np.testing.assert_allclose(sizes, 50, rtol=1e-3)
    assert elbo(density, x) == pytest.approx(exact.mean(), rel=1e-5)
    np.testing.assert_allclose(grid_log_likelihood(density, x), exact, rtol=1e-5)
    rate = rates(density, x, 0).mean()
    assert rate > 5  # far more than the draws are apart
    assert rate + distortion(density, x, samples=50) == pytest.approx(-exact.mean(), abs=0.5)


def test_draws_of_a_model_follow_from_the_generator():
    proposal = ModelDensity(make(Linear)).proposal(np.zeros((3, 784)))
    first, again, other = (proposal.draw(4, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first[0], again[0])
    assert (first[0] != other[0]).all()
    assert len(np.unique(first[0][..., 0])) == 12


def test_a_discrete_code_costs_its_cross_entropy(digits):
    model = make(GridCode)
    codes = np.array([[-1, 0]] * 6 + [[1, 0]] * 2, np.float32)
    density = ModelDensity(model, SymbolPrior(symbols_of(model), codes))
    first, second = np.array([6.5, 0.5, 2.5]) / 9.5, np.array([0.5, 8.5, 0.5]) / 9.5
    z = np.array([[[-1.0, 0.0], [0.0, 1.0]]])
    expected = [np.log(first[0] * second[1]), np.log(first[1] * second[2])]
    np.testing.assert_allclose(density.log_prior(z)[0], expected)
    drawn = density.sample_prior(20_000, np.random.default_rng(0))
    np.testing.assert_allclose([(drawn[:, 0] == value).mean() for value in (-1, 0, 1)], first, atol=0.02)
    x = (digits.held_out.images[:5].reshape(5, 784) > 127).astype(np.float64)
    own = model.encode(tf.constant(x, tf.float32))
    bound = density.log_prior(np.asarray(own, np.float64)[:, None])[:, 0] - np.asarray(
        bernoulli_nll(tf.constant(x, tf.float32), model.decode_logits(own))
    )
    assert elbo(density, x) == pytest.approx(bound.mean(), rel=1e-5)
    assert iwae_bound(density, x, 10)["iwae_binary"] == pytest.approx(bound.mean(), rel=1e-5)
    np.testing.assert_allclose(rates(density, x, 0), -density.log_prior(np.asarray(own, np.float64)[:, None])[:, 0])


def test_the_rate_by_draws_is_the_closed_form_on_average():
    """Of a Gaussian posterior and a prior that is N(0, I), said as a prior of its own."""

    class Said(VAE):
        def log_prior(self, z):
            return standard_normal_log_density(z)

    model = make(Said)
    x = np.random.default_rng(0).random((2_000, 784))
    by_draws = rates(ModelDensity(model), x, 0)
    closed = rates(ModelDensity(make(VAE)), x, 0)
    assert ModelDensity(make(VAE)).has_closed_rate
    assert not ModelDensity(model).has_closed_rate
    assert by_draws.mean() == pytest.approx(closed.mean(), abs=4 * (by_draws - closed).std() / np.sqrt(2_000))


@pytest.mark.independent("ais_noisy", by="SciPy, p(x given z) alone")
def test_noisy_likelihood_is_a_gaussian_around_the_decoded_image():
    model = MODELS.get("gan").create(Protocol(name="tiny", hidden_units=8), 0)
    density = GaussianNoiseDensity(model, 2)
    x, z = draws(3, 4)
    means = np.asarray(model.decode(tf.constant(z.reshape(-1, 2), tf.float32)), np.float64).reshape(3, 4, 784)
    expected = norm.logpdf(x[:, None], means, NOISE).sum(axis=-1)
    np.testing.assert_allclose(density.log_likelihood(x, z), expected, rtol=1e-5)
    pairs = density.log_likelihoods(x, z.reshape(-1, 2)).reshape(3, 3, 4)
    np.testing.assert_allclose(pairs[np.arange(3), np.arange(3)], expected, rtol=1e-5)
    values, gradients = density.log_likelihood_gradient(x, z)
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    step = np.array([0.01, 0.0])
    rise = density.log_likelihood(x, z + step) - density.log_likelihood(x, z - step)
    np.testing.assert_allclose(gradients[..., 0], rise / 0.02, rtol=0.05, atol=0.5)


def test_noisy_images_scatter_around_the_decoded_one():
    model = MODELS.get("gan").create(Protocol(name="tiny", hidden_units=8), 0)
    z = np.tile([[0.5, -1.0]], (2_000, 1))
    x = GaussianNoiseDensity(model, 2).simulate(z, np.random.default_rng(0))
    means = np.asarray(model.decode(tf.constant(z[:1], tf.float32)))[0]
    np.testing.assert_allclose(x.mean(axis=0), means, atol=5 * NOISE / np.sqrt(2_000))
    np.testing.assert_allclose(x.std(axis=0).mean(), NOISE, rtol=0.02)
