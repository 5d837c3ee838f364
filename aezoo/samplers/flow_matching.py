"""Flow matching on the training codes: a velocity field that carries noise to codes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from aezoo.architectures.layers import mlp
from aezoo.models import noise
from aezoo.samplers import SAMPLERS, Codes, Latent
from aezoo.samplers.fitting import Fit, minimise
from aezoo.samplers.standardised import Standardisation, continuous_codes

Tensor = Any

HIDDEN = (256, 256, 256)
FREQUENCIES = 8
INTEGRATION_STEPS = 20


class VelocityField(Fit):
    """The field v(z, t) that minimises E |v(z_t, t) - (z_1 - z_0)|^2, z_t = (1 - t) z_0 + t z_1.

    z_1 is a code, z_0 ~ N(0, I), t uniform: Lipman et al. 2023, equation 23 with sigma_min = 0. Its integral from
    t = 0 to 1 carries N(0, I) to the codes.

    v = (2 t - 1) / (t^2 + (1 - t)^2) z + network(z, t): the first term is the field where the codes are N(0, I), so
    that the network learns in what they differ.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        super().__init__()
        self.generate = tf.function(self._integrate)

    def build(self) -> Sequence[keras.layers.Layer]:
        inputs = self.dimensions + 2 * FREQUENCIES
        return [mlp(inputs, HIDDEN, {"velocity": self.dimensions}, name="velocity", activation="silu")]

    def loss(self, rows: Tensor, seeds: noise.Seeds) -> Tensor:
        start = noise.normal(tf.shape(rows), seeds)
        t = noise.uniform((len(rows), 1), seeds)
        error = self.velocity((1 - t) * start + t * rows, t) - (rows - start)
        return tf.reduce_sum(error**2, axis=1)

    def velocity(self, z: Tensor, t: Tensor) -> Tensor:
        """Compute v of codes (n, d) at times (n, 1)."""
        angles = t * (math.pi * tf.range(1, FREQUENCIES + 1, dtype=tf.float32))
        normal = (2 * t - 1) / (t**2 + (1 - t) ** 2)
        return normal * z + self.networks[0](tf.concat([z, tf.cos(angles), tf.sin(angles)], axis=1))

    def _integrate(self, z: Tensor) -> Tensor:
        """Carry noise (n, d) to codes by Heun's method."""
        size = 1 / INTEGRATION_STEPS
        for step in tf.range(INTEGRATION_STEPS, dtype=tf.float32):
            t = tf.fill((len(z), 1), step * size)
            first = self.velocity(z, t)
            second = self.velocity(z + size * first, t + size)
            z += size * (first + second) / 2
        return z


@lru_cache(maxsize=1)
def velocity_field(dimensions: int) -> VelocityField:
    """Return the field of so many dimensions, made once."""
    return VelocityField(dimensions)


@SAMPLERS.register("flow-matching", optional=True)
def flow_matching(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from N(0, I), carried to the standardised training codes by a field that flow matching fits."""
    codes = continuous_codes(latent)
    scale, fit = Standardisation.of(codes), velocity_field(codes.shape[1])
    minimise(fit, scale.forth(codes), seed)
    epsilon = np.random.default_rng(seed).standard_normal((n, codes.shape[1]), np.float32)
    return scale.back(np.asarray(fit.generate(tf.constant(epsilon))))
