"""Rate-distortion curve of a decoder: how few nats buy a reconstruction, whatever the encoder.

Integrated where the code has one or two dimensions, annealed where it has more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.annealing import AISSampler, AISSettings
from aezoo.metrics.likelihood.density import (
    AnnealableDensity,
    DecoderNoiseDensity,
    HasAllPairs,
    IntegrableDensity,
    check_observations,
)
from aezoo.metrics.likelihood.quadrature import covering_cells
from aezoo.seeds import generator

POWERS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
DEFAULT = AISSettings()
TOLERANCE = 0.01
"""In nats, of ln Z of an image: single precision, in which decoders compute, reaches no less for some autoencoders."""
WIDE, MOST_SHARED = 4_000, 100_000
"""New cells of a search that are so many that other images search them too, and how many are kept: 80 MB."""


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
    needs=("noisy_density", "x_few", "seed"),
    scores=tuple(
        Score(f"{name}_{power:g}", unit, "neither")
        for power in POWERS
        for name, unit in (("rd_rate", "nats per image"), ("rd_distortion", "squared intensity per image"))
    ),
    minimum_n=10,
    version=3,
    slow=True,
)
def rate_distortion_points(
    noisy_density: DecoderNoiseDensity, x_few: Floats, seed: int = 0, noise: float = 0.2
) -> dict[str, float]:
    """Six points of the rate-distortion curve of a decoder under its prior, for squared error; encoders are not used.

    For each t of 0.003, 0.01, 0.03, 0.1, 0.3 and 1, with ``q_t(z) ~ p(z) p(x|z)^t`` and p(x|z) the decoder under
    Gaussian noise of 0.2:

    - ``rd_rate_t``: ``KL(q_t(z) || p(z))``, in nats per image: the least that any code needs to reach the distortion.
    - ``rd_distortion_t``: ``E_(q_t)[|x - decode(z)|^2]``, the sum over pixels.

    The points are scores, so that they are averaged over seeds and have intervals as all scores; the figure of rate and
    distortion joins them. The slope of the curve is ``-beta = -t / (2 noise^2)`` nats per unit. Of two decoders the one
    with the lower rate at equal distortion is better; alone a point ranks nothing. A GAN, a VAE and an autoencoder
    compare, which has the Gaussian of its training codes for a prior. Where the code has one or two dimensions ln Z is
    integrated to 0.01 nats; where it has more, chains are annealed, whose rates are upper bounds in expectation, and
    tight as far as the chains mix. There is no standard error over images: an estimate would compute the curve a second
    time.

    Args:
        noisy_density: p(z), and the decoder under noise.
        x_few: images (n, D), float64 in [0, 1].
        seed: of the chains.
        noise: the standard deviation of the noise, which turns a log-likelihood into a squared error.

    Raises:
        ValueError: for NaN or infinite values.

    Limits: squared error is the only measure of an image, so that blur is cheap; of more than two dimensions rates are
    too high where chains mix badly.

    Source: Huang et al. 2020, arXiv:2008.06653, equations 4 to 6, and section 4 for the chains.
    """
    if noisy_density.latent_dim <= 2:
        curve = rate_distortion(noisy_density, x_few, POWERS, TOLERANCE)
    else:
        curve = annealed_rate_distortion(noisy_density, x_few, POWERS, seed)
    pixels = np.shape(x_few)[1]
    found = {}
    for power, rates, distortions in zip(POWERS, curve.rates, curve.distortions, strict=True):
        found[f"rd_rate_{power:g}"] = float(rates.mean())
        squares = 2 * noise**2 * (distortions - pixels * np.log(2 * np.pi * noise**2) / 2)
        found[f"rd_distortion_{power:g}"] = float(squares.mean())
    return found


def rate_distortion(
    density: IntegrableDensity, x: Floats, powers: tuple[float, ...], tolerance: float = 1e-4
) -> RateDistortion:
    """Integrate points of the rate-distortion curve over a code of one or two dimensions.

    ``R_t = t E_(q_t)[ln p(x|z)] - ln Z_t`` with ``q_t = p(z) p(x|z)^t / Z_t``, by the midpoint rule, with cells
    divided for each power as `grid_log_likelihood` divides them.

    Args:
        density: p(x, z) with d = 1 or 2.
        x: images (n, D), float64.
        powers: t, each above 0 and at most 1.
        tolerance: of ln Z_t, in nats.

    Raises:
        ValueError: for other powers, more than two dimensions, NaN or infinite values, or an integral that does not
            settle.
    """
    check_powers(powers)
    images = check_observations(density, "x", x)
    if density.latent_dim not in (1, 2):
        raise ValueError(f"the code has {density.latent_dim} dimensions; integrate over 1 or 2")
    shared = _SharedCells(density, images)
    points = [
        [_point(_Tempered(density, shared, i, t), image[None], tolerance) for i, image in enumerate(images)]
        for t in powers
    ]
    rates, distortions = np.array(points).transpose(2, 0, 1)
    return RateDistortion(np.array(powers, np.float64), rates, distortions)


def annealed_rate_distortion(
    density: AnnealableDensity, x: Floats, powers: tuple[float, ...], seed: int = 0, settings: AISSettings = DEFAULT
) -> RateDistortion:
    """Estimate points of the rate-distortion curve by annealed importance sampling, for a code of any dimension.

    ``R_t = t E_(q_t)[ln p(x|z)] - ln Z_t``, both by the weighted codes of the chains at beta = t.

    Args:
        density: p(z), p(x|z) and their gradients.
        x: images (n, D), float64.
        powers: t, each above 0 and at most 1.
        seed: of the chains.
        settings: chains, temperatures and leapfrog steps.

    Raises:
        ValueError: for other powers, NaN or infinite values.
    """
    check_powers(powers)
    images = check_observations(density, "x", x)
    sampler = AISSampler(density, images, settings, generator(seed, "rate-distortion curve"), powers)
    found = {}
    for beta, log_likelihoods, log_weights in sampler.path():
        if beta in powers:
            log_sums = logsumexp(log_weights, axis=1)
            mean = np.sum(np.exp(log_weights - log_sums[:, None]) * log_likelihoods, axis=1)
            found[beta] = (beta * mean - log_sums + np.log(settings.chains), -mean)
    rates, distortions = np.array([found[power] for power in powers]).transpose(1, 0, 2)
    return RateDistortion(np.array(powers, np.float64), rates, distortions)


def check_powers(powers: tuple[float, ...]) -> None:
    """Raise `ValueError` unless there are some powers, all above 0 and at most 1."""
    if not powers or min(powers) <= 0 or max(powers) > 1:
        raise ValueError(f"powers are {powers}; give some above 0 and at most 1")


class _SharedCells:
    """ln p(x|z) of every image at the cells that many images share, which are decoded once: those of a wide search."""

    def __init__(self, density: IntegrableDensity, images: Floats) -> None:
        self._density, self._images = density, images
        self._codes, self._places = np.empty(0, np.complex128), np.empty(0, np.int64)
        self._values: list[Floats] = []

    def log_likelihood(self, image: int, z: Floats) -> Floats:
        """Compute ln p(x|z) of one image, by its number, at z (m, d), d of one or two: (m,)."""
        codes = z[:, 0] + 1j * z[:, -1]
        new = ~self._is_known(codes)
        if WIDE <= new.sum() <= MOST_SHARED - len(self._codes):
            self._add(codes[new], z[new])
            new[:] = False
        values = np.empty(len(z))
        if new.any():
            values[new] = self._density.log_likelihood(self._images[image : image + 1], z[None, new])[0]
        if not new.all():
            known = np.concatenate([block[image] for block in self._values])
            values[~new] = known[self._places[np.searchsorted(self._codes, codes[~new])]]
        return values

    def _is_known(self, codes: NDArray[np.complex128]) -> NDArray[np.bool_]:
        if not len(self._codes):
            return np.zeros(len(codes), bool)
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return np.equal(self._codes[places], codes)

    def _add(self, codes: NDArray[np.complex128], z: Floats) -> None:
        every = np.concatenate([self._codes, codes])
        places = np.concatenate([self._places, len(self._places) + np.arange(len(codes))])
        order = np.argsort(every)
        self._codes, self._places = every[order], places[order]
        self._values.append(log_likelihoods(self._density, self._images, z))


def log_likelihoods(density: IntegrableDensity, x: Floats, z: Floats) -> Floats:
    """Compute ln p(x_i | z_j) in nats of all pairs, (n, m), of images (n, D) and codes (m, d)."""
    if isinstance(density, HasAllPairs):
        return density.log_likelihoods(x, z)
    return np.concatenate([density.log_likelihood(image[None], z[None]) for image in x])


@dataclass(frozen=True)
class _Tempered:
    """The density p(z) p(x|z)^t of one image, but for its normalising constant, which is what is integrated for."""

    density: IntegrableDensity
    shared: _SharedCells
    image: int
    power: float

    @property
    def binary(self) -> bool:
        return self.density.binary

    @property
    def latent_dim(self) -> int:
        return self.density.latent_dim

    def sample_prior(self, n: int, random: np.random.Generator) -> Floats:
        return self.density.sample_prior(n, random)

    def log_prior(self, z: Floats) -> Floats:
        return self.density.log_prior(z)

    def log_likelihood(self, x: Floats, z: Floats) -> Floats:
        return self.power * self.shared.log_likelihood(self.image, z[0])[None]


def _point(tempered: _Tempered, image: Floats, tolerance: float) -> tuple[float, float]:
    """The rate and the distortion of one image (1, D), in nats."""
    cells = covering_cells(tempered, image, tolerance)
    weights = np.exp(cells.log_masses - cells.log_integral)
    mean = float(weights @ tempered.log_likelihood(image, cells.centres[None])[0])
    return mean - cells.log_integral, -mean / tempered.power
