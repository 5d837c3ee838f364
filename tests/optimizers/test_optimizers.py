"""Optimizers against their update rules written out in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from aezoo.optimizers import OPTIMIZERS

RATE = 0.01
GRADIENTS = (0.5, -0.2, 1e-3)


def steps(name):
    """Values of a weight that starts at 1 and is given `GRADIENTS`."""
    weight, optimizer = keras.Variable(np.ones((1,))), OPTIMIZERS.get(name)(RATE)
    values = []
    for gradient in GRADIENTS:
        optimizer.apply([np.array([gradient], np.float32)], [weight])
        values.append(float(weight.numpy()[0]))
    return values


def rmsprop(w=1.0, v=0.0):
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g**2
        w -= RATE * g / np.sqrt(v + 1e-7)
        yield w


def adam(w=1.0, m=0.0, v=0.0):
    for t, g in enumerate(GRADIENTS, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w -= RATE * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        yield w


@pytest.mark.parametrize(("name", "rule"), [("rmsprop", rmsprop), ("adam", adam)])
def test_three_steps_follow_the_rule(name, rule):
    np.testing.assert_allclose(steps(name), list(rule()), rtol=1e-5)


def test_every_optimizer_is_tested():
    assert OPTIMIZERS.names() == ["adam", "rmsprop"]
