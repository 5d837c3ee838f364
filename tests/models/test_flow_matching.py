"""Flow matching on pixels: Gaussian images, whose optimal field is known, and the terms of its objective."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.spec import Protocol

TINY = Protocol(name="tiny", hidden_units=16)


def make(**parameters):
    return MODELS.get("flow-matching").create(TINY, 0, parameters)


def images_of_gaussians(model, mean: float, sd: float, z: np.ndarray) -> np.ndarray:
    """What the model makes of noise `z` where its network says E[y|x_t] of pixels y ~ N(mean, sd^2), from -1 to 1."""

    def logits(inputs):
        between, t = inputs[:, :-1], inputs[:, -1:]
        expected = mean + t * sd**2 / ((1 - t) ** 2 + t**2 * sd**2) * (between - t * mean)
        return tf.math.log(1 + expected) - tf.math.log(1 - expected)

    model.decoder = logits
    return 2 * np.asarray(model.decode(tf.constant(z))) - 1


@pytest.mark.exact("flow-matching")
def test_the_optimal_field_of_a_gaussian_carries_noise_to_the_gaussian():
    z = np.random.default_rng(0).standard_normal((4, 784)).astype(np.float32).clip(-3, 3)
    errors = [
        np.abs(images_of_gaussians(make(steps=steps), 0.3, 0.1, z) - (0.3 + 0.1 * z)).max() for steps in (100, 400)
    ]
    assert errors[1] < 0.01
    assert 3 < errors[0] / errors[1] < 5  # the error of Euler's steps falls as their length


def test_images_without_spread_are_reached_in_a_single_step():
    z = np.random.default_rng(1).standard_normal((4, 784)).astype(np.float32)
    for steps in (1, 7):
        np.testing.assert_allclose(images_of_gaussians(make(steps=steps), 0.3, 0.0, z), 0.3, atol=1e-6)


def test_the_loss_is_the_cross_entropy_of_the_mean_at_the_drawn_time(monkeypatch, images):
    t = np.linspace(0, 0.9, len(images), dtype=np.float32)[:, None]
    e = np.random.default_rng(2).standard_normal((len(images), 784)).astype(np.float32)
    monkeypatch.setattr("aezoo.models.noise.uniform", lambda shape, seeds: t)
    monkeypatch.setattr("aezoo.models.noise.normal", lambda shape, seeds: e)
    model = make()
    between = (1 - t) * e + t * (2 * images - 1)
    logits = np.asarray(model.decoder(np.concatenate([between, t], axis=1)), np.float64)
    expected = (np.logaddexp(0, logits) - images * logits).sum(axis=1)
    np.testing.assert_allclose(model.objective(tf.constant(images))["loss"], expected, rtol=1e-5)


def test_its_code_is_noise_of_all_pixels_and_its_network_the_decoder_for_such_a_code():
    model = make()
    assert model.sample_prior(3, 0).shape == (3, 784)
    assert model.count_params() == 785 * 16 + 16 + 16 * 784 + 784


def test_no_steps_are_refused():
    with pytest.raises(UsageError, match="from 1"):
        make(steps=0)
