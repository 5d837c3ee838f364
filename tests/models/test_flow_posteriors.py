"""Autoencoders whose posterior is a flow: determinants, densities, and the plain posterior without steps."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from support.trained_weights import trained_weights

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.models.losses import flow_kl, gaussian_kl, planar_flow
from aezoo.spec import Protocol

SMALL = Protocol(name="small", latent_dim=3, hidden_units=32, epochs=2, batch_size=50)
FLOWS = pytest.mark.parametrize("name", ["vae-planar", "vae-iaf"])


def bent(name: str, latent_dim: int = 3, steps: int = 2):
    """Return a model whose flow is far from the identity, with its parameters for four images."""
    model = MODELS.get(name).create(SMALL.model_copy(update={"latent_dim": latent_dim}), 0, {"steps": steps})
    random = np.random.default_rng(1)
    if name == "vae-iaf":
        for step in model.steps:
            step.set_weights([random.normal(0, 0.2, weight.shape) for weight in step.get_weights()])
    size = model.encoder.output_shape[2][-1]
    return model, [tf.constant(random.normal(size=(1, size)), tf.float32)]


def repeated(parameters, n):
    return [tf.repeat(parameter, n, axis=0) for parameter in parameters]


@pytest.fixture(scope="module")
def plain(digits):
    return trained_weights(SMALL, "vae", digits.train.images)


@pytest.mark.slow
@pytest.mark.exact("vae-planar", "vae-iaf")
@FLOWS
def test_without_steps_it_is_the_variational_autoencoder_to_the_bit(digits, plain, name):
    for expected, found in zip(plain, trained_weights(SMALL, name, digits.train.images, steps=0), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.exact("vae-planar", "vae-iaf")
@FLOWS
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_log_determinant_is_that_of_the_jacobian(name, steps):
    model, parameters = bent(name, steps=steps)
    z = tf.constant(np.random.default_rng(0).normal(size=(6, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        end, log_determinant = model.flow(z, repeated(parameters, 6))
    assert np.isfinite(log_determinant).all()
    expected = np.linalg.slogdet(tape.batch_jacobian(end, z).numpy().astype(np.float64))[1]
    np.testing.assert_allclose(log_determinant, expected, atol=1e-4)
    assert np.abs(expected).max() > 0.1


@FLOWS
def test_the_density_of_a_bent_flow_of_two_dimensions_integrates_to_one(name):
    """By the substitution z = f(z0): the area of f's image must be that of its determinants, cell by cell."""
    model, parameters = bent(name, latent_dim=2)
    ticks = np.linspace(-1.5, 1.5, 61)
    corners = np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
    images_of_corners = np.asarray(model.flow(tf.constant(corners), repeated(parameters, len(corners)))[0], np.float64)
    outline = images_of_corners.reshape(61, 61, 2)
    edge = np.concatenate([outline[:-1, 0], outline[-1, :-1], outline[:0:-1, -1], outline[0, :0:-1]])
    x, y = edge.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    middles = (ticks[1:] + ticks[:-1]) / 2
    cells = np.stack(np.meshgrid(middles, middles, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
    log_determinant = np.asarray(model.flow(tf.constant(cells), repeated(parameters, len(cells)))[1], np.float64)
    assert np.exp(log_determinant).sum() * 0.05**2 == pytest.approx(area, rel=0.01)


def test_a_planar_flow_without_u_is_the_identity_and_any_other_is_invertible():
    random = np.random.default_rng(0)
    z, w, b = (tf.constant(random.normal(size=size), tf.float32) for size in ((50, 3), (50, 3), 50))
    same, unmoved = planar_flow(z, tf.zeros((50, 3)), w, b)
    np.testing.assert_allclose(same, z, atol=1e-6)
    np.testing.assert_allclose(unmoved, 0, atol=1e-6)
    _, log_determinant = planar_flow(z, -30 * w, w, b)
    assert np.isfinite(log_determinant).all()
    moved, unmoved = planar_flow(z, tf.ones((50, 3)), tf.zeros((50, 3)), b)
    np.testing.assert_allclose(moved, z + tf.tanh(b)[:, None], rtol=1e-5)
    np.testing.assert_allclose(unmoved, 0, atol=1e-6)


def test_the_steps_of_an_inverse_autoregressive_flow_begin_as_the_identity(images):
    model = MODELS.get("vae-iaf").create(SMALL, 0)
    z = tf.constant(np.random.default_rng(0).normal(size=(20, 3)), tf.float32)
    end, log_determinant = model.flow(z, model.encoder(images)[2:])
    np.testing.assert_array_equal(end, z)
    np.testing.assert_array_equal(log_determinant, 0)


@FLOWS
def test_the_divergence_is_the_mean_of_ln_q_less_ln_p(name, images):
    model, _ = bent(name)
    x = tf.constant(np.repeat(images[:1], 4_000, axis=0))
    z, log_q = (np.asarray(part, np.float64) for part in model.draw(x))
    ratios = log_q + (z**2 + np.log(2 * np.pi)).sum(axis=1) / 2
    kl = np.asarray(model.objective(x)["kl"], np.float64)
    assert abs(ratios.mean() - kl.mean()) < 4 * np.hypot(ratios.std(), kl.std()) / np.sqrt(len(x))


def test_a_flow_that_moves_nothing_has_the_gaussians_divergence_to_the_bit():
    mean, log_variance, z = (tf.constant(np.random.default_rng(i).normal(size=(9, 3)), tf.float32) for i in range(3))
    found = flow_kl(mean, log_variance, z, z, tf.zeros(9))
    np.testing.assert_array_equal(found, gaussian_kl(mean, log_variance))


@FLOWS
def test_what_makes_no_sense_is_refused(name):
    with pytest.raises(UsageError, match="steps is -1; it must be a whole number from 0"):
        MODELS.get(name).create(SMALL, 0, {"steps": -1})
    with pytest.raises(UsageError, match="epsilon_std is 0.5, not 1"):
        MODELS.get(name).create(SMALL.model_copy(update={"epsilon_std": 0.5}), 0)
