"""Autoencoders that round single numbers: every code there and back, and entropies against sums over all codes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax
from scipy.stats import entropy

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.losses import bernoulli_entropy, bit_entropy_penalty
from aezoo.spec import Protocol

WIDE = Protocol(name="wide", latent_dim=6, hidden_units=32)


def make(name: str, protocol: Protocol = WIDE, **parameters):
    return MODELS.get(name).create(protocol, 0, parameters)


def all_symbols(levels: int, places: int) -> np.ndarray:
    return np.array(list(product(range(levels), repeat=places)))


@pytest.mark.exact("fsq-vae")
@pytest.mark.parametrize("levels", [2, 5, 8])
def test_all_codes_go_to_symbols_and_back_and_no_more_are_reached(levels):
    model = make("fsq-vae", WIDE.model_copy(update={"latent_dim": 4}), levels=levels)
    symbols = all_symbols(levels, 4)
    codes = np.asarray(model.from_symbols(tf.constant(symbols)))
    np.testing.assert_array_equal(model.symbols(codes), symbols)
    np.testing.assert_array_equal(np.unique(codes), np.arange(levels) - (levels - 1) / 2)
    points = np.linspace(-60, 60, 2_001, dtype=np.float32)[:, None].repeat(4, axis=1)
    reached = np.asarray(model.symbols(model.bound(points)))
    np.testing.assert_array_equal(np.unique(reached), np.arange(levels))
    assert (np.diff(reached, axis=0) >= 0).all()


def test_rounding_of_scalars_has_no_weights_and_passes_the_gradient_through_the_bound(images):
    model, plain = make("fsq-vae"), make("ae")
    assert model.count_params() == plain.count_params()
    x, bias = tf.constant(images), model.encoder.get_layer("code").bias
    weights = np.random.default_rng(0).standard_normal((len(images), 6)).astype(np.float32)
    model.decoder = lambda z: tf.concat([tf.reduce_sum(z * weights, axis=1, keepdims=True), tf.zeros((len(z), 783))], 1)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model.objective(x)["loss"])
    z, code = np.asarray(model.encoder(x), np.float64), np.asarray(model.encode(x), np.float64)
    slope = 3.5 * 1.001 * 0.1 / np.cosh(0.1 * z) ** 2
    error = 1 / (1 + np.exp(-(code * weights).sum(axis=1))) - images[:, 0]
    np.testing.assert_allclose(
        tape.gradient(loss, bias.value), (error[:, None] * weights * slope).sum(axis=0), rtol=1e-3
    )


@pytest.mark.exact("lfq-vae", "bsq-vae")
@pytest.mark.parametrize("name", ["lfq-vae", "bsq-vae"])
def test_the_entropy_of_all_codes_is_that_of_their_bits(images, name):
    model = make(name, sharpness=0.3)
    z = np.asarray(model.point(images[:20]), np.float64)
    codes = np.asarray(model.from_symbols(all_symbols(2, 6)), np.float64)
    distances = np.square(z[:, None] - codes).sum(axis=-1) / model.side**2
    probabilities = softmax(-0.3 * distances, axis=1)
    by_bits = np.asarray(bernoulli_entropy(tf.constant(4 * 0.3 * z / model.side))).sum(axis=1)
    np.testing.assert_allclose(by_bits, entropy(probabilities, axis=1), rtol=1e-5)
    of_one = np.asarray(model.objective(tf.constant(images[:1]))["entropy"])
    np.testing.assert_allclose(of_one, 0, atol=1e-4)
    together = by_bits.mean() - float(np.mean(model.objective(tf.constant(images[:20]))["entropy"]))
    assert together >= entropy(probabilities.mean(axis=0)) - 1e-4, "independent bits are an upper bound"


def test_the_penalty_of_even_and_certain_bits_is_the_lowest_and_of_equal_images_none():
    certain = 30.0 * (2 * all_symbols(2, 3) - 1)
    np.testing.assert_allclose(np.mean(bit_entropy_penalty(tf.constant(certain))), -3 * np.log(2), rtol=1e-5)
    equal = tf.constant(np.repeat([[0.3, -2.0, 5.0]], 7, axis=0))
    np.testing.assert_allclose(bit_entropy_penalty(equal), 0, atol=1e-6)


def test_entropies_of_bits_are_scipys():
    logits = np.array([-40.0, -3.0, 0.0, 1.0, 40.0])
    p = 1 / (1 + np.exp(-logits))
    np.testing.assert_allclose(bernoulli_entropy(tf.constant(logits)), entropy([p, 1 - p]), atol=1e-12)


def test_codes_of_bits_are_signs_and_those_on_the_sphere_have_norm_one(images):
    flat, sphere = make("lfq-vae"), make("bsq-vae")
    np.testing.assert_array_equal(flat.encode(images), np.where(np.asarray(flat.encoder(images)) > 0, 1, -1))
    np.testing.assert_allclose(np.linalg.norm(sphere.encode(images), axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(sphere.point(images), axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(
        np.sign(sphere.encode(images)), np.where(np.asarray(sphere.encoder(images)) > 0, 1, -1)
    )


@pytest.mark.parametrize("name", ["fsq-vae", "lfq-vae", "bsq-vae"])
def test_rounding_leaves_codes_as_they_are_and_the_decoder_sees_codes_alone(images, name):
    model = make(name)
    z = np.asarray(model.encode(images))
    np.testing.assert_array_equal(model.from_symbols(model.symbols(z)), z)
    near = z + np.random.default_rng(1).uniform(-0.1, 0.1, z.shape).astype(np.float32)
    np.testing.assert_array_equal(model.decode_logits(near), model.decode_logits(z))
    far = np.random.default_rng(2).normal(0, 50, z.shape).astype(np.float32)
    symbols = np.asarray(model.symbols(far))
    assert (symbols >= 0).all()
    assert (symbols < model.vocabulary).all()


def test_the_objective_is_the_sum_of_its_terms(images):
    terms = make("lfq-vae", commitment=0.5, entropy=3.0).objective(tf.constant(images))
    expected = terms["nll"] + 0.5 * terms["distance"] + 3 * terms["entropy"]
    np.testing.assert_allclose(terms["loss"], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("fsq-vae", {"levels": 1}),
        ("fsq-vae", {"slope": 0}),
        ("lfq-vae", {"sharpness": 0}),
        ("lfq-vae", {"entropy": -1}),
    ],
)
def test_what_makes_no_sense_is_refused(name, parameters):
    with pytest.raises(UsageError, match="it must be"):
        make(name, **parameters)


def test_two_dimensions_are_too_few_for_scalars():
    for name in ("fsq-vae", "lfq-vae", "pq-vae", "rq-vae"):
        with pytest.raises(UsageError, match="makes no sense"):
            make(name, Protocol(latent_dim=2))
