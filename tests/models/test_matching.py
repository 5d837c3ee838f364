"""Autoencoders that match their codes to N(0, I): against the plain autoencoder, closed forms and formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.losses import cramer_wold, mmd, sinkhorn_divergence, sliced_wasserstein
from aezoo.spec import Protocol
from aezoo.training import Trainer

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32)
NAMES = ["wae-mmd", "swae", "cwae", "sinkhorn-ae", "aae"]


def make(name: str, protocol: Protocol = WIDE, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


def trained_weights(name: str, images: np.ndarray, **parameters) -> list[np.ndarray]:
    """Weights after three steps of training from seed 3, with the players' own optimizers."""
    trainer = Trainer(MODELS.get(name), WIDE, parameters)
    trainer.reset(3)
    for first in (0, 50, 100):
        batch = tf.constant(images[first : first + 50].reshape(50, -1) / 255, tf.float32)
        for term in trainer.optimizers:
            trainer._update(term, batch)
    return trainer.model.get_weights()


@pytest.mark.exact("wae-mmd", "swae", "cwae", "sinkhorn-ae", "aae")
@pytest.mark.parametrize("name", NAMES)
def test_is_the_plain_autoencoder_to_the_bit_without_weight(digits, name):
    plain = trained_weights("ae", digits.train.images)
    for expected, weight in zip(plain, trained_weights(name, digits.train.images, weight=0), strict=False):
        np.testing.assert_array_equal(weight, expected)


@pytest.fixture
def drawn(monkeypatch) -> list[np.ndarray]:
    """Every array of normal noise that models draw, in order."""
    kept, random = [], np.random.default_rng(2)

    def normal(shape, seeds):
        kept.append(random.standard_normal(tuple(int(size) for size in shape)).astype(np.float32))
        return tf.constant(kept[-1])

    monkeypatch.setattr("aezoo.models.noise.normal", normal)
    return kept


DISTANCES = {
    "wae-mmd": lambda z, drawn: mmd(z, drawn[0]),
    "swae": lambda z, drawn: sliced_wasserstein(
        z, drawn[0], drawn[1] / np.linalg.norm(drawn[1], axis=1, keepdims=True)
    ),
    "cwae": lambda z, drawn: np.log(cramer_wold(z)),
    "sinkhorn-ae": lambda z, drawn: sinkhorn_divergence(z, drawn[0], 12 * 0.5, 10),
}


@pytest.mark.exact("wae-mmd", "swae", "cwae", "sinkhorn-ae")
@pytest.mark.parametrize("name", DISTANCES)
def test_the_loss_is_cross_entropy_and_the_weighted_distance_of_codes_to_draws_of_the_prior(images, drawn, name):
    model = make(name, weight=7)
    terms = model.objective(tf.constant(images))
    distance = DISTANCES[name](model.encode(images), drawn)
    np.testing.assert_allclose(terms["distance"], np.full(20, distance), rtol=1e-5)
    np.testing.assert_allclose(terms["loss"], np.asarray(terms["nll"]) + 7 * np.asarray(terms["distance"]), rtol=1e-6)


def test_directions_are_of_norm_one_and_as_many_as_asked(images, drawn):
    model = make("swae", directions=3)
    model.objective(tf.constant(images))
    assert [array.shape for array in drawn] == [(20, 6), (3, 6)]


@pytest.mark.parametrize("name", DISTANCES)
def test_codes_of_the_prior_are_nearer_than_any_others(name):
    z = np.random.default_rng(0).standard_normal((400, 6)).astype(np.float32)
    model = make(name)
    near, *far = (float(model.distance(tf.constant(codes))) for codes in (z, 0.5 * z, 2 * z, z + 1, np.abs(z)))
    assert near < min(far)


@pytest.mark.exact("aae")
def test_an_undecided_adversary_costs_two_bits_and_fooling_it_one(images):
    model = make("aae")
    score = model.discriminator.get_layer("score")
    score.set_weights([np.zeros_like(weight) for weight in score.get_weights()])
    terms = model.objective(tf.constant(images))
    np.testing.assert_allclose(terms["discriminator"], 2 * np.log(2), rtol=1e-6)
    np.testing.assert_allclose(terms["distance"], np.log(2), rtol=1e-6)


def test_terms_of_an_adversary_equal_the_formula(images, drawn):
    model = make("aae", weight=3)
    terms = model.objective(tf.constant(images))

    def probability(codes):
        hidden, score = (model.discriminator.get_layer(name).get_weights() for name in ("hidden", "score"))
        logits = np.maximum(codes @ hidden[0] + hidden[1], 0) @ score[0] + score[1]
        return 1 / (1 + np.exp(-logits[:, 0]))

    real, fake = probability(drawn[0]), probability(np.asarray(model.encode(images)))
    np.testing.assert_allclose(terms["discriminator"], -np.log(real) - np.log(1 - fake), rtol=1e-4)
    np.testing.assert_allclose(terms["distance"], -np.log(fake), rtol=1e-4)
    np.testing.assert_allclose(terms["loss"], np.asarray(terms["nll"]) - 3 * np.log(fake), rtol=1e-5)


def test_an_adversary_judges_codes_and_is_trained_on_its_own_term_alone(digits):
    trainer = Trainer(MODELS.get("aae"), WIDE.model_copy(update={"batch_size": 50}))
    model = trainer.model
    assert model.discriminator.input_shape == (None, 6)
    batch = tf.constant(digits.train.images[:50].reshape(50, -1) / 255, tf.float32)
    for term in ("discriminator", "loss"):
        before = model.get_weights()
        trainer._update(term, batch)
        moved = [bool((a != b).any()) for a, b in zip(before, model.get_weights(), strict=True)]
        adversary = {id(v) for v in model.discriminator.trainable_variables}
        assert moved == [(id(v) in adversary) == (term == "discriminator") for v in model.weights]


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("wae-mmd", {"weight": -1}, "at least 0"),
        ("swae", {"directions": 0}, "from 1 to"),
        ("sinkhorn-ae", {"epsilon": 0}, "above 0"),
        ("sinkhorn-ae", {"iterations": 2.5}, "whole number"),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters, message):
    with pytest.raises(UsageError, match=message):
        make(name, **parameters)
