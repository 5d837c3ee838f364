"""Fréchet distance of infinitely many images, extrapolated: free of the bias by which fewer images are further away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.samples.frechet import frechet_distance, frechet_influence
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_features

PARTS = (1, 2, 3)
"""Disjoint parts into which each side is cut: 1 / n of the parts is evenly spaced, and no image is left out."""


def _influences(real: Floats, fake: Floats) -> Influences:
    """Compute the influences of the plain distance, which are those of the extrapolated one but for higher orders.

    The mean over parts has the influences of the whole, and the weights of the fit add up to 1.
    """
    return {"fd_infinity": {"real": frechet_influence(real, fake), "fake": frechet_influence(fake, real)}}


@METRICS.register(
    "fd_infinity",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=(Score("fd_infinity", "squared feature units", "lower", 0.0),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("real", "fake")),
    redundant_with={"fd_infinity": "fd"},
)
def fd_infinity(real: Floats, fake: Floats, seed: int = 0) -> float:
    """Fréchet distance extrapolated to infinitely many images on both sides.

    The distance of n images a side is ``FD_n = a + b / n`` but for smaller terms, and b differs between generators.
    Both sides are cut at random into 1, 2 and 3 parts; the means over parts are fitted by least squares, and a is
    the score. Lower is better, 0 expected for equal distributions, so that it may be negative, by chance alone. Parts
    that are not several times as large as the number of features leave smaller terms, and a is then too low. The
    standard error is that of the plain distance.

    Args:
        real: features of real images, (n, d), n >= 6.
        fake: features of generated images, (m, d), m >= 6; another number than n is allowed.
        seed: of the parts.

    Raises:
        ValueError: for differing widths, a side of fewer than 6 rows, NaN or infinite values.

    Source: Chong and Forsyth 2020, arXiv:1911.07023, section 4, with both sides cut.
    """
    real, fake = check_features(real, fake, minimum_rows=2 * max(PARTS))
    random = np.random.default_rng(seed)
    real, fake = (side[random.permutation(len(side))] for side in (real, fake))
    distances = [
        float(np.mean([frechet_distance(*pair) for pair in zip(*_cut(real, fake, parts), strict=True)]))
        for parts in PARTS
    ]
    return extrapolate(PARTS, distances)


def _cut(real: Floats, fake: Floats, parts: int) -> tuple[list[Floats], list[Floats]]:
    return np.array_split(real, parts), np.array_split(fake, parts)


def extrapolate(inverse_sizes: Sequence[float], values: Sequence[float] | Floats) -> float:
    """Fit ``value = a + b t`` by least squares and return a, the value at t = 0; t is 1 / n in any unit."""
    return float(np.polynomial.polynomial.polyfit(inverse_sizes, values, 1)[0])
