"""Terms of objectives, as pure functions of tensors, for anyone's model: per example, in nats per image."""

from __future__ import annotations

from aezoo.models.losses.distances import (
    AggregateLogDensities,
    aggregate_log_densities,
    cramer_wold,
    mmd,
    sinkhorn_divergence,
    sliced_wasserstein,
    total_correlation,
)
from aezoo.models.losses.gaussians import (
    gaussian_kl,
    gaussian_log_density,
    reparameterise,
    standard_normal_log_density,
)
from aezoo.models.losses.importance import importance_weighted_bound
from aezoo.models.losses.likelihoods import bernoulli_nll, bernoulli_nll_of_pixels

__all__ = [
    "AggregateLogDensities",
    "aggregate_log_densities",
    "bernoulli_nll",
    "bernoulli_nll_of_pixels",
    "cramer_wold",
    "gaussian_kl",
    "gaussian_log_density",
    "importance_weighted_bound",
    "mmd",
    "reparameterise",
    "sinkhorn_divergence",
    "sliced_wasserstein",
    "standard_normal_log_density",
    "total_correlation",
]
