"""Variational autoencoders whose code is no Gaussian alone: symbols, symbols beside numbers, labels, a sphere."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import log_softmax, logsumexp, roots_legendre, softmax
from scipy.stats import chisquare, kstest, norm, vonmises_fisher

from aezoo.errors import UsageError
from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.model_inputs import rows
from aezoo.features.judge import load_judge
from aezoo.metrics.reconstruction import label_preservation
from aezoo.models import MODELS, losses
from aezoo.spec import Protocol
from aezoo.training import Trainer

TINY = Protocol(name="tiny", hidden_units=32, latent_dim=5)


def make(name: str, latent_dim: int = 5, **parameters):
    return MODELS.get(name).create(TINY.model_copy(update={"latent_dim": latent_dim}), 0, parameters)


def labelled(images: np.ndarray) -> np.ndarray:
    return np.concatenate([images, np.eye(10, dtype=np.float32)[np.arange(len(images)) % 10]], axis=1)


def estimate(model, x: np.ndarray, k: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    """Importance estimates of ln p(x) of few rows from draws of q(z|x), as scores make them, and their errors."""
    density = ModelDensity(model)
    z, log_q = density.proposal(x).draw(k, np.random.default_rng(0))
    log_weights = density.log_likelihood(x, z) + density.log_prior(z) - log_q
    mean = logsumexp(log_weights, axis=1) - np.log(k)
    return mean, np.exp(log_weights - mean[:, None]).std(axis=1) / np.sqrt(k)


@pytest.mark.exact("gumbel-vae")
def test_the_likelihood_of_a_code_of_symbols_is_the_sum_over_all_codes(images):
    model, x = make("gumbel-vae", categories=2), images[:3].astype(np.float64)
    codes = np.array(list(itertools.product([[1, 0], [0, 1]], repeat=5)), np.float32).reshape(32, 10)
    terms = np.stack([model.decode_logits(tf.constant(codes))] * 3)
    log_likelihoods = -np.stack([losses.bernoulli_nll(x[i].astype(np.float32), terms[i]) for i in range(3)])
    exact = logsumexp(log_likelihoods, axis=1) - 5 * np.log(2)
    found, error = estimate(model, x)
    assert (np.abs(found - exact) < 4 * error + 1e-3).all()
    assert (error < 0.1).all()


def test_draws_of_symbols_have_the_probabilities_of_the_encoder_and_the_rate_of_the_loss(images):
    model = make("gumbel-vae", categories=3)
    x = tf.constant(np.repeat(images[:1], 8_000, axis=0))
    log_p = log_softmax(np.reshape(model.encoder(images[:1]), (5, 3)).astype(np.float64), axis=1)
    z, log_q = model.draw(x)
    symbols = np.asarray(model.symbols(z))
    np.testing.assert_allclose(log_q, log_p[np.arange(5), symbols].sum(axis=1), rtol=1e-4)
    for place in range(5):
        counts = np.bincount(symbols[:, place], minlength=3)
        assert chisquare(counts, np.exp(log_p[place]) * counts.sum()).pvalue > 1e-4
    rate = np.asarray(log_q - model.log_prior(z))
    kl = float(model.objective(tf.constant(images[:1]))["kl"][0])
    assert kl == pytest.approx(5 * np.log(3) + (np.exp(log_p) * log_p).sum(), rel=1e-4)
    assert abs(rate.mean() - kl) < 4 * rate.std() / np.sqrt(len(rate)) + 1e-4


def test_the_relaxed_loss_becomes_that_of_exact_draws_as_the_temperature_falls(images):
    model, x = make("gumbel-vae", temperature=1e-4), tf.constant(images)
    model.on_step(x, tf.constant(1.0))
    model.noise.state.assign([4, 0])
    nll = model.objective(x)["nll"]
    model.noise.state.assign([4, 0])
    z, _ = model.draw(x)
    np.testing.assert_allclose(nll, -np.asarray(ModelDensity(model)._log_likelihood(x, z)), rtol=1e-4)


def test_the_temperature_falls_from_one_and_the_uniform_prior_is_drawn(images):
    model = make("gumbel-vae", categories=4)
    for progress, expected in ((0.0, 1.0), (0.5, 0.75), (1.0, 0.5)):
        model.on_step(tf.constant(images), tf.constant(progress))
        assert float(model.temperature) == pytest.approx(expected)
    symbols = np.asarray(model.symbols(model.sample_prior(2_000, 0)))
    assert chisquare(np.bincount(symbols.ravel(), minlength=4)).pvalue > 1e-3
    np.testing.assert_allclose(model.log_prior(model.sample_prior(3, 0)), -5 * np.log(4), rtol=1e-6)


@pytest.mark.exact("joint-vae")
def test_the_joint_loss_holds_both_rates_to_their_risen_capacities(images):
    model, x = make("joint-vae", latent_dim=6, capacity=2, weight=7), tf.constant(images)
    mean, log_variance, logits = (np.asarray(part, np.float64) for part in model.encoder(images))
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    kl_discrete = np.log(10) + (softmax(logits, axis=1) * log_softmax(logits, axis=1)).sum(axis=1)
    for progress, capacity, discrete in ((0.0, 0, 0), (0.027, 1.2, 0.5), (0.135, 6, np.log(10)), (0.9, 12, np.log(10))):
        model.on_step(x, tf.constant(progress))
        terms = model.objective(x)
        np.testing.assert_allclose(terms["kl"], kl, rtol=1e-4)
        np.testing.assert_allclose(terms["kl_discrete"], kl_discrete, rtol=1e-3, atol=1e-6)
        excess = 7 * (abs(kl.mean() - capacity) + abs(kl_discrete.mean() - discrete))
        np.testing.assert_allclose(np.asarray(terms["loss"]) - terms["nll"], excess, rtol=1e-4)


def test_a_joint_draw_has_the_density_of_both_parts_and_the_group_is_the_likeliest(images):
    model = make("joint-vae", latent_dim=6, categories=3)
    mean, log_variance, logits = (np.asarray(part, np.float64) for part in model.encoder(images))
    z, log_q = (np.asarray(part, np.float64) for part in model.draw(tf.constant(images)))
    chosen = z[:, 6:].argmax(axis=1)
    np.testing.assert_array_equal(z[:, 6:], np.eye(3)[chosen])
    expected = norm.logpdf(z[:, :6], mean, np.exp(log_variance / 2)).sum(axis=1)
    expected += log_softmax(logits, axis=1)[np.arange(len(z)), chosen]
    np.testing.assert_allclose(log_q, expected, rtol=1e-4)
    np.testing.assert_allclose(
        model.log_prior(tf.constant(z, tf.float32)), norm.logpdf(z[:, :6]).sum(axis=1) - np.log(3), rtol=1e-5
    )
    np.testing.assert_array_equal(model.cluster(tf.constant(images)), logits.argmax(axis=1))
    np.testing.assert_array_equal(
        np.asarray(model.encode(tf.constant(images)))[:, 6:], np.eye(3)[logits.argmax(axis=1)]
    )
    drawn = np.asarray(model.sample_prior(3_000, 1))
    assert chisquare(drawn[:, 6:].sum(axis=0)).pvalue > 1e-3
    assert kstest(drawn[:, :6].ravel(), "norm").pvalue > 1e-3


def without_weights_for_labels():
    """A conditional autoencoder with the weights of a plain one and 0 for labels, and the plain one."""
    model, plain = make("cvae"), make("vae")
    for network in ("encoder", "decoder"):
        ours, theirs = getattr(model, network).weights, getattr(plain, network).weights
        for weight, expected in zip(ours, theirs, strict=True):
            padded = np.zeros(weight.shape, np.float32)
            padded[: expected.shape[0]] = expected
            weight.assign(padded)
    for each in (model, plain):
        each.noise.state.assign([3, 0])
    return model, plain


@pytest.mark.exact("cvae")
def test_without_weights_for_labels_it_is_the_vae(images):
    """To the last bit, where sums over 794 products and over 784 do not depend on the order in which they are taken.

    So it is for black and white pixels and weights that are multiples of 2^-12: their sums are exact.
    """
    model, plain = without_weights_for_labels()
    for network in (model.encoder, plain.encoder):
        first = network.weights[0]
        first.assign(np.round(np.asarray(first) * 2**12) / 2**12)
    binary = (images > 0.5).astype(np.float32)
    terms, expected = model.objective(tf.constant(labelled(binary))), plain.objective(tf.constant(binary))
    for term, value in expected.items():
        np.testing.assert_array_equal(terms[term], value)


def test_without_weights_for_labels_it_is_the_vae_to_rounding_for_any_weights(images):
    model, plain = without_weights_for_labels()
    terms, expected = model.objective(tf.constant(labelled(images))), plain.objective(tf.constant(images))
    for term, value in expected.items():
        np.testing.assert_allclose(terms[term], value, rtol=1e-6)


def test_without_weights_for_labels_no_term_depends_on_the_label_to_the_bit(images):
    (model, _), (again, _) = without_weights_for_labels(), without_weights_for_labels()
    told = labelled(images)
    terms = model.objective(tf.constant(told))
    told[:, 784:] = np.roll(told[:, 784:], 3, axis=1)
    for term, value in again.objective(tf.constant(told)).items():
        np.testing.assert_array_equal(terms[term], value)


def test_scores_of_a_cvae_are_of_the_image_and_its_label(images):
    """ln p(x, y) by draws of z given x and y, against an average over z ~ N(0, I) for each label."""
    model = make("cvae", latent_dim=1)
    model.decoder.get_layer("logits").bias.assign(np.full(784, -2.0))
    x = labelled(images[:2])
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    for row in x:
        codes = np.concatenate([nodes[:, None], np.repeat(row[None, 784:], 40, axis=0)], axis=1).astype(np.float32)
        nll = losses.bernoulli_nll(tf.constant(row[:784]), model.decode_logits(tf.constant(codes)))
        exact = logsumexp(-np.asarray(nll, np.float64), b=weights) - np.log(10)
        found, error = estimate(model, row[None].astype(np.float64))
        assert abs(found[0] - exact) < 4 * error[0] + 1e-3
        assert error[0] < 0.1
    drawn = np.asarray(model.sample_prior(3_000, 1))
    assert chisquare(drawn[:, 1:].sum(axis=0)).pvalue > 1e-3
    assert kstest(drawn[:, 0], "norm").pvalue > 1e-3
    np.testing.assert_array_equal(model.features(tf.constant(x)), np.asarray(model.encode(tf.constant(x)))[:, :1])


@pytest.mark.slow
def test_samples_of_a_digit_are_that_digit(digits):
    trainer = Trainer(MODELS.get("cvae"), TINY.model_copy(update={"epochs": 15, "batch_size": 50}))
    trainer.fit(rows(trainer.model, digits.train)[:2_000], rows(trainer.model, digits.held_out)[:100], 0)
    codes = np.asarray(trainer.model.sample_prior(1_000, 0))
    drawn = np.asarray(trainer.model.decode(tf.constant(codes)))
    judged = load_judge("mnist").probabilities(drawn.reshape(-1, 28, 28)).argmax(axis=1)
    assert label_preservation(codes[:, 5:].argmax(axis=1), judged) > 0.97


@pytest.mark.exact("svae")
def test_draws_on_the_sphere_have_scipys_density_and_the_loss_its_divergence(images):
    model = make("svae", start=20)
    direction, log_concentration = (np.asarray(part, np.float64) for part in model.encoder(images))
    kappa = 20 * np.exp(log_concentration[:, 0])
    z, log_q = (np.asarray(part, np.float64) for part in model.draw(tf.constant(images)))
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1, rtol=1e-5)
    means = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    np.testing.assert_allclose(model.encode(images), means, rtol=1e-4, atol=1e-5)
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    expected = [vonmises_fisher(mean, k).logpdf(code) for mean, k, code in zip(means, kappa, z, strict=True)]
    np.testing.assert_allclose(log_q, expected, rtol=1e-4, atol=1e-3)
    terms = model.objective(tf.constant(images))
    kl = losses.von_mises_fisher_kl(tf.constant(kappa), 5)
    np.testing.assert_allclose(terms["kl"], kl, rtol=1e-4)
    np.testing.assert_allclose(terms["loss"], np.asarray(terms["nll"]) + kl, rtol=1e-5)


@pytest.mark.slow
def test_the_likelihood_of_a_code_on_a_sphere_is_the_mean_over_the_sphere(images):
    model, x = make("svae", latent_dim=3, start=2), images[:3].astype(np.float64)
    cosines, weights = roots_legendre(24)  # of a grid of latitudes, and 48 longitudes
    longitudes = np.arange(48) * np.pi / 24
    sines = np.sqrt(1 - cosines**2)
    grid = np.stack(
        [np.outer(sines, np.cos(longitudes)), np.outer(sines, np.sin(longitudes)), np.outer(cosines, np.ones(48))], 2
    ).reshape(-1, 3)
    logits = model.decode_logits(tf.constant(grid, tf.float32))
    shares = np.repeat(weights / weights.sum(), 48) / 48
    found, error = estimate(model, x)
    for i in range(3):
        nll = np.asarray(losses.bernoulli_nll(tf.constant(images[i]), logits), np.float64)
        assert abs(found[i] - logsumexp(-nll, b=shares)) < 4 * error[i] + 1e-3
    assert (error < 0.1).all()


def test_the_prior_of_the_sphere_is_uniform_and_no_concentration_costs_nothing(images):
    model = make("svae", start=1e-5)
    drawn = np.asarray(model.sample_prior(4_000, 0))
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1, rtol=1e-5)
    for axis in range(5):
        assert kstest((drawn[:, axis] + 1) / 2, "beta", (2, 2)).pvalue > 1e-3  # of a coordinate, in five dimensions
    np.testing.assert_allclose(model.log_prior(tf.constant(drawn)), -np.log(8 * np.pi**2 / 3), rtol=1e-5)
    np.testing.assert_allclose(model.objective(tf.constant(images))["kl"], 0, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "latent_dim", "message"), [("svae", 2, "circle"), ("gumbel-vae", 2, "few"), ("joint-vae", 2, "half a nat")]
)
def test_codes_of_too_few_dimensions_are_refused(name, latent_dim, message):
    with pytest.raises(UsageError, match=message):
        make(name, latent_dim)
