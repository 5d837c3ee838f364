"""Precision, recall, density and coverage (PRDC) from nearest neighbours, exact and in bounded memory."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.pairwise import distance_bounds, pairs_within, squared_radii, unique_rows
from aezoo.metrics.validation import check_features


@METRICS.register(
    "prdc",
    question="samples",
    needs=("real", "fake"),
    scores=(
        Score("precision", "share", "higher", 1.0, (0.0, 1.0)),
        Score("recall", "share", "higher", 1.0, (0.0, 1.0)),
        Score("density", "ratio", "target", 1.0, (0.0, np.inf)),
        Score("coverage", "share", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
    headline={"coverage": 2, "recall": 5, "precision": 6, "density": 7},
)
def precision_recall_density_coverage(real: Floats, fake: Floats, k: int = 5) -> dict[str, float]:
    """Precision, recall, density and coverage of generated features against real ones.

    The ball of a point is open, and reaches to its k-th nearest neighbour (itself not counted) on its own
    side.

    - ``precision``: share of fakes in the ball of at least one real; [0, 1], higher is better.
    - ``recall``: share of reals in the ball of at least one fake; [0, 1], higher is better.
    - ``density``: mean number of real balls around a fake, divided by k; [0, inf), expected to be 1 for equal
      distributions; above 1 is not better: fakes crowd where reals are dense.
    - ``coverage``: share of reals whose ball holds at least one fake; [0, 1], higher is better.

    Distances equal to a radius are outside (``<``), also between duplicates: rows that are all alike score 0.

    Args:
        real: features of real images, (n, d), n > k.
        fake: features of generated images, (m, d), m > k.
        k: which neighbour gives the radius.

    Raises:
        ValueError: for differing widths, k < 1, no more than k rows on a side, NaN or infinite values.

    Source: Kynkäänniemi et al. 2019, arXiv:1904.06991, equations 1-2; Naeem et al. 2020, arXiv:2002.09797,
    with the strict ``<`` of its package prdc.
    """
    real, fake = check_features(real, fake, minimum_rows=k + 1)
    if k < 1:
        raise ValueError(f"k is {k}; the radius needs a neighbour, so k must be at least 1")
    (reals, real_counts), (fakes, fake_counts) = unique_rows(real), unique_rows(fake)
    real_radii, fake_radii = squared_radii(reals, real_counts, k), squared_radii(fakes, fake_counts, k)
    precise = np.zeros(len(fakes), dtype=bool)
    recalled, covered = np.zeros((2, len(reals)), dtype=bool)
    inside = 0
    for start, lower, slack in distance_bounds(reals, fakes):
        own = slice(start, start + len(lower))
        rows, columns = pairs_within(lower, slack, real_radii[own, None], reals[own], fakes)
        covered[start + rows] = True
        precise[columns] = True
        inside += int(real_counts[start + rows] @ fake_counts[columns])
        rows, _ = pairs_within(lower, slack, fake_radii[None, :], reals[own], fakes)
        recalled[start + rows] = True
    return {
        "precision": float(fake_counts[precise].sum() / len(fake)),
        "recall": float(real_counts[recalled].sum() / len(real)),
        "density": inside / (k * len(fake)),
        "coverage": float(real_counts[covered].sum() / len(real)),
    }
