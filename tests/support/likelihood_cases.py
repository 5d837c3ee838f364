"""Densities with known likelihoods, and the inputs of the likelihood metrics for the contract tests."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logsumexp
from scipy.stats import multivariate_normal

from aezoo.metrics.likelihood import (
    GaussianProposal,
    gaussian_rates,
    standard_normal_log_density,
)


class StandardNormalPrior:
    """Prior N(0, I) of a density with a `latent_dim`, which inherits its methods from here."""

    def sample_prior(self, n: int, random: np.random.Generator) -> np.ndarray:
        """Draw codes (n, d)."""
        return random.standard_normal((n, self.latent_dim))

    def log_prior(self, z: np.ndarray) -> np.ndarray:
        """Compute ln N(z; 0, I) in nats of codes (..., d)."""
        return standard_normal_log_density(z)

    def log_prior_gradient(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Compute ln N(z; 0, I) of codes (..., d) and its gradient, -z."""
        return standard_normal_log_density(z), -z


def bernoulli_log_likelihood(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """sum_p [x ln s + (1 - x) ln(1 - s)] in nats, s = sigmoid(logits): (..., D), (..., D) -> (...).

    The log-likelihood of binary x; for grey x the chapter's reconstruction term, which is no likelihood.
    """
    return np.asarray(np.sum(x * logits - np.logaddexp(0, logits), axis=-1))


def bernoulli_gradient(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The gradient of `bernoulli_log_likelihood` with respect to the logits: x - sigmoid(logits)."""
    return np.asarray(x - expit(logits))


@dataclass(frozen=True, eq=False)
class LinearGaussian(StandardNormalPrior):
    """z ~ N(0, I), x | z ~ N(W z + b, variance I), with q(z|x) the exact posterior, shifted and widened."""

    weights: np.ndarray
    offset: np.ndarray
    variance: float = 1.0
    shift: float = 0.0
    log_widening: float = 0.0
    binary = False

    @property
    def latent_dim(self):
        return self.weights.shape[1]

    def exact_posterior(self, x):
        """Mean (n, d) and covariance (d, d) of p(z|x): Bishop 2006, equation 12.42."""
        precision = np.eye(self.latent_dim) + self.weights.T @ self.weights / self.variance
        covariance = np.linalg.inv(precision)
        return (x - self.offset) @ self.weights @ covariance / self.variance, covariance

    def posterior(self, x):
        mean, covariance = self.exact_posterior(x)
        log_variance = np.broadcast_to(np.log(np.diag(covariance)), mean.shape)
        return mean + self.shift, log_variance + self.log_widening

    def proposal(self, x):
        return GaussianProposal(*self.posterior(x))

    def log_likelihood(self, x, z):
        residuals = np.square(x[:, None] - self.offset - z @ self.weights.T).sum(axis=-1)
        return -0.5 * (residuals / self.variance + x.shape[1] * np.log(2 * np.pi * self.variance))

    def log_likelihood_gradient(self, x, z):
        residuals = x[:, None] - self.offset - z @ self.weights.T
        return self.log_likelihood(x, z), residuals @ self.weights / self.variance

    def simulate(self, z, random):
        means = z @ self.weights.T + self.offset
        return means + np.sqrt(self.variance) * random.standard_normal(means.shape)

    def exact_log_likelihood(self, x):
        """ln N(x; b, W W^T + variance I), by SciPy."""
        covariance = self.weights @ self.weights.T + self.variance * np.eye(len(self.offset))
        return np.atleast_1d(multivariate_normal(self.offset, covariance).logpdf(x))


@dataclass(frozen=True, eq=False)
class FromPrior:
    """Another density with the prior in place of its approximate posterior."""

    density: LinearGaussian

    def proposal(self, x):
        return GaussianProposal(np.zeros((len(x), self.latent_dim)), np.zeros((len(x), self.latent_dim)))

    def __getattr__(self, name):
        return getattr(self.density, name)


@dataclass(frozen=True, eq=False)
class RandomDecoder(StandardNormalPrior):
    """Bernoulli images from a random network d -> 16 ReLU -> D; q(z|x) = N(0, I)."""

    hidden: np.ndarray
    output: np.ndarray
    binary = True

    @classmethod
    def draw(cls, seed, d=2, pixels=12):
        random = np.random.default_rng(seed)
        return cls(random.normal(size=(d + 1, 16)), random.normal(size=(16, pixels)) / 2)

    @property
    def latent_dim(self):
        return len(self.hidden) - 1

    def proposal(self, x):
        return GaussianProposal(np.zeros((len(x), self.latent_dim)), np.zeros((len(x), self.latent_dim)))

    def logits(self, z):
        return np.maximum(z @ self.hidden[:-1] + self.hidden[-1], 0) @ self.output

    def log_likelihood(self, x, z):
        return bernoulli_log_likelihood(x[:, None], self.logits(z))

    def log_likelihood_gradient(self, x, z):
        active = z @ self.hidden[:-1] + self.hidden[-1] > 0
        slopes = bernoulli_gradient(x[:, None], self.logits(z)) @ self.output.T
        return self.log_likelihood(x, z), (slopes * active) @ self.hidden[:-1].T

    def simulate(self, z, random):
        means = expit(self.logits(z))
        return (random.random(means.shape) < means).astype(np.float64)


@dataclass(frozen=True, eq=False)
class MixturePrior:
    """z from two Gaussians N(2 +- apart, width^2 I) with weights 0.7 and 0.3, x | z ~ N(W z, variance I).

    q(z|x) is one Gaussian, wide enough to reach both. The two are near enough for chains to go from one to the other.
    """

    weights: np.ndarray
    apart: float = 0.6
    width: float = 0.5
    variance: float = 0.5
    binary = False

    @property
    def latent_dim(self):
        return self.weights.shape[1]

    def _parts(self):
        return ((0.3, np.full(self.latent_dim, 2 - self.apart)), (0.7, np.full(self.latent_dim, 2 + self.apart)))

    def sample_prior(self, n, random):
        sign = np.where(random.random(n) < 0.7, 1, -1)[:, None]
        return 2 + sign * self.apart + self.width * random.standard_normal((n, self.latent_dim))

    def log_prior(self, z):
        return self.log_prior_gradient(z)[0]

    def log_prior_gradient(self, z):
        d = self.latent_dim
        joint = np.stack(
            [
                np.log(share)
                - 0.5 * np.square((z - mean) / self.width).sum(axis=-1)
                - 0.5 * d * np.log(2 * np.pi * self.width**2)
                for share, mean in self._parts()
            ]
        )
        total = logsumexp(joint, axis=0)
        pulls = np.stack([(mean - z) / self.width**2 for _, mean in self._parts()])
        return total, (np.exp(joint - total)[..., None] * pulls).sum(axis=0)

    def proposal(self, x):
        return GaussianProposal(np.full((len(x), self.latent_dim), 2.0), np.zeros((len(x), self.latent_dim)))

    def log_likelihood(self, x, z):
        residuals = np.square(x[:, None] - z @ self.weights.T).sum(axis=-1)
        return -0.5 * (residuals / self.variance + x.shape[1] * np.log(2 * np.pi * self.variance))

    def log_likelihood_gradient(self, x, z):
        return self.log_likelihood(x, z), (x[:, None] - z @ self.weights.T) @ self.weights / self.variance

    def simulate(self, z, random):
        means = z @ self.weights.T
        return means + np.sqrt(self.variance) * random.standard_normal(means.shape)

    def exact_log_likelihood(self, x):
        """ln sum_k w_k N(x; W m_k, width^2 W W^T + variance I), by SciPy."""
        covariance = self.width**2 * self.weights @ self.weights.T + self.variance * np.eye(len(self.weights))
        parts = [
            np.log(share) + np.atleast_1d(multivariate_normal(self.weights @ mean, covariance).logpdf(x))
            for share, mean in self._parts()
        ]
        return logsumexp(parts, axis=0)


def one_dimension(**options):
    """z ~ N(0, 1), x | z ~ N(z, 1): p(x) = N(0, 2), p(z|x) = N(x / 2, 1 / 2)."""
    return LinearGaussian(np.ones((1, 1)), np.zeros(1), **options)


def components(d=5, pixels=20, seed=0, **options):
    """Probabilistic principal components with orthogonal columns, whose exact posterior is diagonal."""
    random = np.random.default_rng(seed)
    basis = np.linalg.qr(random.normal(size=(pixels, d)))[0]
    return LinearGaussian(basis * np.linspace(0.5, 3.0, d), random.normal(size=pixels), variance=0.5, **options)


def likelihood_inputs(n=1_200):
    """For the contract tests of the metrics: inputs at their best (good), and worthless ones (bad)."""
    density = components(d=2, pixels=4)
    random = np.random.default_rng(1)
    x = density.simulate(random.standard_normal((n, 2)), random)
    good = {
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


def parzen_images(n=600):
    """`real_images` and `fake_images` alike (good), and fakes of noise (bad)."""
    random = np.random.default_rng(2)
    prototypes = random.integers(0, 256, (10, 28, 28))

    def drawn():
        return np.clip(prototypes[np.arange(n) % 10] + random.normal(0, 20, (n, 28, 28)), 0, 255).astype(np.uint8)

    real = drawn()
    noise = random.integers(0, 256, (n, 28, 28)).astype(np.uint8)
    return {"real_images": real, "fake_images": drawn()}, {"real_images": real, "fake_images": noise}
