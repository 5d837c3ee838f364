"""A trained model as a density in NumPy terms: what the likelihood metrics ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.images import unit_interval
from aezoo.metrics import Floats
from aezoo.metrics.likelihood import frozen_binarisation
from aezoo.models.base import HasDecoder, HasPosterior, Model, Tensor
from aezoo.models.losses import bernoulli_nll
from aezoo.models.networks import PIXELS

ROWS = 2_000
"""Rows of one compiled call; fewer leave the matrix products idle, more leave the cache."""
LIKELIHOOD_IMAGES = 1_000
FEW_IMAGES = 100
PLANAR = 2
NOISE = 0.2
"""Standard deviation of `GaussianNoiseDensity`, near the root mean square error of the chapter's models (0.21)."""


class DecoderDensity(ABC):
    """p(x|z) of a model's decoder, as the likelihood metrics ask for it.

    Computed in float32 by compiled functions, a fixed number of rows at a time, and given in float64: single
    log-likelihoods carry a rounding error of the order of 1e-4 nats.
    """

    def __init__(self, model: HasDecoder) -> None:
        self.model = model
        self._value = tf.function(self._log_likelihood, jit_compile=True)
        self._gradient = tf.function(self._log_likelihood_gradient, jit_compile=True)
        self._logits = tf.function(model.decode_logits, jit_compile=True)

    @property
    @abstractmethod
    def binary(self) -> bool:
        """Whether its images are binary; of grey ones it then has no likelihood."""

    @property
    @abstractmethod
    def latent_dim(self) -> int:
        """d, the number of dimensions of a code."""

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """ln p(x_i | z_ij) in nats, (n, k), of images (n, 784) and codes (n, k, d)."""
        (values,) = self._of_pairs(lambda x, z: (self._value(x, z),), x, z)
        return values.reshape(z.shape[:2])

    def log_likelihood_gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """`log_likelihood` (n, k) and its gradient with respect to the codes (n, k, d)."""
        values, gradients = self._of_pairs(self._gradient, x, z)
        return values.reshape(z.shape[:2]), gradients.reshape(z.shape)

    def simulate(self, z: Floats, random: np.random.Generator) -> Floats:
        """One image for each code: (n, d) to (n, 784)."""
        (logits,) = _in_blocks(lambda z: (self._logits(z),), len(z), lambda rows: (z[rows],))
        return self._drawn(expit(logits), random)

    @abstractmethod
    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """ln p(x|z): (rows, 784), (rows, d) -> (rows,)."""

    @abstractmethod
    def _drawn(self, means: Floats, random: np.random.Generator) -> Floats:
        """Images of these means (n, 784)."""

    def _of_pairs(self, apply: Callable[..., tuple[Tensor, ...]], x: Floats, z: Floats) -> list[Floats]:
        n, k, d = z.shape
        images, codes = x.astype(np.float32), z.reshape(n * k, d)
        return _in_blocks(apply, n * k, lambda rows: (images[rows // k], codes[rows]))

    def _log_likelihood_gradient(self, x: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(z)
            values = self._log_likelihood(x, z)
        return values, tape.gradient(values, z)


class ModelDensity(DecoderDensity):
    """The `likelihood.DifferentiableDensity` of a model with a posterior and Bernoulli means, prior N(0, I).

    Any object serves that has `posterior(x)` and `decode_logits(z)` as `models.base` describes them, a Keras model from
    elsewhere as well. Raises `TypeError` for one without.
    """

    def __init__(self, model: HasDecoder) -> None:
        if not (isinstance(model, HasPosterior) and isinstance(model, HasDecoder)):
            raise TypeError(f"{type(model).__name__} has no density; it needs posterior(x) and decode_logits(z)")
        super().__init__(model)
        self._posterior = tf.function(model.posterior, jit_compile=True)
        # Called once eagerly, which also builds layers that were not.
        self._latent_dim = int(model.posterior(tf.zeros((1, PIXELS)))[0].shape[-1])
        model.decode_logits(tf.zeros((1, self._latent_dim)))

    @property
    def binary(self) -> bool:
        return True

    @property
    def latent_dim(self) -> int:
        return self._latent_dim

    def posterior(self, x: Floats) -> tuple[Floats, Floats]:
        """Images (n, 784) to means and log-variances (n, d)."""
        mean, log_variance = _in_blocks(self._posterior, len(x), lambda rows: (x[rows],))
        return mean, log_variance

    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        return -bernoulli_nll(x, self.model.decode_logits(z))

    def _drawn(self, means: Floats, random: np.random.Generator) -> Floats:
        return (random.random(means.shape) < means).astype(np.float64)


class GaussianNoiseDensity(DecoderDensity):
    """The `likelihood.AnnealableDensity` N(decode(z), `NOISE`^2 I) of a model whose prior is N(0, I)."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._latent_dim = model.protocol.latent_dim

    @property
    def binary(self) -> bool:
        return False

    @property
    def latent_dim(self) -> int:
        return self._latent_dim

    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        residuals = tf.reduce_sum(tf.square(x - tf.sigmoid(self.model.decode_logits(z))), axis=-1) / NOISE**2
        return -0.5 * (residuals + PIXELS * np.log(2 * np.pi * NOISE**2))

    def _drawn(self, means: Floats, random: np.random.Generator) -> Floats:
        return means + NOISE * random.standard_normal(means.shape)


def likelihood_inputs(model: Model, images: NDArray[np.uint8]) -> dict[str, Any]:
    """The arrays of `metrics.NEEDS["likelihood"]` but the seed, from held-out images (n, 28, 28).

    Empty for a model without a density; without `planar_density` where the code has more than two dimensions. A
    model without a posterior has the density of its decoder under noise only.
    """
    x = unit_interval(images, np.float64).reshape(len(images), -1)
    noisy = (
        {"noisy_density": GaussianNoiseDensity(model), "x_few": x[:FEW_IMAGES]} if model.standard_normal_prior else {}
    )
    if not isinstance(model, HasPosterior):
        return noisy
    density = ModelDensity(model)
    mean, log_variance = density.posterior(x)
    x_binary = frozen_binarisation(x[:LIKELIHOOD_IMAGES])
    inputs = {**noisy, "density": density, "x": x, "posterior_mean": mean, "posterior_log_variance": log_variance}
    inputs |= {"x_binary": x_binary, "x_binary_few": x_binary[:FEW_IMAGES]}
    return inputs if density.latent_dim > PLANAR else {**inputs, "planar_density": density}


def _in_blocks(
    apply: Callable[..., tuple[Tensor, ...]],
    n: int,
    arguments: Callable[[NDArray[np.intp]], tuple[NDArray[np.floating], ...]],
) -> list[Floats]:
    """`apply` on blocks of exactly `ROWS` rows, the last filled up with its last row: each output (n, ...)."""
    blocks = []
    for start in range(0, n, ROWS):
        rows = np.minimum(np.arange(start, start + ROWS), n - 1)
        tensors = [tf.constant(argument, tf.float32) for argument in arguments(rows)]
        blocks.append([np.asarray(output, np.float64)[: n - start] for output in apply(*tensors)])
    return [np.concatenate(outputs) for outputs in zip(*blocks, strict=True)]
