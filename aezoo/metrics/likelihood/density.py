"""What the likelihood metrics ask of a model: a density of images, in NumPy terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from aezoo.metrics import Floats, check_array


class ImageDensity(Protocol):
    """A density p(x) of images, whose likelihoods are of one kind of them."""

    @property
    def binary(self) -> bool:
        """Whether its images are binary; of grey ones it then has no likelihood."""
        ...


class Density(ImageDensity, Protocol):
    """p(x) = integral of N(z; 0, I) p(x|z) over codes z, with q(z|x), a Gaussian approximation of p(z|x).

    All arrays are float64.
    """

    @property
    def latent_dim(self) -> int:
        """d, the number of dimensions of a code."""
        ...

    def posterior(self, x: Floats) -> tuple[Floats, Floats]:
        """Images (n, D) to the means (n, d) and log-variances (n, d) of q(z|x)."""
        ...

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """ln p(x_i | z_ij) in nats, (n, k), of images (n, D) and k codes for each of them (n, k, d)."""
        ...


class AnnealableDensity(ImageDensity, Protocol):
    """p(x) = integral of N(z; 0, I) p(x|z) over codes z that can be followed uphill and drawn from; no q(z|x)."""

    @property
    def latent_dim(self) -> int:
        """d, the number of dimensions of a code."""
        ...

    def log_likelihood_gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """ln p(x_i | z_ij) in nats (n, k) and its gradient with respect to z (n, k, d)."""
        ...

    def simulate(self, z: Floats, random: np.random.Generator) -> Floats:
        """One image drawn from p(x|z) for each code: (n, d) to (n, D)."""
        ...


class DifferentiableDensity(Density, AnnealableDensity, Protocol):
    """A density of both kinds."""


@dataclass(frozen=True)
class Proposal:
    """q(z|x) = N(mean, diag exp(log_variance)) of n images; z = mean + exp(log_variance / 2) epsilon.

    Attributes:
        mean: (n, d).
        log_variance: (n, d).
    """

    mean: Floats
    log_variance: Floats

    @classmethod
    def of(cls, density: Density, x: Floats) -> Proposal:
        """The approximation that `density` gives for images (n, D); raises `ValueError` where it is not finite."""
        return cls(*check_posterior(*density.posterior(x)))

    @property
    def deviation(self) -> Floats:
        """Standard deviations (n, 1, d)."""
        return np.exp(0.5 * self.log_variance)[:, None]

    def noise(self, k: int, random: np.random.Generator) -> Floats:
        """`k` draws of epsilon for each image, (n, k, d)."""
        return random.standard_normal((len(self.mean), k, self.mean.shape[1]))

    def codes(self, epsilon: Floats) -> Floats:
        """z (n, k, d) of epsilon (n, k, d)."""
        return self.mean[:, None] + self.deviation * epsilon

    def log_weights(self, log_likelihood: Floats, epsilon: Floats) -> Floats:
        """ln p(x|z) + ln N(z; 0, I) - ln q(z|x) in nats, (n, k); the normalising constants cancel."""
        energies = np.square(epsilon) - np.square(self.codes(epsilon))
        return np.asarray(log_likelihood + 0.5 * (energies.sum(axis=-1) + self.log_variance.sum(axis=-1)[:, None]))


def check_observations(density: ImageDensity, name: str, images: Floats) -> Floats:
    """`images` (n, D) as a float64 matrix of which `density` has a likelihood.

    Raises:
        TypeError: a model in place of a density.
        ValueError: grey images for a density of binary ones, NaN, infinite values, or another shape.
    """
    if not hasattr(density, "binary"):
        raise TypeError(f"{type(density).__name__} is no density; give aezoo.evaluation.densities.ModelDensity(model)")
    array = check_array(name, images)
    if density.binary and not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(
            f"{name} hold other values than 0 and 1, of which a Bernoulli density has no likelihood; "
            "give frozen_binarisation(images)"
        )
    return array


def check_posterior(mean: Floats, log_variance: Floats) -> tuple[Floats, Floats]:
    """Both as float64 matrices of one shape; raises `ValueError` for differing shapes, NaN or infinite values."""
    means = check_array("posterior_mean", mean)
    log_variances = check_array("posterior_log_variance", log_variance)
    if means.shape != log_variances.shape:
        raise ValueError(
            f"posterior_mean has shape {means.shape} and posterior_log_variance {log_variances.shape}; "
            "give one variance a mean"
        )
    return means, log_variances


def bernoulli_log_likelihood(x: Floats, logits: Floats) -> Floats:
    """sum_p [x ln s + (1 - x) ln(1 - s)] in nats, s = sigmoid(logits): (..., D), (..., D) -> (...).

    The log-likelihood of binary x; for grey x the chapter's reconstruction term, which is no likelihood.
    """
    return np.asarray(np.sum(x * logits - np.logaddexp(0, logits), axis=-1))


def bernoulli_gradient(x: Floats, logits: Floats) -> Floats:
    """The gradient of `bernoulli_log_likelihood` with respect to the logits: x - sigmoid(logits)."""
    return np.asarray(x - expit(logits))
