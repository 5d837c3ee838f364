"""Fréchet distance (FD) between the Gaussians of real and generated features."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_features

MIN_VARIANCE = 1e-12
"""Relative to the largest: directions with less have no inverse."""


def _frechet_influences(real: Floats, fake: Floats) -> Influences:
    """The influences ``(x - m1)' (I - T) (x - m1) + 2 (m1 - m2)' (x - m1)``, T the optimal map of the Gaussian of the
    reals to that of the fakes; of a fake with the sides exchanged."""
    return {"fd": {"real": frechet_influence(real, fake), "fake": frechet_influence(fake, real)}}


def frechet_influence(own: Floats, other: Floats) -> Floats:
    """Compute the influence on `frechet_distance` of each row of one side, (n,)."""
    covariance, target = (np.atleast_2d(np.cov(side, rowvar=False)) for side in (own, other))
    values, vectors = np.linalg.eigh(covariance)
    kept = values > MIN_VARIANCE * values[-1]
    roots = np.sqrt(values[kept])
    to_whitened, back = vectors[:, kept] * roots, (vectors[:, kept] / roots).T
    middle_values, middle = np.linalg.eigh(to_whitened.T @ target @ to_whitened)
    root = middle * np.sqrt(middle_values.clip(min=0)) @ middle.T
    centred = own - own.mean(axis=0)
    change = centred - centred @ (back.T @ root @ back)
    return np.asarray(np.einsum("ij,ij->i", change, centred) + 2 * centred @ (own.mean(axis=0) - other.mean(axis=0)))


@METRICS.register(
    "fd",
    question="samples",
    needs=("real", "fake"),
    scores=(Score("fd", "squared feature units", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_frechet_influences, ("real", "fake")),
    headline={"fd": 1},
)
def frechet_distance(real: Floats, fake: Floats) -> float:
    """Fréchet distance between Gaussians of the same means and covariances as the two sets.

    ``|m1 - m2|^2 + Tr(S1 + S2 - 2 (S1^(1/2) S2 S1^(1/2))^(1/2))`` with sample covariances (divisor n - 1).
    In [0, inf), lower is better; 0 for equal sets. Sees two moments only, and is biased upward by about
    ``(d^2 + 5 d) (1 / n + 1 / m) / 4`` for equal unit Gaussians: compare values of equal n only.

    Args:
        real: features of real images, (n, d), n >= 2; fewer rows than columns are allowed.
        fake: features of generated images, (m, d), m >= 2.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, NaN or infinite values.

    Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv:1706.08500, equation 6.
    """
    real, fake = check_features(real, fake, minimum_rows=2)
    shift = real.mean(axis=0) - fake.mean(axis=0)
    real_covariance, fake_covariance = (np.atleast_2d(np.cov(side, rowvar=False)) for side in (real, fake))
    values, vectors = np.linalg.eigh(real_covariance)
    root = vectors * np.sqrt(values.clip(min=0)) @ vectors.T
    overlap = np.sqrt(np.linalg.eigvalsh(root @ fake_covariance @ root).clip(min=0)).sum()
    squared = shift @ shift + np.trace(real_covariance) + np.trace(fake_covariance) - 2 * overlap
    return max(float(squared), 0.0)
