"""Number of statistically different bins (NDB): cells of feature space that the two sides fill differently."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr
from scipy.stats import norm
from sklearn.cluster import KMeans

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.pairwise import Indices, nearest_neighbours
from aezoo.metrics.validation import check_features

BINS = 100
SIGNIFICANCE_LEVEL = 0.05
MAX_ROWS = 10_000


@METRICS.register(
    "ndb",
    question="samples",
    needs=("train", "real", "fake", "seed", "bins"),
    scores=(
        Score("ndb", "share of bins", "lower", None, (0.0, 1.0)),
        Score("ndb_divergence", "nats", "lower", 0.0, (0.0, float(np.log(2)))),
    ),
    minimum_n=1000,
    redundant_with={"ndb_divergence": "ndb"},
)
def ndb(train: Floats, real: Floats, fake: Floats, seed: int, bins: ArrayLike | None = None) -> dict[str, float]:
    """Number of statistically different bins, as a share, and the divergence of the two histograms.

    The bins are the 100 cells of k-means on training features; r and f are their shares of reals and fakes.

    - ``ndb``: the share of bins whose shares of reals and fakes differ by `proportions_z` at level 0.05, two
      sides; in [0, 1], lower is better. For equal distributions about 0.05 is expected, not 0.
    - ``ndb_divergence``: the Jensen-Shannon divergence of the histograms, ``(KL(r || (r + f) / 2) + KL(f || (r + f) /
      2)) / 2``; in [0, ln 2] nats, lower is better.

    Args:
        train: features of training images, (k, d), k >= 100.
        real: features of real images, (n, d).
        fake: features of generated images, (m, d).
        seed: of k-means.
        bins: centres (bins, d) that `kmeans_centres` gave for `train`, to save the time; then `seed` is not
            used.

    Raises:
        ValueError: for differing widths, too few training rows, NaN or infinite values.

    Source: Richardson and Weiss 2018, arXiv:1805.12462, section 3.
    """
    real, fake = check_features(real, fake, minimum_rows=1)
    train, _ = check_features(train, real, minimum_rows=1, names=("train", "real"))
    centres = kmeans_centres(train, BINS, seed) if bins is None else check_array("bins", bins)
    counts = [np.bincount(assign_cells(side, centres), minlength=len(centres)) for side in (real, fake)]
    shares = [count / count.sum() for count in counts]
    differs = np.abs(proportions_z(counts[0], len(real), counts[1], len(fake))) > norm.isf(SIGNIFICANCE_LEVEL / 2)
    middle = (shares[0] + shares[1]) / 2
    divergence = sum(float(rel_entr(share, middle).sum()) for share in shares) / 2
    return {"ndb": float(differs.mean()), "ndb_divergence": min(max(divergence, 0.0), float(np.log(2)))}


def proportions_z(first: ArrayLike, n: int, second: ArrayLike, m: int) -> Floats:
    """Compute ``(a / n - b / m) / sqrt(p (1 - p) (1 / n + 1 / m))``, ``p = (a + b) / (n + m)``; 0 where p is 0 or 1."""
    a, b = (np.asarray(counts, dtype=np.float64) for counts in (first, second))  # sums of small integers wrap around
    pooled = (a + b) / (n + m)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    difference = a / n - b / m
    z: Floats = np.divide(difference, error, out=np.zeros_like(difference), where=error > 0)
    return z


def kmeans_centres(points: Floats, k: int, seed: int) -> Floats:
    """Find k centres (k, d) by k-means, one start; of more than 10,000 rows, on 10,000 drawn without replacement.

    Raises:
        ValueError: for fewer than k rows.
    """
    if len(points) < k:
        raise ValueError(f"{len(points)} rows cannot fill {k} cells; give at least {k}")
    drawn = np.random.default_rng(seed).permutation(len(points))[:MAX_ROWS]
    fitted = KMeans(n_clusters=k, n_init=1, random_state=seed).fit(points[drawn])
    return np.asarray(fitted.cluster_centers_, dtype=np.float64)


def assign_cells(points: Floats, centres: Floats) -> Indices:
    """Return the row of the centre nearest to each point, (n,); raise `ValueError` for centres of another width."""
    if points.shape[1] != centres.shape[1]:
        raise ValueError(
            f"the points have {points.shape[1]} features and the centres of cells {centres.shape[1]}; "
            "give centres of one feature space"
        )
    return nearest_neighbours(points, centres)[1]
