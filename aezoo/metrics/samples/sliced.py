"""Sliced Wasserstein distance: optimal transport along random directions."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.samples.checks import two_sides

PROJECTIONS = 500
AT_ONCE = 50


@METRICS.register(
    "sliced_wasserstein",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=(Score("sliced_wasserstein", "feature units", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=1000,
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
    real, fake = two_sides(real, fake, minimum_rows=1)
    if len(real) != len(fake) or projections < 1:
        raise ValueError(
            f"real has {len(real)} rows, fake {len(fake)}, and there are {projections} projections; "
            "give as many rows on each side and at least one projection"
        )
    directions = np.random.default_rng(seed).normal(size=(real.shape[1], projections))
    directions /= np.linalg.norm(directions, axis=0)
    parts = (directions[:, start : start + AT_ONCE] for start in range(0, projections, AT_ONCE))
    return float(np.sqrt(sum(_summed_squares(real @ part, fake @ part) for part in parts) / projections))


def _summed_squares(real: Floats, fake: Floats) -> float:
    """The squared 2-Wasserstein distance of each pair of columns, summed over columns."""
    apart = np.sort(real.T, axis=1) - np.sort(fake.T, axis=1)
    return float(np.square(apart).mean(axis=1).sum())
