"""Terms of objectives, as pure functions of tensors, for anyone's model: per example, in nats per image."""

from __future__ import annotations

from aezoo.models.losses.categorical import categorical_draw, categorical_kl, gumbel_softmax
from aezoo.models.losses.clusters import categorical_divergence, sharpened_memberships, student_t_memberships
from aezoo.models.losses.continuous_bernoulli import (
    continuous_bernoulli_log_normalizer,
    continuous_bernoulli_mean_logits,
    continuous_bernoulli_nll,
)
from aezoo.models.losses.distances import (
    AggregateLogDensities,
    aggregate_log_densities,
    cramer_wold,
    mmd,
    sinkhorn_divergence,
    sliced_wasserstein,
    total_correlation,
)
from aezoo.models.losses.entropies import bernoulli_entropy, bit_entropy_penalty
from aezoo.models.losses.flows import flow_kl, planar_flow
from aezoo.models.losses.gaussians import (
    gaussian_kl,
    gaussian_kl_between,
    gaussian_log_density,
    gaussian_product,
    reparameterise,
    standard_normal_log_density,
)
from aezoo.models.losses.importance import importance_weighted_bound
from aezoo.models.losses.likelihoods import (
    bernoulli_nll,
    bernoulli_nll_of_pixels,
    optimal_sigma_nll,
    student_t_nll,
)
from aezoo.models.losses.von_mises_fisher import (
    log_area_of_sphere,
    von_mises_fisher_draw,
    von_mises_fisher_kl,
    von_mises_fisher_log_density,
)

__all__ = [
    "AggregateLogDensities",
    "aggregate_log_densities",
    "bernoulli_entropy",
    "bernoulli_nll",
    "bernoulli_nll_of_pixels",
    "bit_entropy_penalty",
    "categorical_divergence",
    "categorical_draw",
    "categorical_kl",
    "continuous_bernoulli_log_normalizer",
    "continuous_bernoulli_mean_logits",
    "continuous_bernoulli_nll",
    "cramer_wold",
    "flow_kl",
    "gaussian_kl",
    "gaussian_kl_between",
    "gaussian_log_density",
    "gaussian_product",
    "gumbel_softmax",
    "importance_weighted_bound",
    "log_area_of_sphere",
    "mmd",
    "optimal_sigma_nll",
    "planar_flow",
    "reparameterise",
    "sharpened_memberships",
    "sinkhorn_divergence",
    "sliced_wasserstein",
    "standard_normal_log_density",
    "student_t_memberships",
    "student_t_nll",
    "total_correlation",
    "von_mises_fisher_draw",
    "von_mises_fisher_kl",
    "von_mises_fisher_log_density",
]
