"""Autoencoders whose likelihood is of grey images: each against SciPy's density, in training and in scores."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit
from scipy.stats import norm, t

from aezoo.errors import UsageError
from aezoo.evaluation.densities import ModelDensity
from aezoo.evaluation.likelihood_inputs import NOT_BERNOULLI, NOT_BINARY, likelihood_inputs, rates
from aezoo.metrics.likelihood import distortion, rate
from aezoo.models import MODELS
from aezoo.models.losses import gaussian_kl
from aezoo.seeds import generator
from aezoo.spec import Protocol
from aezoo.training import Trainer

TINY = Protocol(name="tiny", hidden_units=32, latent_dim=3)
SCORES_PAGE = (Path(__file__).parents[2] / "docs" / "scores.md").read_text()
NAMES = ("cb-vae", "gaussian-vae", "sigma-vae", "student-t-vae")


def make(name: str, **parameters):
    return MODELS.get(name).create(TINY, 0, parameters)


def logits_of(model, z) -> np.ndarray:
    return np.asarray(model.decoder(z), np.float64)


def log_densities(name: str, model, x: np.ndarray, z) -> np.ndarray:
    """ln p(x|z) of float64 images, by SciPy and closed forms from the decoder's output."""
    logits = logits_of(model, z)
    mean = expit(logits)
    if name == "cb-vae":
        logits = np.clip(logits, -model.limit, model.limit)
        return (logits * x + np.log(logits / np.expm1(logits))).sum(axis=1)
    if name == "gaussian-vae":
        return norm.logpdf(x, mean, model.sigma).sum(axis=1)
    if name == "sigma-vae":
        return norm.logpdf(x, mean, np.exp(model.log_variance.numpy() / 2)).sum(axis=1)
    return t.logpdf(x, np.exp(model.log_degrees.numpy()), mean, model.scale).sum(axis=1)


@pytest.mark.exact("cb-vae", "gaussian-vae", "sigma-vae", "student-t-vae")
@pytest.mark.parametrize("name", NAMES)
def test_the_likelihood_is_the_density_of_its_law_and_that_of_its_scores(images, name):
    model = make(name)
    model.decoder.get_layer("logits").bias.assign(np.linspace(-12, 12, 784))  # pixels from black to white
    if name == "sigma-vae":
        model.log_variance.assign(-2.5)
    z = np.random.default_rng(0).standard_normal((len(images), 3)).astype(np.float32)
    expected = log_densities(name, model, images.astype(np.float64), z)
    np.testing.assert_allclose(model.log_likelihood(tf.constant(images), tf.constant(z)), expected, rtol=1e-4)
    density = ModelDensity(model)
    assert not density.binary
    scored = density.log_likelihood(images.astype(np.float64), z[:, None].astype(np.float64))[:, 0]
    np.testing.assert_allclose(scored, expected, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_is_the_bound_on_that_likelihood(images, name):
    model = make(name)
    x = tf.constant(images)
    model.noise.state.assign([3, 0])
    terms = model.objective(x)
    model.noise.state.assign([3, 0])
    z, mean, log_variance = model.code(x)
    if name == "sigma-vae":  # at the width that fits this batch
        error = np.square(images - expit(logits_of(model, z))).mean()
        model.log_variance.assign(np.log(error))
        assert np.mean(terms["nll"]) == pytest.approx(392 * (np.log(2 * np.pi * error) + 1), rel=1e-5)
    expected = -log_densities(name, model, images.astype(np.float64), z)
    np.testing.assert_allclose(terms["nll"], expected, rtol=1e-4, atol=1e-4)  # of hundreds of nats little may be left
    np.testing.assert_allclose(
        terms["loss"], expected + np.asarray(gaussian_kl(mean, log_variance)), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_minus_rate_and_distortion_is_the_evidence_bound_in_nats_per_image(images, name):
    """E_q[ln p(x|z)] by SciPy at the metric's own draws, less KL(q(z|x) || N(0, I)) by its closed form."""
    model, x = make(name), images.astype(np.float64)
    density = ModelDensity(model)
    mean, log_variance = density.posterior(x)
    z, _ = density.proposal(x).draw(4, generator(7, "distortion"))
    drawn = [log_densities(name, model, x, z[:, i].astype(np.float32)).mean() for i in range(4)]
    divergence = 0.5 * (np.square(mean) + np.exp(log_variance) - log_variance - 1).sum(axis=1).mean()
    found = -(rate(rates(density, x, 0)) + distortion(density, x, 7))
    assert found == pytest.approx(np.mean(drawn) - divergence, rel=1e-4)


def test_the_page_of_scores_names_the_models_with_a_likelihood_of_grey_images():
    grey = {name for name in MODELS.names() if MODELS.is_builtin(name) and not MODELS.get(name).model.binary}
    sentence = re.search(r"likelihood of grey images of their own \(([^)]*)\)", " ".join(SCORES_PAGE.split()))[1]
    assert set(re.findall(r"`([\w-]+)`", sentence)) == grey == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_scores_of_binary_images_are_not_applicable_and_no_chain_takes_it_for_bernoulli(digits, name):
    inputs = likelihood_inputs(make(name), digits, 0)
    assert inputs["x_binary"] is inputs["x_binary_few"] is NOT_BINARY
    assert inputs["annealable_density"] is NOT_BERNOULLI


def test_the_continuous_bernoulli_is_the_cross_entropy_and_its_constant(images):
    """The VAE's loss but for ln C, with one set of weights; and a pixel has at most ln 9.2 nats."""
    model, plain = make("cb-vae"), make("vae")
    for each in (model, plain):
        each.noise.state.assign([3, 0])
    nll, binary = (np.asarray(each.objective(tf.constant(images))["nll"]) for each in (model, plain))
    plain.noise.state.assign([3, 0])
    logits = logits_of(plain, plain.code(tf.constant(images)).z)
    np.testing.assert_allclose(nll, binary - np.log(logits / np.tanh(logits / 2)).sum(axis=1), atol=1e-3)
    model.decoder.get_layer("logits").bias.assign(np.full(784, -50.0))
    black = model.log_likelihood(tf.zeros((1, 784)), tf.zeros((1, 3)))
    np.testing.assert_allclose(black, 784 * np.log(9.2102 / (1 - 1e-4)), rtol=1e-5)
    np.testing.assert_allclose(model.decode(tf.zeros((1, 3))), 1e-4, rtol=1e-3)


def test_students_decoder_becomes_the_gaussian_one(images):
    model, gaussian = make("student-t-vae", scale=0.3), make("gaussian-vae", sigma=0.3)
    model.log_degrees.assign(30.0)
    for each in (model, gaussian):
        each.noise.state.assign([5, 0])
    terms, expected = (each.objective(tf.constant(images)) for each in (model, gaussian))
    np.testing.assert_allclose(terms["loss"], expected["loss"], rtol=1e-5)


def test_the_width_of_a_sigma_vae_is_the_running_average_of_its_errors(images):
    model = make("sigma-vae")
    variance = 1.0
    for seed in range(3):
        model.noise.state.assign([seed, 0])
        model.on_step(tf.constant(images), 0.0)
        model.noise.state.assign([seed, 0])
        z = model.code(tf.constant(images[:10])).z
        variance = 0.99 * variance + 0.01 * np.square(images[:10] - expit(logits_of(model, z))).mean()
    assert float(np.exp(model.log_variance)) == pytest.approx(variance, rel=1e-5)


@pytest.mark.slow
def test_the_width_ends_near_that_of_the_training_images(digits):
    trainer = Trainer(MODELS.get("sigma-vae"), TINY.model_copy(update={"epochs": 20, "batch_size": 20}))
    trainer.fit(digits.train.images[:1_000], digits.train.images[:100], 0)
    model, x = trainer.model, digits.train.images[:1_000].reshape(1_000, -1).astype(np.float32) / 255
    error = np.square(x - np.asarray(model.decode(model.code(tf.constant(x)).z))).mean()
    assert float(np.exp(model.log_variance)) == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize("name", NAMES)
def test_images_that_a_protocol_makes_binary_are_refused(name):
    with pytest.raises(UsageError, match="grey images"):
        MODELS.get(name).create(TINY.model_copy(update={"binarisation": "dynamic"}), 0)


@pytest.mark.parametrize(
    ("name", "parameter"), [("cb-vae", "limit"), ("gaussian-vae", "sigma"), ("student-t-vae", "scale")]
)
def test_widths_of_nothing_are_refused(name, parameter):
    with pytest.raises(UsageError, match=parameter):
        make(name, **{parameter: 0})
