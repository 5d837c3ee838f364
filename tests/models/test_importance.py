"""Importance-weighted autoencoders: equal to the variational autoencoder and to each other where they must be."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import logsumexp
from scipy.stats import norm
from support.trained_weights import trained_weights

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.losses import importance_weighted_bound
from aezoo.spec import Protocol

SMALL = Protocol(name="small", latent_dim=3, hidden_units=32, epochs=2, batch_size=50)


def make(name: str, protocol: Protocol = SMALL, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


def terms(name: str, images: np.ndarray, **parameters) -> dict[str, np.ndarray]:
    """Terms of a new model of seed 0, from the same draws for the same number of them."""
    model = make(name, **parameters)
    return {term: np.asarray(value) for term, value in model.objective(tf.constant(images)).items()}


@pytest.mark.slow
@pytest.mark.exact("iwae")
def test_is_the_variational_autoencoder_to_the_bit_with_one_draw(digits):
    expected = trained_weights(SMALL, "vae", digits.train.images)
    for one, other in zip(expected, trained_weights(SMALL, "iwae", digits.train.images, k=1), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("name", "parameters"), [("miwae", {"groups": 1, "k": 1}), ("ciwae", {"k": 1})])
def test_one_draw_of_the_others_is_the_same_objective(images, name, parameters):
    for term, value in terms("vae", images).items():
        np.testing.assert_array_equal(terms(name, images, **parameters)[term], value)


@pytest.mark.exact("ciwae")
def test_ciwae_is_iwae_to_the_bit_without_its_evidence_bound_and_that_bound_alone_without_the_other(images):
    iwae, none, all_of_it, half = (
        terms("iwae", images, k=6),
        *(terms("ciwae", images, k=6, beta=beta) for beta in (0, 1, 0.5)),
    )
    np.testing.assert_array_equal(none["loss"], iwae["loss"])
    np.testing.assert_array_equal(all_of_it["loss"], iwae["nll"] + iwae["kl"])
    np.testing.assert_allclose(half["loss"], (none["loss"] + all_of_it["loss"]) / 2, rtol=1e-6)


@pytest.mark.exact("miwae")
def test_miwae_of_one_group_is_iwae_and_of_groups_of_one_draw_the_mean_of_evidence_bounds(images):
    iwae, one_group, single = (
        terms("iwae", images, k=6),
        terms("miwae", images, groups=1, k=6),
        terms("miwae", images, groups=6, k=1),
    )
    np.testing.assert_array_equal(one_group["loss"], iwae["loss"])
    np.testing.assert_array_equal(single["loss"], iwae["nll"] + iwae["kl"])


@pytest.mark.exact("piwae")
def test_piwae_gives_its_decoder_iwae_and_its_encoder_miwae(images):
    piwae = terms("piwae", images, groups=3, k=2)
    np.testing.assert_array_equal(piwae["loss"], terms("iwae", images, k=6)["loss"])
    np.testing.assert_array_equal(piwae["inference"], terms("miwae", images, groups=3, k=2)["loss"])
    model = make("piwae")
    players = model.players()
    assert [id(v) for v in players["inference"].variables] == [id(v) for v in model.encoder.trainable_variables]
    assert [id(v) for v in players["loss"].variables] == [id(v) for v in model.decoder.trainable_variables]


def test_the_weights_are_those_of_the_densities_in_float64(monkeypatch, images):
    model = make("iwae")
    epsilon = np.random.default_rng(0).standard_normal((4, len(images), 3)).astype(np.float32)
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: epsilon)
    draws = model.weighted_draws(tf.constant(images), 4)
    mean, log_variance = (np.asarray(part, np.float64) for part in model.posterior(images))
    deviation = np.exp(log_variance / 2)
    z = mean + deviation * epsilon
    p = 1 / (1 + np.exp(-np.asarray(model.decode_logits(z.reshape(-1, 3)), np.float64)))
    p = p.reshape(4, len(images), 784)
    likelihood = (images * np.log(p) + (1 - images) * np.log1p(-p)).sum(axis=-1)
    expected = likelihood + norm.logpdf(z).sum(axis=-1) - norm.logpdf(z, mean, deviation).sum(axis=-1)
    np.testing.assert_allclose(draws.log_weights, expected, rtol=1e-5)
    np.testing.assert_allclose(draws.nll, -likelihood, rtol=1e-5)
    loss = make("iwae", k=4).objective(tf.constant(images))["loss"]
    np.testing.assert_allclose(loss, np.log(4) - logsumexp(expected, axis=0), rtol=1e-5)


def test_the_bound_rises_with_the_number_of_draws_for_the_same_weights(images):
    x = np.repeat(images[:1], 3_000, axis=0)
    losses = np.stack([terms("iwae", x, k=k)["loss"] for k in (1, 2, 10)])
    means, errors = losses.mean(axis=1), losses.std(axis=1) / np.sqrt(len(x))
    assert means[0] - means[1] > 4 * np.hypot(*errors[:2])
    assert means[1] - means[2] > 4 * np.hypot(*errors[1:])


def test_the_bound_is_the_mean_of_weights_on_the_logarithmic_scale():
    log_weights = np.random.default_rng(0).normal(-800, 30, (2, 5, 7)).astype(np.float32)
    expected = logsumexp(log_weights.astype(np.float64), axis=1) - np.log(5)
    np.testing.assert_allclose(importance_weighted_bound(tf.constant(log_weights)), expected, rtol=1e-6)
    one = importance_weighted_bound(tf.constant(log_weights[:, :1]))
    np.testing.assert_array_equal(one, log_weights[:, 0])


@pytest.mark.parametrize("name", ["iwae", "miwae", "ciwae", "piwae"])
def test_draws_of_another_width_than_the_posteriors_are_refused(name):
    with pytest.raises(UsageError, match="epsilon_std is 0.5, not 1"):
        make(name, SMALL.model_copy(update={"epsilon_std": 0.5}))


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("iwae", {"k": 0}, "k is 0; it must be a whole number from 1"),
        ("miwae", {"groups": 2.5}, "groups is 2.5"),
        ("ciwae", {"beta": 1.5}, "beta is 1.5; it must be a number from 0 to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
