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


def gaussian_kl_between(mean: Tensor, log_variance: Tensor, other_mean: Tensor, other_log_variance: Tensor) -> Tensor:
    """Compute KL(N(mean, exp(log_variance)) || N(other_mean, exp(other_log_variance))): (n, d) each -> (n,), in nats.

    `gaussian_kl` after the affine map that takes the other Gaussian to N(0, I); shapes may broadcast to (n, d).
    """
    return gaussian_kl((mean - other_mean) * ops.exp(-0.5 * other_log_variance), log_variance - other_log_variance)


def gaussian_product(
    mean: Tensor, log_variance: Tensor, other_mean: Tensor, other_log_variance: Tensor
) -> tuple[Tensor, Tensor]:
    """Return mean and log-variance of the Gaussian in proportion to the product of two densities: (n, d) each.

    Precisions add up, and means are weighted by them; Sonderby et al. 2016, equations 17 and 18.
    """
    share = ops.sigmoid(other_log_variance - log_variance)
    return other_mean + share * (mean - other_mean), -ops.logaddexp(-log_variance, -other_log_variance)


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
