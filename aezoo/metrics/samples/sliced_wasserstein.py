"""Sliced Wasserstein distance: optimal transport along random directions."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_features

PROJECTIONS = 500
BLOCK_DIRECTIONS = 50


def _influences(real: Floats, fake: Floats, seed: int) -> Influences:
    """The influences: Kantorovich potentials of the squared distance, averaged over the first directions, divided by
    twice the distance."""
    directions = _directions(seed, real.shape[1], PROJECTIONS)[:, :BLOCK_DIRECTIONS]
    projected = real @ directions, fake @ directions
    distance = np.sqrt(_summed_squares(*projected) / BLOCK_DIRECTIONS)
    scale = 2 * BLOCK_DIRECTIONS * max(distance, np.finfo(np.float64).tiny)
    potentials = {"real": _potentials(*projected), "fake": _potentials(*projected[::-1])}
    return {"sliced_wasserstein": {side: potential.sum(axis=1) / scale for side, potential in potentials.items()}}


def _potentials(own: Floats, other: Floats) -> Floats:
    """The integral, in each column, of ``2 (t - T(t))`` up to each row of `own`, T its monotone map to `other`."""
    order = np.argsort(own, axis=0)
    positions = np.take_along_axis(own, order, axis=0)
    apart = positions - np.sort(other, axis=0)
    steps = np.diff(positions, axis=0) * (apart[1:] + apart[:-1])
    potentials = np.zeros_like(own)
    np.put_along_axis(potentials, order[1:], np.cumsum(steps, axis=0), axis=0)
    return potentials


@METRICS.register(
    "sliced_wasserstein",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=(Score("sliced_wasserstein", "feature units", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("real", "fake", "seed")),
)
def sliced_wasserstein(real: Floats, fake: Floats, seed: int, projections: int = PROJECTIONS) -> float:
    """Sliced 2-Wasserstein distance ``sqrt(mean_theta W2^2(theta.real, theta.fake))``.

    Along each direction ``theta``, uniform on the sphere, ``W2^2`` is the mean squared difference of the
    sorted projections. In [0, inf), lower is better; 0 for equal sets. A shift by D gives about
    ``|D| / sqrt(d)``. Two samples of one distribution are not 0 apart: compare values of equal n only.

    Args:
        real: features of real images, (n, d).
        fake: features of as many generated images, (n, d).
        seed: of the directions, drawn as normal vectors by NumPy's default generator.
        projections: the number of directions.

    Raises:
        ValueError: for differing widths or numbers of rows, no projections, NaN or infinite values.

    Source: Bonneel et al. 2015, "Sliced and Radon Wasserstein barycenters of measures", equation 7.
    """
    real, fake = check_features(real, fake, minimum_rows=1)
    if len(real) != len(fake) or projections < 1:
        raise ValueError(
            f"real has {len(real)} rows, fake {len(fake)}, and there are {projections} projections; "
            "give as many rows on each side and at least one projection"
        )
    directions = _directions(seed, real.shape[1], projections)
    parts = (directions[:, start : start + BLOCK_DIRECTIONS] for start in range(0, projections, BLOCK_DIRECTIONS))
    return float(np.sqrt(sum(_summed_squares(real @ part, fake @ part) for part in parts) / projections))


def _directions(seed: int, dimensions: int, projections: int) -> Floats:
    directions = np.random.default_rng(seed).normal(size=(dimensions, projections))
    return np.asarray(directions / np.linalg.norm(directions, axis=0))


def _summed_squares(real: Floats, fake: Floats) -> float:
    """The squared 2-Wasserstein distance of each pair of columns, summed over columns."""
    apart = np.sort(real.T, axis=1) - np.sort(fake.T, axis=1)
    return float(np.square(apart).mean(axis=1).sum())
