"""Likelihood metrics: how probable a model finds held-out images, and how it spends its code.

Likelihoods are those of binary images, one frozen binarisation for all (`frozen_binarisation`); `rate`, `distortion`
and what the posteriors tell are of the grey images that models learn from. The model is a `Density`.
"""

from aezoo.metrics.likelihood.aggregate_posterior import aggregate_posterior
from aezoo.metrics.likelihood.ais import ais_bound, ais_noisy_bound, simulated_bounds
from aezoo.metrics.likelihood.annealing import AISSettings
from aezoo.metrics.likelihood.binarisation import frozen_binarisation
from aezoo.metrics.likelihood.bits import bits_per_dim
from aezoo.metrics.likelihood.bounds import elbo, importance_bounds, iwae_bound
from aezoo.metrics.likelihood.density import (
    AnnealableDensity,
    DecoderNoiseDensity,
    Density,
    GaussianProposal,
    IntegrableDensity,
    Proposal,
    standard_normal_log_density,
)
from aezoo.metrics.likelihood.posterior_calibration import posterior_calibration, posterior_ranks
from aezoo.metrics.likelihood.quadrature import grid_log_likelihood
from aezoo.metrics.likelihood.rate_distortion import (
    active_units,
    collapsed_dims,
    distortion,
    gaussian_rates,
    kl_per_dim,
    rate,
)
from aezoo.metrics.likelihood.rate_distortion_curve import RateDistortion, annealed_rate_distortion, rate_distortion
from aezoo.metrics.samples.parzen import parzen_log_likelihood

__all__ = [
    "AISSettings",
    "AnnealableDensity",
    "DecoderNoiseDensity",
    "Density",
    "GaussianProposal",
    "IntegrableDensity",
    "Proposal",
    "RateDistortion",
    "active_units",
    "aggregate_posterior",
    "ais_bound",
    "ais_noisy_bound",
    "annealed_rate_distortion",
    "bits_per_dim",
    "collapsed_dims",
    "distortion",
    "elbo",
    "frozen_binarisation",
    "gaussian_rates",
    "grid_log_likelihood",
    "importance_bounds",
    "iwae_bound",
    "kl_per_dim",
    "parzen_log_likelihood",
    "posterior_calibration",
    "posterior_ranks",
    "rate",
    "rate_distortion",
    "simulated_bounds",
    "standard_normal_log_density",
]
