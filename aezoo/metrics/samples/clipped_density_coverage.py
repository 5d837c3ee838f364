"""Clipped density and clipped coverage: density and coverage made linear in the share of bad images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.pairwise import distance_bounds, pairs_within, squared_radii, unique_rows
from aezoo.metrics.validation import check_features

Counts = NDArray[np.int64]

ROUNDING = 1e-10
"""Relative: a coverage that is some f(m) in exact arithmetic must not be above it by rounding."""


@METRICS.register(
    "clipped_density_coverage",
    question="samples",
    needs=("real", "fake"),
    scores=(
        Score("clipped_density", "share", "higher", 1.0, (0.0, 1.0)),
        Score("clipped_coverage", "share", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
)
def clipped_density_coverage(real: Floats, fake: Floats, k: int = 5) -> dict[str, float]:
    """Density and coverage that outliers cannot lift, calibrated so that a value is the share of good images.

    R_i is the distance from real i to its k-th nearest real, itself not counted.

    - ``clipped_density``: ``min(1, a(fake) / a(real))`` with ``a(y) = mean_j min(1, #{i: |y_j - x_i| <= r_i} / k)``
      and radii ``r_i = min(R_i, median R)``; a real is not counted in its own ball. In [0, 1], higher is better.
      Replacing a share e of the fakes by ones far from all reals multiplies it by 1 - e, before it is cut at 1.
    - ``clipped_coverage``: ``g(mean_i min(1, #{j: |y_j - x_i| < R_i} / k))``, in [0, 1], higher is better. g gives
      the share of fakes that, drawn as the reals are, would cover as much: ``g(y) = #{m in 0..M: f(m) < y} /
      (M + 1)`` for M fakes, where ``f(m) = E[min(J, k)] / k`` for a beta-binomial J of m trials, a = k and b = n - k,
      and f(m) = 0 for m < k.

    New real images have a density somewhat below 1, 0.94 of 2,000 digits by judge features: the radii, and the a(real)
    by which it is divided, are fitted to the same reals.

    There is no standard error: both hang on distances to nearest neighbours, whose spread over real images neither the
    bootstrap nor subsampling gives (see `aezoo.metrics.standard_errors`).

    Args:
        real: features of real images, (n, d), n > k + 1.
        fake: features of generated images, (m, d).
        k: which neighbour gives the radius, and how many images fill a ball.

    Raises:
        ValueError: for differing widths, k < 1, too few rows, NaN or infinite values.

    Source: Salvy, Talbot and Thirion 2026, arXiv:2507.01761, whose published code gives the same values.
    """
    real, fake = check_features(real, fake, minimum_rows=1)
    if k < 1 or len(real) < k + 2:
        raise ValueError(f"k is {k} with {len(real)} real rows; give a k of at least 1, and more than k + 1 reals")
    (reals, real_counts), (fakes, fake_counts) = unique_rows(real), unique_rows(fake)
    radii = squared_radii(reals, real_counts, k)
    clipped = np.nextafter(np.minimum(radii, _median_squared(radii, real_counts)), np.inf)  # closed balls
    covered = np.zeros(len(reals), dtype=np.int64)
    around_fakes, around_reals = np.zeros(len(fakes), dtype=np.int64), -np.ones(len(reals), dtype=np.int64)
    for start, lower, slack in distance_bounds(reals, fakes):
        own = slice(start, start + len(lower))
        rows, columns = pairs_within(lower, slack, radii[own, None], reals[own], fakes)
        np.add.at(covered, start + rows, fake_counts[columns])
        rows, columns = pairs_within(lower, slack, clipped[own, None], reals[own], fakes)
        np.add.at(around_fakes, columns, real_counts[start + rows])
    for start, lower, slack in distance_bounds(reals, reals):
        own = slice(start, start + len(lower))
        rows, columns = pairs_within(lower, slack, clipped[own, None], reals[own], reals)
        np.add.at(around_reals, columns, real_counts[start + rows])
    density = _filled(around_fakes, fake_counts, k) / _filled(around_reals, real_counts, k)
    return {
        "clipped_density": min(1.0, density),
        "clipped_coverage": equivalent_share(_filled(covered, real_counts, k), len(real), len(fake), k),
    }


def equivalent_share(coverage: float, reals: int, fakes: int, k: int) -> float:
    """Compute the share of `fakes` that, drawn as the reals are, would give this mean clipped count."""
    below = np.searchsorted(expected_coverage(reals, fakes, k), coverage * (1 - ROUNDING))
    return float(below / (fakes + 1))


def expected_coverage(reals: int, fakes: int, k: int) -> Floats:
    """Compute f(m) for m = 0 to `fakes`: the mean over reals of min(1, count / k) if m fakes are drawn as they are.

    ``1 - sum_(j < k) (1 - j / k) P(J = j)``; 0 for m < k. Shape (fakes + 1,).
    """
    m, j = np.arange(k, fakes + 1)[:, None], np.arange(k)
    missing = betabinom.pmf(j, m, k, reals - k) @ (1 - j / k)
    return np.maximum.accumulate(np.concatenate([np.zeros(min(k, fakes + 1)), 1 - missing]))  # rounding, near 1


def _filled(counts: Counts, repeats: Counts, k: int) -> float:
    """The mean of ``min(1, count / k)`` over rows that occur `repeats` times."""
    return float(np.minimum(counts, k) @ repeats / (k * repeats.sum()))


def _median_squared(squared: Floats, counts: Counts) -> float:
    """The square of the median distance; of an odd number of distances one of `squared`, unrounded."""
    ordered = np.sort(np.repeat(squared, counts))
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return float(low if low == high else np.square((np.sqrt(low) + np.sqrt(high)) / 2))
