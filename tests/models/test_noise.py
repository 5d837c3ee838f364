"""Noise: Keras's numbers to the bit, by the algorithm that is fast; and models draw from nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import kstest
from support.plain_training import no_xla  # noqa: F401 - a fixture

import aezoo.architectures
import aezoo.models
import aezoo.samplers
from aezoo.models import MODELS, noise
from aezoo.spec import Protocol
from aezoo.training import Trainer

SHAPES = [(5, 2), (100, 16), (3, 784)]


@pytest.mark.parametrize("kind", ["normal", "uniform"])
@pytest.mark.parametrize("jit_compile", [True, False])
def test_numbers_are_kerass_to_the_bit(kind, jit_compile):
    def draws(function):
        generator = keras.random.SeedGenerator(9)
        return tf.function(lambda: [function(shape, generator) for shape in SHAPES], jit_compile=jit_compile)()

    theirs = getattr(keras.random, kind)
    for ours, expected in zip(
        draws(getattr(noise, kind)), draws(lambda shape, seeds: theirs(shape, seed=seeds)), strict=True
    ):
        np.testing.assert_array_equal(ours, expected)


def test_a_whole_number_gives_the_same_draws_each_time_and_those_of_keras():
    drawn = noise.normal((7, 3), 2**31 - 1)
    np.testing.assert_array_equal(drawn, noise.normal((7, 3), 2**31 - 1))
    np.testing.assert_array_equal(drawn, keras.random.normal((7, 3), seed=2**31 - 1))


def test_gumbel_noise_has_its_distribution():
    drawn = np.asarray(noise.gumbel((20_000,), 0))
    assert np.isfinite(drawn).all()
    assert kstest(drawn, "gumbel_r").pvalue > 1e-3


@pytest.mark.usefixtures("no_xla")
def test_a_training_ends_in_the_weights_that_it_had_with_kerass_noise(digits, monkeypatch):
    protocol = Protocol(name="test", epochs=2, batch_size=50, hidden_units=32, latent_dim=16)
    images = digits.train.images[:500]

    def weights():
        trainer = Trainer(MODELS.get("vae"), protocol)
        trainer.fit(images, images[:50], 0)
        return trainer.model.get_weights()

    ours = weights()
    used = []
    monkeypatch.setattr(noise, "normal", lambda shape, seeds: used.append(1) or keras.random.normal(shape, seed=seeds))
    for weight, expected in zip(ours, weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    assert used


SOURCES = [
    path
    for package in (aezoo.models, aezoo.samplers, aezoo.architectures)
    for path in sorted(Path(package.__file__).parent.rglob("*.py"))
]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_models_and_samplers_draw_from_nowhere_else(path):
    """No `keras.random` or `tf.random` but the generator of seeds, in which nothing is drawn; samplers use NumPy's."""
    allowed = {"SeedGenerator", *(("default_rng", "Generator") if path.parent.name == "samplers" else ())}
    if path.name in ("noise.py", "checks.py"):  # checks make images to show, and no model draws there
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("keras.random", "tf.random", "np.random"):
            assert node.attr in allowed, ast.unparse(node)
        if isinstance(node, ast.ImportFrom):
            assert "random" not in (node.module or "").split(".")
            assert "random" not in {name.name for name in node.names}
