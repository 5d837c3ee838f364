"""Density of images in NumPy terms, as the likelihood metrics ask a model for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from aezoo.metrics import Floats, check_array

LOG_TWO_PI = np.log(2 * np.pi)


class ImageDensity(Protocol):
    """A density p(x) = integral of p(z) p(x|z) over codes z, whose likelihoods are of one kind of images.

    All arrays are float64.
    """

    @property
    def binary(self) -> bool:
        """Mark of a density of binary images, which has no likelihood of grey ones."""
        ...

    @property
    def latent_dim(self) -> int:
        """The number of dimensions of a code, d."""
        ...

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        """Draw codes (n, d) from p(z)."""
        ...


class Proposal(Protocol):
    """An approximation q(z|x) of p(z|x) for each of n images, to draw from."""

    def draw(self, k: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw `k` codes for each image (n, k, d), with the ln q(z|x) of each (n, k), in nats."""
        ...


class IntegrableDensity(ImageDensity, Protocol):
    """A density whose factors are known: what integrals ask for."""

    def log_prior(self, z: Floats) -> Floats:
        """Compute ln p(z) in nats, (n, k), of codes (n, k, d)."""
        ...

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        """Compute ln p(x_i | z_ij) in nats, (n, k), of images (n, D) and k codes for each of them (n, k, d)."""
        ...


@runtime_checkable
class HasAllPairs(Protocol):
    """A density that decodes a code once for all images."""

    def log_likelihoods(self, x: Floats, z: Floats) -> Floats:
        """Compute ln p(x_i | z_j) in nats of all pairs, (n, m), of images (n, D) and codes (m, d)."""
        ...


class Density(IntegrableDensity, Protocol):
    """A density with an approximation of p(z|x): what bounds ask for."""

    def proposal(self, x: Floats) -> Proposal:
        """Approximate p(z|x) for images (n, D); `GaussianProposal(mean, log_variance)` where that is a Gaussian."""
        ...


class AnnealableDensity(ImageDensity, Protocol):
    """A density that can be followed uphill and drawn from; no q(z|x) is needed."""

    def log_prior_gradient(self, z: Floats) -> tuple[Floats, Floats]:
        """Compute ln p(z) in nats (n, k) of codes (n, k, d), and its gradient (n, k, d)."""
        ...

    def log_likelihood_gradient(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Compute ln p(x_i | z_ij) in nats (n, k), and its gradient with respect to z (n, k, d)."""
        ...

    def simulate(self, z: Floats, random: np.random.Generator) -> Floats:
        """Draw one image from p(x|z) for each code: (n, d) to (n, D)."""
        ...


class DecoderNoiseDensity(IntegrableDensity, AnnealableDensity, Protocol):
    """A density that can be integrated where its code is small, and annealed where it is not."""


def standard_normal_log_density(z: Floats) -> Floats:
    """Compute ln N(z; 0, I) = -sum_d (z^2 + ln 2 pi) / 2 in nats: (..., d) to (...)."""
    codes = np.asarray(z, dtype=np.float64)
    return np.asarray(-0.5 * (np.square(codes) + LOG_TWO_PI).sum(axis=-1))


@dataclass(frozen=True)
class GaussianProposal:
    """The proposal q(z|x) = N(mean, diag exp(log_variance)) of n images.

    Raises `ValueError` for differing shapes, NaN or infinite values.

    Attributes:
        mean: (n, d).
        log_variance: (n, d), natural logarithms.
    """

    mean: Floats
    log_variance: Floats

    def __post_init__(self) -> None:
        for name, array in zip(("mean", "log_variance"), check_posterior(self.mean, self.log_variance), strict=True):
            object.__setattr__(self, name, array)

    def draw(self, k: int, random: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw z = mean + exp(log_variance / 2) epsilon `k` times for each image: (n, k, d), and ln q (n, k)."""
        n, d = self.mean.shape
        epsilon = random.standard_normal((n, k, d))
        log_density = -0.5 * (np.square(epsilon) + self.log_variance[:, None] + LOG_TWO_PI).sum(axis=-1)
        return self.mean[:, None] + np.exp(0.5 * self.log_variance)[:, None] * epsilon, np.asarray(log_density)


def check_observations(density: ImageDensity, name: str, images: Floats) -> Floats:
    """`images` (n, D) as a float64 matrix of which `density` has a likelihood.

    Raises:
        TypeError: a model in place of a density.
        ValueError: grey images for a density of binary ones, NaN, infinite values, or another shape.
    """
    # A model may have a `log_likelihood` too, of its own arguments; what is integrated over needs nothing more.
    integrable = hasattr(density, "log_likelihood") and not hasattr(density, "decode_logits")
    if not (integrable or hasattr(density, "proposal") or hasattr(density, "simulate")):
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
