"""The log-likelihood itself, where the code is small enough to integrate over: what the bounds are held against."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.special import logsumexp

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.likelihood.bounds import BINARY
from aezoo.metrics.likelihood.density import Density, check_observations

HALF_WIDTH = 8.0
"""Codes beyond have prior probability below 3e-15."""
CELLS = 64
"""Cells along an axis at first: 0.25 wide."""
FIRST_MARGIN, MARGIN = 50.0, 20.0
"""Cells that hold less than exp(-20) of the largest are not divided further; at first, when a cell's centre tells
little of what it holds, less than exp(-50)."""
MAX_DIVISIONS = 12


@METRICS.register(
    "grid",
    question="likelihood",
    needs=("planar_density", "x_binary_few"),
    scores=(Score("log_likelihood_binary", BINARY, "higher"),),
    minimum_n=10,
    slow=True,
    headline={"log_likelihood_binary": 6},
)
def mean_grid_log_likelihood(planar_density: Density, x_binary_few: Floats) -> float:
    """The mean over images of ln p(x), by numerical integration over a code of one or two dimensions.

    ``ln p(x) = ln integral of N(z; 0, I) p(x|z) dz`` in nats per image, higher is better; exact to 0.001 nats, where
    the bounds fall short by an unknown amount.

    Args:
        planar_density: p(x, z) with d = 1 or 2.
        x_binary_few: images (n, D), float64; binary for a Bernoulli density.

    Raises:
        TypeError: a model in place of a density.
        ValueError: as `grid_log_likelihood`.

    Source: the definition, by the midpoint rule.
    """
    return float(grid_log_likelihood(planar_density, x_binary_few).mean())


def grid_log_likelihood(density: Density, x: Floats, tolerance: float = 1e-4) -> Floats:
    """``ln p(x) = ln integral of N(z; 0, I) p(x|z) dz`` of each image, by the midpoint rule over z in [-8, 8]^d: (n,).

    In nats. Cells that matter are halved along each axis until an image's value moves by less than `tolerance`; as
    the rule's error falls by four each time, a third of it remains. q(z|x) is not used.

    Args:
        density: p(x, z) with d = 1 or 2.
        x: images (n, D), float64.
        tolerance: in nats.

    Raises:
        ValueError: for more than two dimensions, NaN or infinite values, or a value that does not settle.
    """
    images = check_observations(density, "x", x)
    dimensions = density.latent_dim
    if dimensions not in (1, 2):
        raise ValueError(f"the code has {dimensions} dimensions; integrate over 1 or 2, use ais_bound for more")
    return np.array([_integrate(density, image[None], dimensions, tolerance) for image in images])


def _integrate(density: Density, image: Floats, dimensions: int, tolerance: float) -> float:
    width = 2 * HALF_WIDTH / CELLS
    axis = (np.arange(CELLS) + 0.5) * width - HALF_WIDTH
    centres = np.stack(np.meshgrid(*[axis] * dimensions), axis=-1).reshape(-1, dimensions)
    corners = np.array(list(itertools.product((-0.25, 0.25), repeat=dimensions)))
    coarse, previous, margin = -np.inf, np.nan, FIRST_MARGIN
    for _ in range(MAX_DIVISIONS):
        masses = _log_masses(density, image, centres, width)
        total = float(np.logaddexp(coarse, logsumexp(masses)))
        if abs(total - previous) < tolerance:
            return total
        matters = masses > masses.max() - margin
        coarse = float(np.logaddexp(coarse, logsumexp(masses[~matters]))) if not matters.all() else coarse
        centres = (centres[matters][:, None] + corners * width).reshape(-1, dimensions)
        width, previous, margin = width / 2, total, MARGIN
    raise ValueError(f"ln p(x) still moves by more than {tolerance} nats in cells {width:g} wide; raise tolerance")


def _log_masses(density: Density, image: Floats, centres: Floats, width: float) -> Floats:
    """ln of width^d N(z; 0, I) p(x|z) at the centres (m, d): (m,)."""
    log_prior = -0.5 * (np.square(centres) + np.log(2 * np.pi)).sum(axis=1)
    return np.asarray(density.log_likelihood(image, centres[None])[0] + log_prior + centres.shape[1] * np.log(width))
