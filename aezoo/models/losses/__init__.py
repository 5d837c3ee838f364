"""Terms of objectives, as pure functions of tensors, for anyone's model: per example, in nats per image."""

from __future__ import annotations

from aezoo.models.losses.gaussians import (
    gaussian_kl,
    gaussian_log_density,
    reparameterise,
    standard_normal_log_density,
)
from aezoo.models.losses.likelihoods import bernoulli_nll, bernoulli_nll_of_pixels

__all__ = [
    "bernoulli_nll",
    "bernoulli_nll_of_pixels",
    "gaussian_kl",
    "gaussian_log_density",
    "reparameterise",
    "standard_normal_log_density",
]
