"""Distances between the distributions of real and generated features."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.samples.checks import two_sides

ROWS = 256


@METRICS.register(
    "fd",
    question="samples",
    needs=("real", "fake"),
    scores=(Score("fd", "squared feature units", "lower", 0.0, (0.0, np.inf)),),
    minimum_n=1000,
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
    real, fake = two_sides(real, fake, minimum_rows=2)
    shift = real.mean(axis=0) - fake.mean(axis=0)
    real_covariance, fake_covariance = (np.atleast_2d(np.cov(side, rowvar=False)) for side in (real, fake))
    values, vectors = np.linalg.eigh(real_covariance)
    root = vectors * np.sqrt(values.clip(min=0)) @ vectors.T
    overlap = np.sqrt(np.linalg.eigvalsh(root @ fake_covariance @ root).clip(min=0)).sum()
    squared = shift @ shift + np.trace(real_covariance) + np.trace(fake_covariance) - 2 * overlap
    return max(float(squared), 0.0)


@METRICS.register(
    "kd",
    question="samples",
    needs=("real", "fake"),
    scores=(Score("kd", "kernel units", "lower", 0.0),),
    minimum_n=1000,
)
def kernel_distance(real: Floats, fake: Floats) -> float:
    """Kernel distance: the unbiased estimate of the squared maximum mean discrepancy, kernel ``(x.y / d +
    1)^3``.

    ``mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)``. Lower is better;
    its expectation is 0 for equal distributions, so that it may be negative. Not invariant to the scale of
    the features.

    Args:
        real: features of real images, (n, d), n >= 2.
        fake: features of generated images, (m, d), m >= 2.

    Raises:
        ValueError: for differing widths, a side of fewer than 2 rows, NaN or infinite values.

    Source: Gretton et al. 2012, equation 3; Binkowski et al. 2018, arXiv:1801.01401, for the kernel.
    """
    real, fake = two_sides(real, fake, minimum_rows=2)
    cross = _kernel_sum(real, fake) / (len(real) * len(fake))
    return _mean_off_diagonal(real) + _mean_off_diagonal(fake) - 2 * cross


def _mean_off_diagonal(x: Floats) -> float:
    diagonal = float(np.sum((np.square(x).sum(axis=1) / x.shape[1] + 1) ** 3))
    return (_kernel_sum(x, x) - diagonal) / (len(x) * (len(x) - 1))


def _kernel_sum(x: Floats, y: Floats) -> float:
    """The sum of the kernel over all pairs, a block of rows at a time."""
    total = 0.0
    for start in range(0, len(x), ROWS):
        base = x[start : start + ROWS] @ y.T
        base /= x.shape[1]
        base += 1
        total += float(np.vdot(base, base * base))
    return total
