"""Densities with known likelihoods beside `aezoo.testing.likelihood_cases.LinearGaussian`."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp
from scipy.stats import multivariate_normal

from aezoo.metrics.likelihood import GaussianProposal
from aezoo.testing.likelihood_cases import LinearGaussian, StandardNormalPrior, components

__all__ = ["FromPrior", "LinearGaussian", "MixturePrior", "RandomDecoder", "components", "one_dimension"]


def bernoulli_log_likelihood(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """sum_p [x ln s + (1 - x) ln(1 - s)] in nats, s = sigmoid(logits): (..., D), (..., D) -> (...).

    The log-likelihood of binary x; for grey x the chapter's reconstruction term, which is no likelihood.
    """
    return np.asarray(np.sum(x * logits - np.logaddexp(0, logits), axis=-1))


def bernoulli_gradient(x: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """The gradient of `bernoulli_log_likelihood` with respect to the logits: x - sigmoid(logits)."""
    return np.asarray(x - expit(logits))


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


def parzen_images(n=600):
    """`real_images` and `fake_images` alike (good), and fakes of noise (bad)."""
    random = np.random.default_rng(2)
    prototypes = random.integers(0, 256, (10, 28, 28))

    def drawn():
        return np.clip(prototypes[np.arange(n) % 10] + random.normal(0, 20, (n, 28, 28)), 0, 255).astype(np.uint8)

    real = drawn()
    noise = random.integers(0, 256, (n, 28, 28)).astype(np.uint8)
    return {"real_images": real, "fake_images": drawn()}, {"real_images": real, "fake_images": noise}
