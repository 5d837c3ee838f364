"""The VAE-GAN against its formula written out in NumPy, and its three players apart."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.spec import Protocol
from aezoo.training import Trainer, seed_noise

SMALL = Protocol(name="small", latent_dim=3, hidden_units=16)


def make(**parameters):
    return MODELS.get("vae-gan").create(SMALL, 0, parameters)


def judged(model, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hidden layer (n, 16) and probability (n,) of images."""
    hidden, score = (model.discriminator.get_layer(name).get_weights() for name in ("hidden", "score"))
    features = np.maximum(x @ hidden[0] + hidden[1], 0)
    return features, 1 / (1 + np.exp(-(features @ score[0] + score[1])[:, 0]))


def test_terms_equal_the_formula(monkeypatch, images):
    model, draws = make(likeness=2, weight=3), np.random.default_rng(0).standard_normal((2, 20, 3)).astype(np.float32)
    left = iter(draws)
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: tf.constant(next(left)))
    terms = model.objective(tf.constant(images))
    mean, log_variance = map(np.asarray, model.posterior(images))
    rebuilt, drawn = (np.asarray(model.decode(z)) for z in (mean + np.exp(log_variance / 2) * draws[0], draws[1]))
    (h, real), (h_rebuilt, p_rebuilt), (_, p_drawn) = (judged(model, x) for x in (images, rebuilt, drawn))
    likeness = np.square(h - h_rebuilt).sum(axis=1)
    fooling = -np.log(p_rebuilt) - np.log(p_drawn)
    np.testing.assert_allclose(terms["loss"], np.asarray(terms["kl"]) + likeness, rtol=1e-4)
    np.testing.assert_allclose(terms["decoder"], likeness + 3 * fooling, rtol=1e-4)
    expected = -np.log(real) - np.log(1 - p_rebuilt) - np.log(1 - p_drawn)
    np.testing.assert_allclose(terms["discriminator"], expected, rtol=1e-4)


@pytest.mark.exact("vae-gan")
def test_without_weight_nothing_of_the_verdict_reaches_the_decoder(images):
    model = make(weight=0)
    decoder, score = model.decoder.trainable_variables, model.discriminator.get_layer("score").trainable_variables
    seed_noise(model, 1, "test", 0)
    with tf.GradientTape(persistent=True) as tape:
        terms = model.objective(tf.constant(images))
        decoded, loss = tf.reduce_mean(terms["decoder"]), tf.reduce_mean(terms["loss"])
    assert tape.gradient(decoded, [variable.value for variable in score]) == [None, None]
    values = [variable.value for variable in decoder]
    for found, expected in zip(tape.gradient(decoded, values), tape.gradient(loss, values), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.exact("vae-gan")
def test_an_undecided_adversary_costs_three_bits(images):
    model = make(weight=5)
    score = model.discriminator.get_layer("score")
    score.set_weights([np.zeros_like(weight) for weight in score.get_weights()])
    terms = {name: np.asarray(term) for name, term in model.objective(tf.constant(images)).items()}
    np.testing.assert_allclose(terms["discriminator"], 3 * np.log(2), rtol=1e-6)
    likeness = terms["loss"] - terms["kl"]
    np.testing.assert_allclose(terms["decoder"] - likeness, 10 * np.log(2), rtol=1e-4)


def test_each_player_moves_its_own_network_alone(digits):
    trainer = Trainer(MODELS.get("vae-gan"), SMALL)
    batch = tf.constant(digits.train.images[:50].reshape(50, -1) / 255, tf.float32)
    model = trainer.model
    networks = {"discriminator": model.discriminator, "decoder": model.decoder, "loss": model.encoder}
    assert list(trainer.optimizers) == list(networks)
    for term in networks:
        before = {name: network.get_weights() for name, network in networks.items()}
        trainer._update(term, batch)
        for name, network in networks.items():
            moved = any((a != b).any() for a, b in zip(before[name], network.get_weights(), strict=True))
            assert moved == (name == term)


def test_two_dimensions_are_refused():
    with pytest.raises(UsageError, match="adversary wins"):
        MODELS.get("vae-gan").create(Protocol(), 0)
