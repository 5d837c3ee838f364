"""Gaussians with diagonal covariance: densities, divergence, draws; per example, in nats."""

from __future__ import annotations

import math

from keras import ops

from aezoo.models import noise
from aezoo.models.base import Tensor
from aezoo.models.noise import Seeds

LOG_TWO_PI = math.log(2 * math.pi)


def gaussian_kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) || N(0, I)) = sum_d (mean^2 + var - 1 - ln var) / 2: (n, d), (n, d) -> (n,).

    Kingma and Welling 2014, appendix B.
    """
    return 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - 1.0 - log_variance, axis=-1)


def gaussian_log_density(z: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Compute ln N(z; mean, diag exp(log_variance)) in nats, with its constant: shapes that broadcast to (n, d), (n,).

    -sum_d [(z - mean)^2 / var + ln var + ln 2 pi] / 2.
    """
    squares = ops.square(z - mean) * ops.exp(-log_variance)
    return -0.5 * ops.sum(squares + log_variance + LOG_TWO_PI, axis=-1)


def standard_normal_log_density(z: Tensor) -> Tensor:
    """Compute ln N(z; 0, I) in nats, with its constant: (n, d) -> (n,)."""
    return -0.5 * ops.sum(ops.square(z) + LOG_TWO_PI, axis=-1)


def reparameterise(mean: Tensor, log_variance: Tensor, seeds: Seeds, epsilon_std: float = 1.0) -> Tensor:
    """z = mean + exp(log_variance / 2) * epsilon with epsilon ~ N(0, epsilon_std^2 I): (n, d), (n, d) -> (n, d).

    Kingma and Welling 2014, section 2.4.
    """
    epsilon = epsilon_std * noise.normal(ops.shape(mean), seeds)
    return mean + ops.exp(0.5 * log_variance) * epsilon
