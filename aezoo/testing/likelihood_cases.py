"""A density with known likelihoods, and the inputs of the likelihood metrics made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import multivariate_normal

from aezoo.metrics import Floats
from aezoo.metrics.likelihood import GaussianProposal, gaussian_rates, standard_normal_log_density

Inputs = dict[str, Any]


class StandardNormalPrior:
    """Prior N(0, I) of a density with a `latent_dim`, which inherits its methods from here."""

    latent_dim: Any

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        """Draw codes (n, d)."""
        return random.standard_normal((n, self.latent_dim))

    def log_prior(self, z: Floats) -> Floats:
        """Compute ln N(z; 0, I) in nats of codes (..., d)."""
        return standard_normal_log_density(z)

    def log_prior_gradient(self, z: Floats) -> tuple[Floats, Floats]:
        """Compute ln N(z; 0, I) of codes (..., d) and its gradient, -z."""
        return standard_normal_log_density(z), -z


@dataclass(frozen=True, eq=False)
class LinearGaussian(StandardNormalPrior):
    """z ~ N(0, I), x | z ~ N(W z + b, variance I), with q(z|x) the exact posterior, shifted and widened."""

    weights: Floats
    offset: Floats
    variance: float = 1.0
    shift: float = 0.0
    log_widening: float = 0.0
    binary = False

    @property
    def latent_dim(self) -> int:
        """The number of dimensions of a code, d."""
        return int(self.weights.shape[1])

    def exact_posterior(self, x: Floats) -> tuple[Floats, Floats]:
        """Mean (n, d) and covariance (d, d) of p(z|x): Bishop 2006, equation 12.42."""
        precision = np.eye(self.latent_dim) + self.weights.T @ self.weights / self.variance
        covariance = np.linalg.inv(precision)
        return np.asarray((x - self.offset) @ self.weights @ covariance / self.variance), np.asarray(
            covariance, np.float64
        )

    def posterior(self, x: Floats) -> tuple[Floats, Floats]:
        """Mean and log-variance (n, d) of q(z|x)."""
        mean, covariance = self.exact_posterior(x)
        log_variance = np.broadcast_to(np.log(np.diag(covariance)), mean.shape)
        return mean + self.shift, log_variance + self.log_widening

    def proposal(self, x: Floats) -> GaussianProposal:
        """Approximate p(z|x) by `posterior`."""
        return GaussianProposal(*self.posterior(x))

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """ln p(x_i | z_ij), (n, k), in nats."""
        residuals = np.square(x[:, None] - self.offset - z @ self.weights.T).sum(axis=-1)
        return np.asarray(-0.5 * (residuals / self.variance + x.shape[1] * np.log(2 * np.pi * self.variance)))

    def log_likelihood_gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """`log_likelihood` and its gradient with respect to z (n, k, d)."""
        residuals = x[:, None] - self.offset - z @ self.weights.T
        return self.log_likelihood(x, z), np.asarray(residuals @ self.weights / self.variance)

    def simulate(self, z: Floats, random: np.random.Generator) -> Floats:
        """Draw one image for each code."""
        means = z @ self.weights.T + self.offset
        return np.asarray(means + np.sqrt(self.variance) * random.standard_normal(means.shape))

    def exact_log_likelihood(self, x: Floats) -> Floats:
        """ln N(x; b, W W^T + variance I), by SciPy."""
        covariance = self.weights @ self.weights.T + self.variance * np.eye(len(self.offset))
        return np.atleast_1d(multivariate_normal(self.offset, covariance).logpdf(x))


def components(d: int = 5, pixels: int = 20, seed: int = 0, **options: float) -> LinearGaussian:
    """Probabilistic principal components with orthogonal columns, whose exact posterior is diagonal."""
    random = np.random.default_rng(seed)
    basis = np.linalg.qr(random.normal(size=(pixels, d)))[0]
    return LinearGaussian(basis * np.linspace(0.5, 3.0, d), random.normal(size=pixels), variance=0.5, **options)


def likelihood_inputs(n: int = 1_200) -> tuple[Inputs, Inputs]:
    """Inputs of the likelihood metrics at their best, and worthless ones."""
    density = components(d=2, pixels=4)
    random = np.random.default_rng(1)
    x = density.simulate(random.standard_normal((n, 2)), random)
    good: Inputs = {
        "density": density,
        "planar_density": density,
        "annealable_density": density,
        "noisy_density": density,
        "x_few": x[:20],
        "x": x,
        "x_binary": x,
        "x_binary_few": x[:20],
        "seed": 0,
    }
    spoilt = replace(density, shift=1.0, log_widening=-2.0, variance=0.01)
    far = x + 2.0
    bad = {
        **good,
        "density": spoilt,
        "annealable_density": spoilt,
        "noisy_density": spoilt,
        "x": far,
        "x_binary": far,
        "x_binary_few": far[:20],
        "x_few": far[:20],
    }
    means = random.standard_normal((n, 2)) * np.sqrt(0.75)
    informed = {"posterior_mean": means, "posterior_log_variance": np.full((n, 2), np.log(0.25))}
    collapsed = {"posterior_mean": np.tile([0.0, 3.0], (n, 1)), "posterior_log_variance": np.zeros((n, 2))}
    for inputs in (informed, collapsed):
        inputs["rates"] = gaussian_rates(inputs["posterior_mean"], inputs["posterior_log_variance"])
    return {**good, **informed}, {**bad, **collapsed}
