"""A trained model as a density in NumPy terms: what the likelihood metrics ask for.

The model is scored under its own prior, its own approximation of p(z|x) and its own decoder; what it leaves out is
N(0, I), Gaussian and Bernoulli (see `aezoo.models.base`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.special import expit

from aezoo.evaluation.symbol_prior import SymbolPrior
from aezoo.metrics import Floats
from aezoo.metrics.likelihood import GaussianProposal, Proposal, standard_normal_log_density
from aezoo.models.base import Tensor, pixels_of
from aezoo.models.capabilities import (
    HasDecoder,
    HasDraws,
    HasEncoder,
    HasLogDensity,
    HasLogLikelihood,
    HasLogPrior,
    HasPosterior,
)
from aezoo.models.losses import bernoulli_nll
from aezoo.models.networks import PIXELS

ROWS = 2_000
"""Rows of one compiled call; fewer leave the matrix products idle, more leave the cache."""
NOISE = 0.2
"""Standard deviation of `GaussianNoiseDensity`, near the root mean square error of the chapter's models (0.21)."""


class DecoderDensity(ABC):
    """p(z) p(x|z) of a model, as the likelihood metrics ask for it.

    Computed in float32 by compiled functions, a fixed number of rows at a time, and given in float64: single
    log-likelihoods carry a rounding error of the order of 1e-4 nats.

    Attributes:
        model: it has `decode_logits`.
        latent_dim: d, the number of dimensions of a code.
    """

    def __init__(self, model: HasDecoder, latent_dim: int) -> None:
        self.model, self.latent_dim = model, latent_dim
        self._value = self._compiled(self._log_likelihood)
        self._gradient = self._compiled(lambda x, z: _with_gradient(lambda z: self._log_likelihood(x, z), z))
        self._logits = self._compiled(model.decode_logits)
        self._own_prior = model if isinstance(model, HasLogPrior) else None
        if self._own_prior is not None:
            log_prior = self._own_prior.log_prior
            self._prior_value = self._compiled(log_prior)
            self._prior_gradient = self._compiled(lambda z: _with_gradient(log_prior, z))

    @property
    @abstractmethod
    def binary(self) -> bool:
        """Mark of a density of binary images, which has no likelihood of grey ones."""

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        """Draw codes (n, d) from p(z)."""
        if self._own_prior is None:
            return random.standard_normal((n, self.latent_dim))
        return np.asarray(self._own_prior.sample_prior(n, int(random.integers(2**31 - 1))), np.float64)

    def log_prior(self, z: Floats) -> Floats:
        """Compute ln p(z) in nats, (n, k), of codes (n, k, d)."""
        if self._own_prior is None:
            return standard_normal_log_density(z)
        (values,) = _of_codes(lambda z: (self._prior_value(z),), z)
        return values.reshape(z.shape[:2])

    def log_prior_gradient(self, z: Floats) -> tuple[Floats, Floats]:
        """Compute `log_prior` (n, k) and its gradient (n, k, d)."""
        if self._own_prior is None:
            return standard_normal_log_density(z), -z
        values, gradients = _of_codes(self._prior_gradient, z)
        return values.reshape(z.shape[:2]), gradients.reshape(z.shape)

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """Compute ln p(x_i | z_ij) in nats, (n, k), of images (n, 784) or rows, and codes (n, k, d)."""
        (values,) = _of_pairs(lambda x, z: (self._value(x, z),), x, z)
        return values.reshape(z.shape[:2])

    def log_likelihood_gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Compute `log_likelihood` (n, k) and its gradient with respect to the codes (n, k, d)."""
        values, gradients = _of_pairs(self._gradient, x, z)
        return values.reshape(z.shape[:2]), gradients.reshape(z.shape)

    def simulate(self, z: Floats, random: np.random.Generator) -> Floats:
        """Draw one image for each code: (n, d) to (n, 784)."""
        (logits,) = _in_blocks(lambda z: (self._logits(z),), len(z), lambda rows: (z[rows],))
        return self._sample(expit(logits), random)

    @abstractmethod
    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        """Compute ln p(x|z): (rows, 784 + classes), (rows, d) -> (rows,)."""

    @abstractmethod
    def _sample(self, means: Floats, random: np.random.Generator) -> Floats:
        """Draw images of these means (n, 784)."""

    def _compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        compiled: Callable[..., Any] = tf.function(function, jit_compile=getattr(self.model, "xla", True))
        return compiled


class ModelDensity(DecoderDensity):
    """The `likelihood.Density` of a model: its prior, its decoder and its approximation of p(z|x).

    Any object serves that has `decode_logits(z)` and `posterior(x)` or `draw(x)` as `models.base` describes them, a
    Keras model from elsewhere as well. A model of symbols needs `symbol_prior`: its q(z|x) is the code of the image,
    with certainty. Where p(x|z) is Bernoulli it is a `likelihood.AnnealableDensity` as well. Raises `TypeError` for a
    model without `posterior` and `draw`.
    """

    def __init__(self, model: HasDecoder, symbol_prior: SymbolPrior | None = None) -> None:
        infer = _inference(model, symbol_prior is not None)
        if infer is None or not isinstance(model, HasDecoder):
            raise TypeError(f"{type(model).__name__} has no density; it needs posterior(x) and decode_logits(z)")
        # Called once eagerly, which also builds layers that were not.
        latent_dim = infer(tf.zeros((1, getattr(model, "input_size", PIXELS))))[0].shape[-1]
        model.decode_logits(tf.zeros((1, latent_dim)))
        super().__init__(model, int(latent_dim))
        self.symbol_prior = symbol_prior
        self._infer = self._compiled(infer)

    @property
    def binary(self) -> bool:
        return bool(getattr(self.model, "binary", True))

    @property
    def has_closed_rate(self) -> bool:
        """Mark of a KL(q(z|x) || p(z)) with a closed form: q(z|x) is Gaussian and p(z) is N(0, I)."""
        gaussian = isinstance(self.model, HasPosterior) and not isinstance(self.model, HasDraws)
        return gaussian and self._own_prior is None

    def posterior(self, x: Floats) -> tuple[Floats, Floats]:
        """Compute means and log-variances (n, d) of a Gaussian q(z|x) of images (n, 784) or rows."""
        mean, log_variance = _in_blocks(self._infer, len(x), lambda rows: (x[rows],))
        return mean, log_variance

    def proposal(self, x: Floats) -> Proposal:
        """Approximate p(z|x) of images (n, 784) or rows by the model's q(z|x)."""
        if isinstance(self.model, HasDraws):
            return _DrawnProposal(self._infer, self.model, x)
        if isinstance(self.model, HasPosterior):
            return GaussianProposal(*self.posterior(x))
        (codes,) = _in_blocks(self._infer, len(x), lambda rows: (x[rows],))
        return _PointProposal(codes)

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        return super().sample_prior(n, random) if self.symbol_prior is None else self.symbol_prior.sample(n, random)

    def log_prior(self, z: Floats) -> Floats:
        if self.symbol_prior is None:
            return super().log_prior(z)
        return self.symbol_prior.log_probability(z.reshape(-1, self.latent_dim)).reshape(z.shape[:2])

    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        if isinstance(self.model, HasLogLikelihood):
            return self.model.log_likelihood(pixels_of(x), z)
        return -bernoulli_nll(pixels_of(x), self.model.decode_logits(z))

    def _sample(self, means: Floats, random: np.random.Generator) -> Floats:
        return (random.random(means.shape) < means).astype(np.float64)


class GaussianNoiseDensity(DecoderDensity):
    """The `likelihood.DecoderNoiseDensity` N(decode(z), `NOISE`^2 I) of a decoder, under its own prior."""

    @property
    def binary(self) -> bool:
        return False

    def _log_likelihood(self, x: Tensor, z: Tensor) -> Tensor:
        residuals = tf.reduce_sum(tf.square(x - tf.sigmoid(self.model.decode_logits(z))), axis=-1) / NOISE**2
        return -0.5 * (residuals + PIXELS * np.log(2 * np.pi * NOISE**2))

    def log_likelihoods(self, x: Floats, z: Floats) -> Floats:
        """Compute ln p(x_i | z_j) in nats of all pairs, (n, m), by ``|x|^2 - 2 x'y + |y|^2``: decodes a code once."""
        return np.concatenate([self._of_codes(x, z[i : i + ROWS]) for i in range(0, len(z), ROWS)], axis=1)

    def _of_codes(self, x: Floats, z: Floats) -> Floats:
        (logits,) = _in_blocks(lambda z: (self._logits(z),), len(z), lambda rows: (z[rows],))
        means = expit(logits)
        squares = np.square(x).sum(axis=1)[:, None] - 2 * x @ means.T + np.square(means).sum(axis=1)
        return np.asarray(-0.5 * (squares / NOISE**2 + PIXELS * np.log(2 * np.pi * NOISE**2)))

    def _sample(self, means: Floats, random: np.random.Generator) -> Floats:
        return means + NOISE * random.standard_normal(means.shape)


class FittedCodes:
    """A decoder of a code that is N(0, I): z = m + A e has the mean and covariance of some codes (n, d)."""

    def __init__(self, model: HasDecoder, codes: NDArray[np.float32]) -> None:
        self.model, self.xla = model, getattr(model, "xla", True)
        self.mean = codes.mean(axis=0, dtype=np.float64).astype(np.float32)
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(codes.T.astype(np.float64), bias=True)))
        self.spread = (np.sqrt(values.clip(0))[:, None] * vectors.T).astype(np.float32)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Decode codes (n, d), drawn from N(0, I), where they lie in the model's own code."""
        return self.model.decode_logits(self.mean + tf.matmul(z, self.spread))


class CodelessDensity:
    """The `likelihood.Density` of a model that computes ln p(x) itself: its code has no dimensions.

    There is nothing to approximate or to integrate over, so that every bound is the value.
    """

    latent_dim = 0

    def __init__(self, model: HasLogDensity) -> None:
        self.binary = bool(getattr(model, "binary", True))
        self._log_density = tf.function(model.log_density, jit_compile=getattr(model, "xla", True))

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        """Give `n` codes of no dimension, (n, 0)."""
        return np.empty((n, 0))

    def proposal(self, x: Floats) -> Proposal:
        """Give the one code (n, 0) of images (n, 784), with certainty."""
        return _PointProposal(np.empty((len(x), 0)))

    def log_prior(self, z: Floats) -> Floats:
        """Give the ln p(z) = 0 of codes (n, k, 0): (n, k)."""
        return np.zeros(z.shape[:2])

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """Compute ln p(x) in nats of images (n, 784), once for each of k codes: (n, k)."""
        (values,) = _in_blocks(lambda x: (self._log_density(x),), len(x), lambda rows: (x[rows],))
        return np.repeat(values[:, None], z.shape[1], axis=1)


@dataclass(frozen=True)
class _DrawnProposal:
    """Draws by the model itself, from seeds that the metric's generator gives."""

    compiled_draw: Callable[[Tensor], tuple[Tensor, Tensor]]
    model: Any
    x: Floats

    def draw(self, k: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        self.model.noise.state.assign([random.integers(2**31 - 1), 0])
        n = len(self.x)
        codes, log_q = _in_blocks(self.compiled_draw, n * k, lambda rows: (self.x[rows // k],))
        if not (np.isfinite(codes).all() and np.isfinite(log_q).all()):
            raise ValueError("the model's draw(x) gave NaN or infinite values")
        return codes.reshape(n, k, -1), log_q.reshape(n, k)


@dataclass(frozen=True)
class _PointProposal:
    """One code (n, d) for each image, with certainty."""

    codes: Floats

    def draw(self, k: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        return np.repeat(self.codes[:, None], k, axis=1), np.zeros((len(self.codes), k))


def _inference(model: object, has_symbols: bool) -> Callable[[Tensor], tuple[Tensor, ...]] | None:
    """Return the method of `model` that tells of q(z|x): codes or means first."""
    if isinstance(model, HasDraws):
        return model.draw
    if isinstance(model, HasPosterior):
        return model.posterior
    return (lambda x: (model.encode(x),)) if has_symbols and isinstance(model, HasEncoder) else None


def _with_gradient(function: Callable[[Tensor], Tensor], z: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the values of `function` at codes (rows, d), and their gradients."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(z)
        values = function(z)
    return values, tape.gradient(values, z)


def _of_codes(apply: Callable[..., tuple[Tensor, ...]], z: Floats) -> list[Floats]:
    n, k, d = z.shape
    codes = z.reshape(n * k, d)
    return _in_blocks(apply, n * k, lambda rows: (codes[rows],))


def _of_pairs(apply: Callable[..., tuple[Tensor, ...]], x: Floats, z: Floats) -> list[Floats]:
    n, k, d = z.shape
    images, codes = x.astype(np.float32), z.reshape(n * k, d)
    return _in_blocks(apply, n * k, lambda rows: (images[rows // k], codes[rows]))


def _in_blocks(
    apply: Callable[..., tuple[Tensor, ...]],
    n: int,
    arguments: Callable[[NDArray[np.intp]], tuple[NDArray[np.floating], ...]],
) -> list[Floats]:
    """Apply a compiled function to blocks of exactly `ROWS` rows, the last filled up: each output (n, ...)."""
    blocks = []
    for start in range(0, n, ROWS):
        rows = np.minimum(np.arange(start, start + ROWS), n - 1)
        tensors = [tf.constant(argument, tf.float32) for argument in arguments(rows)]
        blocks.append([np.asarray(output, np.float64)[: n - start] for output in apply(*tensors)])
    return [np.concatenate(outputs) for outputs in zip(*blocks, strict=True)]
