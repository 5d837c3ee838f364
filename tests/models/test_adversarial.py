"""Models of two players against their formulas written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from support.plain_training import no_xla  # noqa: F401 - a fixture

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.spec import Protocol
from aezoo.training import Trainer

CHAPTER = Protocol()
SHORT = Protocol(name="short", epochs=1, batch_size=50)


def make(name: str, **parameters):
    return MODELS.get(name).create(CHAPTER, 0, parameters)


def dense(layer, x):
    kernel, bias = (np.asarray(weight, np.float64) for weight in layer.get_weights())
    return x @ kernel + bias


def two_layers(network, last, x):
    return dense(network.get_layer(last), np.maximum(dense(network.get_layer("hidden"), x), 0))


def generated(model, z):
    return 1 / (1 + np.exp(-two_layers(model.decoder, "logits", z)))


@pytest.fixture
def z(monkeypatch, images):
    """The codes that the next objective draws."""
    codes = np.random.default_rng(3).standard_normal((len(images), 2))
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: tf.constant(codes, tf.float32))
    return codes


@pytest.mark.parametrize("name", ["gan", "wgan-gp"])
def test_the_generator_is_the_chapters_decoder_and_the_other_mirrors_its_encoder(name):
    model = make(name)
    assert model.decoder.count_params() == 202_256
    assert model.count_params() == 202_256 + 784 * 256 + 256 + 256 + 1


@pytest.mark.exact("gan")
def test_gan_terms_equal_the_formula(images, z):
    model = make("gan")
    real = two_layers(model.discriminator, "score", images.astype(np.float64))[:, 0]
    fake = two_layers(model.discriminator, "score", generated(model, z))[:, 0]
    found = model.objective(tf.constant(images))
    np.testing.assert_allclose(found["loss"], -np.log(1 / (1 + np.exp(-fake))), rtol=1e-5)
    expected = -np.log(1 / (1 + np.exp(-real))) - np.log(1 - 1 / (1 + np.exp(-fake)))
    np.testing.assert_allclose(found["discriminator"], expected, rtol=1e-5)


def test_an_undecided_discriminator_costs_two_bits(images):
    model = make("gan")
    score = model.discriminator.get_layer("score")
    score.set_weights([np.zeros_like(weight) for weight in score.get_weights()])
    found = model.objective(tf.constant(images))
    np.testing.assert_allclose(found["loss"], np.log(2), rtol=1e-6)
    np.testing.assert_allclose(found["discriminator"], 2 * np.log(2), rtol=1e-6)


@pytest.mark.exact("wgan-gp")
def test_wasserstein_terms_equal_the_formula(monkeypatch, images, z):
    model = make("wgan-gp", penalty=3)
    share = np.random.default_rng(4).random((len(images), 1))
    monkeypatch.setattr("aezoo.models.noise.uniform", lambda shape, seeds: tf.constant(share, tf.float32))
    real_images, fake_images = images.astype(np.float64), generated(model, z)
    real = two_layers(model.critic, "score", real_images)[:, 0]
    fake = two_layers(model.critic, "score", fake_images)[:, 0]
    between = real_images + share * (fake_images - real_images)
    active = dense(model.critic.get_layer("hidden"), between) > 0
    into, out = model.critic.get_layer("hidden").get_weights()[0], model.critic.get_layer("score").get_weights()[0]
    slope = np.linalg.norm((active * out[:, 0]) @ into.T, axis=1)
    found = model.objective(tf.constant(images))
    np.testing.assert_allclose(found["loss"], -fake, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found["critic"], fake - real + 3 * (slope - 1) ** 2, rtol=1e-4, atol=1e-5)


def test_an_update_of_one_player_leaves_the_other_alone(digits):
    trainer = Trainer(MODELS.get("gan"), SHORT)
    trainer.reset(0)
    decoder = trainer.model.decoder.get_weights()
    before = trainer.model.discriminator.get_weights()
    batch = tf.constant(digits.train.images[:50].reshape(50, -1) / 255, tf.float32)
    trainer._update("discriminator", batch)
    assert any((a != b).any() for a, b in zip(before, trainer.model.discriminator.get_weights(), strict=True))
    for a, b in zip(decoder, trainer.model.decoder.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.usefixtures("no_xla")
@pytest.mark.parametrize("critic_steps", [1, 3])
def test_the_critic_makes_its_steps_for_each_of_the_generator(digits, critic_steps):
    trainer = Trainer(MODELS.get("wgan-gp"), SHORT, {"critic_steps": critic_steps})
    images = digits.train.images[:500]
    trainer.fit(images, images[:50], 0)
    assert int(trainer.optimizers["loss"].iterations) == 10
    assert int(trainer.optimizers["critic"].iterations) == 10 * critic_steps


def test_fit_refuses_two_players(images):
    with pytest.raises(TypeError, match="players"):
        make("gan").compute_loss(images)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("gan", {"learning_rate": 0}), ("wgan-gp", {"critic_steps": 0}), ("wgan-gp", {"penalty": "much"})],
)
def test_a_parameter_that_makes_no_sense_is_refused(name, parameters):
    with pytest.raises(UsageError, match="must be"):
        make(name, **parameters)
