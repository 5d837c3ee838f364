"""The log-likelihood itself, where the code is small enough to integrate over: what the bounds are held against."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.bits import bits_score, in_nats_and_bits
from aezoo.metrics.likelihood.bounds import BINARY
from aezoo.metrics.likelihood.density import IntegrableDensity, check_observations

MIN_REACH = 8.0
"""Codes beyond have a probability below 3e-15 under N(0, 1)."""
MAX_REACH = 100.0
PRIOR_DRAWS, REACH_FACTOR = 10_000, 1.5
"""A prior that is wider than N(0, I) is integrated as far as this many times its widest draw."""
CELL = 0.25
"""Width of a cell at first."""
FIRST_MARGIN, MARGIN = 50.0, 20.0
"""Cells that hold less than exp(-20) of the largest are not divided further; at first, when a cell's centre tells
little of what it holds, less than exp(-50)."""
MAX_DIVISIONS = 12


@METRICS.register(
    "grid",
    question="likelihood",
    needs=("planar_density", "x_binary_few"),
    scores=(Score("log_likelihood_binary", BINARY, "higher"), bits_score("log_likelihood")),
    minimum_n=10,
    version=3,
    slow=True,
    headline={"log_likelihood_binary": 8},
    redundant_with={"log_likelihood_bits_per_dim": "log_likelihood_binary"},
)
def mean_grid_log_likelihood(planar_density: IntegrableDensity, x_binary_few: Floats) -> dict[str, float]:
    """The mean over images of ln p(x) itself: by numerical integration over a code of one or two dimensions.

    A model that computes ln p(x) without a code has nothing to integrate over, and the mean is that of its own values.

    - ``log_likelihood_binary``: ``ln p(x) = ln integral of p(z) p(x|z) dz`` in nats per image, higher is better; exact
      to 0.001 nats, where the bounds fall short by an unknown amount.
    - ``log_likelihood_bits_per_dim``: the same in bits per pixel, ``-ln p(x) / (784 ln 2)``, lower is better.

    Args:
        planar_density: p(x, z) with d = 0, 1 or 2.
        x_binary_few: images (n, D), float64; binary for a Bernoulli density.

    Raises:
        TypeError: a model in place of a density.
        ValueError: as `grid_log_likelihood`.

    Limits: exact as it is, a high likelihood does not make samples look real.

    Source: the definition, by the midpoint rule.
    """
    return in_nats_and_bits("log_likelihood", float(grid_log_likelihood(planar_density, x_binary_few).mean()))


def grid_log_likelihood(density: IntegrableDensity, x: Floats, tolerance: float = 1e-4) -> Floats:
    """``ln p(x) = ln integral of p(z) p(x|z) dz`` of each image, by the midpoint rule over z in [-r, r]^d: (n,).

    In nats. r is 8, or half as much again as the widest of 10,000 draws of the prior where that is more, and is doubled
    for an image whose codes lie further out. Cells that matter are halved along each axis until an image's value moves
    by less than `tolerance`; as the rule's error falls by four each time, a third of it remains. q(z|x) is not used.
    Where d is 0, p(x|z) is p(x), and there is nothing to integrate over.

    Args:
        density: p(x, z) with d = 0, 1 or 2.
        x: images (n, D), float64.
        tolerance: in nats.

    Raises:
        ValueError: for more than two dimensions, NaN or infinite values, codes too far out to integrate over, or a
            value that does not settle.
    """
    images = check_observations(density, "x", x)
    dimensions = density.latent_dim
    if dimensions == 0:
        return density.log_likelihood(images, np.empty((len(images), 1, 0)))[:, 0]
    if dimensions not in (1, 2):
        raise ValueError(f"the code has {dimensions} dimensions; integrate over 1 or 2, use ais_bound for more")
    reach = _reach(density)
    return np.array([_integrate(density, image[None], reach, tolerance) for image in images])


def _reach(density: IntegrableDensity) -> float:
    """Half the width of the square that is integrated over at first."""
    widest = float(np.abs(density.sample_prior(PRIOR_DRAWS, np.random.default_rng(0))).max())
    reach = max(MIN_REACH, REACH_FACTOR * widest)
    if not reach <= MAX_REACH:
        raise ValueError(f"the prior draws codes as far out as {widest:g}, too wide to integrate; use ais_bound")
    return reach


@dataclass(frozen=True)
class Cells:
    """Cells that cover all codes of an image, fine where they matter.

    Attributes:
        centres: (m, d).
        log_masses: ln of volume times p(z) p(x|z) at the centre, (m,).
        log_integral: their sum, ln p(x), in nats.
    """

    centres: Floats
    log_masses: Floats
    log_integral: float


def covering_cells(density: IntegrableDensity, image: Floats, tolerance: float = 1e-4) -> Cells:
    """Divide the codes of an image (1, D) into cells, as `grid_log_likelihood` does for its integral."""
    return _divide(density, image, _reach(density), tolerance)


def _integrate(density: IntegrableDensity, image: Floats, reach: float, tolerance: float) -> float:
    return _divide(density, image, reach, tolerance).log_integral


def _divide(density: IntegrableDensity, image: Floats, reach: float, tolerance: float) -> Cells:
    centres, width, masses = _first_cells(density, image, reach, tolerance)
    kept: list[tuple[Floats, Floats]] = []
    corners = np.array(list(itertools.product((-0.25, 0.25), repeat=density.latent_dim)))
    coarse, previous, margin = -np.inf, np.nan, FIRST_MARGIN
    for _ in range(MAX_DIVISIONS):
        total = float(np.logaddexp(coarse, logsumexp(masses)))
        if abs(total - previous) < tolerance:
            kept.append((centres, masses))
            every, log_masses = (np.concatenate(parts) for parts in zip(*kept, strict=True))
            return Cells(every, log_masses, total)
        matters = masses > masses.max() - margin
        kept.append((centres[~matters], masses[~matters]))
        coarse = float(np.logaddexp(coarse, logsumexp(masses[~matters]))) if not matters.all() else coarse
        centres = (centres[matters][:, None] + corners * width).reshape(-1, density.latent_dim)
        width, previous, margin = width / 2, total, MARGIN
        masses = _log_masses(density, image, centres, width)
    raise ValueError(f"ln p(x) still moves by more than {tolerance} nats in cells {width:g} wide; raise tolerance")


def _first_cells(
    density: IntegrableDensity, image: Floats, reach: float, tolerance: float
) -> tuple[Floats, float, Floats]:
    """Make centres (m, d), width and masses (m,) of cells that cover all codes of an image.

    An image unlike those that the prior gives has codes further out: the square grows until its outermost cells hold
    next to nothing.
    """
    while reach <= MAX_REACH:
        cells = int(np.ceil(2 * reach / CELL))
        width = 2 * reach / cells
        axis = (np.arange(cells) + 0.5) * width - reach
        centres = np.stack(np.meshgrid(*[axis] * density.latent_dim), axis=-1).reshape(-1, density.latent_dim)
        masses = _log_masses(density, image, centres, width)
        outermost = np.abs(centres).max(axis=1) > reach - width
        if logsumexp(masses[outermost]) < logsumexp(masses) + np.log(tolerance or np.finfo(np.float64).tiny):
            return centres, width, masses
        reach *= 2
    raise ValueError(f"the codes of an image lie beyond {MAX_REACH:g}, too far to integrate; use ais_bound")


def _log_masses(density: IntegrableDensity, image: Floats, centres: Floats, width: float) -> Floats:
    """Compute ln of width^d p(z) p(x|z) at the centres (m, d): (m,)."""
    z = centres[None]
    return np.asarray((density.log_likelihood(image, z) + density.log_prior(z))[0] + centres.shape[1] * np.log(width))
