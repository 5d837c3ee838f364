"""A normalising flow fitted to the training codes: the masked autoregressive flow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from aezoo.architectures.masked import masked_mlp
from aezoo.models import noise
from aezoo.samplers import SAMPLERS, Codes, Latent
from aezoo.samplers.fitting import Fit, minimise
from aezoo.samplers.standardised import Standardisation, continuous_codes

Tensor = Any

LAYERS = 5
HIDDEN = (128, 128)
MOST_LOG_SCALE = 4.0


class MaskedFlow(Fit):
    """A density of codes (n, d): layers u_i = (x_i - m_i) exp(-a_i), m_i and a_i from x_1 ... x_(i-1), turned over.

    ln p(x) = ln N(u; 0, I) - sum a_i over all layers and dimensions, in nats: Papamakarios et al. 2017, equations 3
    to 5. Each layer sees the dimensions in the reverse order of the one before. |a_i| stays below 4 by a tangent.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        super().__init__()

    def build(self) -> Sequence[keras.layers.Layer]:
        ones = [1] * self.dimensions
        return [
            masked_mlp(ones, HIDDEN, [2] * self.dimensions, activation="relu", zero_outputs=True) for _ in range(LAYERS)
        ]

    def loss(self, rows: Tensor, seeds: noise.Seeds) -> Tensor:
        return -self.log_density(rows)

    def log_density(self, x: Tensor) -> Tensor:
        """Compute ln p of codes (n, d), in nats: (n,)."""
        log_determinant = tf.zeros(())
        for network in self.networks:
            mean, log_scale = self._conditionals(network, x)
            x = tf.reverse((x - mean) * tf.exp(-log_scale), [1])
            log_determinant -= tf.reduce_sum(log_scale, axis=1)
        return log_determinant - 0.5 * tf.reduce_sum(x**2 + math.log(2 * math.pi), axis=1)

    def generate(self, u: Tensor) -> Tensor:
        """Map noise (n, d) to codes (n, d), one dimension after another: the inverse of the layers."""
        for network in reversed(self.networks):
            u = tf.reverse(u, [1])
            x = tf.zeros_like(u)
            for _ in range(self.dimensions):  # each pass makes one dimension more what it must be
                mean, log_scale = self._conditionals(network, x)
                x = mean + u * tf.exp(log_scale)
            u = x
        return u

    def _conditionals(self, network: keras.Model, x: Tensor) -> tuple[Tensor, Tensor]:
        outputs = tf.reshape(network(x), (-1, self.dimensions, 2))
        return outputs[:, :, 0], MOST_LOG_SCALE * tf.tanh(outputs[:, :, 1] / MOST_LOG_SCALE)


@lru_cache(maxsize=1)
def masked_flow(dimensions: int) -> MaskedFlow:
    """Return the flow of so many dimensions, made once."""
    return MaskedFlow(dimensions)


@SAMPLERS.register("flow", optional=True)
def flow(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from a masked autoregressive flow fitted to the standardised training codes by maximum likelihood.

    Five layers of two hidden layers of 128: see `MaskedFlow`; Papamakarios et al. 2017, arXiv:1705.07057. As a density
    of codes after training it is the flow of pythae's samplers.
    """
    codes = continuous_codes(latent)
    scale, fit = Standardisation.of(codes), masked_flow(codes.shape[1])
    minimise(fit, scale.forth(codes), seed)
    epsilon = np.random.default_rng(seed).standard_normal((n, codes.shape[1]), np.float32)
    return scale.back(np.asarray(fit.generate(tf.constant(epsilon))))
