"""A second variational autoencoder, on the codes of the first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from aezoo.architectures.layers import mlp
from aezoo.models.losses import gaussian_kl, gaussian_log_density, reparameterise
from aezoo.models.noise import Seeds
from aezoo.samplers import SAMPLERS, Codes, Latent, NotApplicableError
from aezoo.samplers.fitting import Fit, minimise
from aezoo.samplers.standardised import Standardisation, continuous_codes

Tensor = Any

HIDDEN = (256, 256)
DRAWS = 100_000


class LogVariance(keras.layers.Layer):  # type: ignore[misc]
    """One number, ln gamma, that begins at 0."""

    def __init__(self) -> None:
        super().__init__()
        self.value = self.add_weight(shape=(), initializer="zeros", name="log_gamma")


class SecondStage(Fit):
    """A VAE of codes z (n, d) whose code u has d dimensions as well, with p(z|u) = N(mean(u), gamma I).

    Minimises -ln p(z|u) + KL(q(u|z) || N(0, I)) over both networks and gamma: Dai and Wipf 2019, section 4. Where u has
    as many dimensions as z varies in, the optimum has q(u) = N(0, I), and so draws of u make draws of z: theorem 1.
    """

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        super().__init__()

    def build(self) -> Sequence[keras.layers.Layer]:
        d = self.dimensions
        encoder = mlp(d, HIDDEN, {"mean": d, "log_variance": d}, name="encoder")
        return [encoder, mlp(d, HIDDEN, {"mean": d}, name="decoder"), LogVariance()]

    def loss(self, rows: Tensor, seeds: Seeds) -> Tensor:
        encoder, decoder, log_gamma = self.networks
        mean, log_variance = encoder(rows)
        u = reparameterise(mean, log_variance, seeds)
        return gaussian_kl(mean, log_variance) - gaussian_log_density(rows, decoder(u), log_gamma.value)

    def generate(self, u: Tensor, epsilon: Tensor) -> Tensor:
        """Draw z = mean(u) + sqrt(gamma) epsilon: (n, d), (n, d) -> (n, d)."""
        _, decoder, log_gamma = self.networks
        return decoder(u) + tf.exp(log_gamma.value / 2) * epsilon


@lru_cache(maxsize=1)
def second_stage(dimensions: int) -> SecondStage:
    """Return the second stage for codes of so many dimensions, made once."""
    return SecondStage(dimensions)


@SAMPLERS.register("two-stage", optional=True)
def two_stage(latent: Latent, n: int, seed: int) -> Codes:
    """Draws from a second VAE, which learned draws from q(z|x) of training images: Dai and Wipf 2019, arXiv:1903.05789.

    It needs draws, 100,000 of them, and no means: the theorem behind it is of the aggregate posterior.
    """
    continuous_codes(latent)
    if latent.posterior is None:
        raise NotApplicableError("q(z|x) is a point; the second stage learns draws from it")
    codes = latent.posterior(DRAWS, seed)
    scale, fit = Standardisation.of(codes), second_stage(codes.shape[1])
    minimise(fit, scale.forth(codes), seed)
    u, epsilon = np.random.default_rng(seed).standard_normal((2, n, codes.shape[1]), np.float32)
    return scale.back(np.asarray(fit.generate(tf.constant(u), tf.constant(epsilon))))
