"""Rate-distortion curve of a decoder: how few nats buy a reconstruction, whatever the encoder; exact in the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.density import Density, Proposal, check_observations
from aezoo.metrics.likelihood.quadrature import covering_cells

POWERS = (0.1, 0.3, 1.0)


@dataclass(frozen=True)
class RateDistortion:
    """Points of a rate-distortion curve of some images.

    Attributes:
        powers: t of each point, (t,).
        rates: ``KL(q_t(z) || p(z))`` of each image in nats, (t, n).
        distortions: ``-E_(q_t)[ln p(x|z)]`` of each image in nats, (t, n).
    """

    powers: Floats
    rates: Floats
    distortions: Floats


@METRICS.register(
    "rate_distortion_curve",
    question="likelihood",
    needs=("planar_noisy_density", "x_few"),
    scores=tuple(
        Score(f"{name}_{power:g}", unit, "neither")
        for power in POWERS
        for name, unit in (("rd_rate", "nats per image"), ("rd_distortion", "squared intensity per image"))
    ),
    minimum_n=10,
    slow=True,
)
def rate_distortion_points(planar_noisy_density: Density, x_few: Floats, noise: float = 0.2) -> dict[str, float]:
    """Three points of the rate-distortion curve of a decoder under its prior, for squared error; encoders are not used.

    For each t of 0.1, 0.3 and 1, with ``q_t(z) ~ p(z) p(x|z)^t`` and p(x|z) the decoder under Gaussian noise of 0.2:

    - ``rd_rate_t``: ``KL(q_t(z) || p(z))``, in nats per image: the least that any code needs to reach the distortion.
    - ``rd_distortion_t``: ``E_(q_t)[|x - decode(z)|^2]``, the sum over pixels.

    The slope of the curve is ``-beta = -t / (2 noise^2)`` nats per unit. Of two decoders the one with the lower rate
    at equal distortion is better; alone a point ranks nothing. Integrated, not sampled; a GAN, a VAE and an autoencoder
    with a prior compare.

    Args:
        planar_noisy_density: p(z) with d = 1 or 2, and the decoder under noise.
        x_few: images (n, D), float64 in [0, 1].
        noise: the standard deviation of the noise, which turns a log-likelihood into a squared error.

    Raises:
        ValueError: for more than two dimensions, NaN or infinite values.

    Source: Huang et al. 2020, arXiv:2008.06653, equations 4 to 6, which anneals where this integrates.
    """
    curve = rate_distortion(planar_noisy_density, x_few, POWERS)
    pixels = np.shape(x_few)[1]
    found = {}
    for power, rates, distortions in zip(POWERS, curve.rates, curve.distortions, strict=True):
        found[f"rd_rate_{power:g}"] = float(rates.mean())
        squares = 2 * noise**2 * (distortions - pixels * np.log(2 * np.pi * noise**2) / 2)
        found[f"rd_distortion_{power:g}"] = float(squares.mean())
    return found


def rate_distortion(density: Density, x: Floats, powers: tuple[float, ...]) -> RateDistortion:
    """Integrate points of the rate-distortion curve over a code of one or two dimensions.

    ``R_t = t E_(q_t)[ln p(x|z)] - ln Z_t`` with ``q_t = p(z) p(x|z)^t / Z_t``, by the midpoint rule, with cells
    divided for each power as `grid_log_likelihood` divides them.

    Args:
        density: p(x, z) with d = 1 or 2.
        x: images (n, D), float64.
        powers: t, each above 0 and at most 1.

    Raises:
        ValueError: for other powers, more than two dimensions, NaN or infinite values.
    """
    if not powers or min(powers) <= 0 or max(powers) > 1:
        raise ValueError(f"powers are {powers}; give some above 0 and at most 1")
    images = check_observations(density, "x", x)
    if density.latent_dim not in (1, 2):
        raise ValueError(f"the code has {density.latent_dim} dimensions; integrate over 1 or 2")
    points = [[_point(_Tempered(density, t), image[None]) for image in images] for t in powers]
    rates, distortions = np.array(points).transpose(2, 0, 1)
    return RateDistortion(np.array(powers, np.float64), rates, distortions)


@dataclass(frozen=True)
class _Tempered:
    """The density p(z) p(x|z)^t but for its normalising constant, which is what is integrated for."""

    density: Density
    power: float

    @property
    def binary(self) -> bool:
        return self.density.binary

    @property
    def latent_dim(self) -> int:
        return self.density.latent_dim

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        return self.density.sample_prior(n, random)

    def proposal(self, x: Floats) -> Proposal:
        return self.density.proposal(x)

    def log_prior(self, z: Floats) -> Floats:
        return self.density.log_prior(z)

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        return self.power * self.density.log_likelihood(x, z)


def _point(tempered: _Tempered, image: Floats) -> tuple[float, float]:
    """The rate and the distortion of one image (1, D), in nats."""
    cells = covering_cells(tempered, image)
    weights = np.exp(cells.log_masses - cells.log_integral)
    mean = float(weights @ tempered.log_likelihood(image, cells.centres[None])[0])
    return mean - cells.log_integral, -mean / tempered.power
