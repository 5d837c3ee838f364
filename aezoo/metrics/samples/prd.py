"""Precision and recall of distributions (PRD): a curve over histograms on clusters of both sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.cluster import MiniBatchKMeans

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.pairwise import nearest_neighbours
from aezoo.metrics.validation import check_features

CLUSTERS = 20
CLUSTERINGS = 10
ANGLES = 1001
MARGIN = 1e-10


def prd_curve(
    real: Floats, fake: Floats, seed: int, clusters: int = CLUSTERS, clusterings: int = CLUSTERINGS
) -> tuple[Floats, Floats]:
    """Compute the curve of attainable precision and recall, averaged over clusterings of both sides together.

    Args:
        real: features of real images, (n, d).
        fake: features of as many generated images, (n, d).
        seed: of the clusterings.
        clusters: cells of each k-means clustering.
        clusterings: how many clusterings are averaged.

    Returns:
        Precisions and recalls, in [0, 1], each of shape (1001,), in order of rising precision.

    Raises:
        ValueError: for differing widths or numbers of rows, fewer rows than clusters, NaN or infinite values.

    Source: Sajjadi et al. 2018, arXiv:1806.00035, section 3.3.
    """
    real, fake = check_features(real, fake, minimum_rows=1)
    if len(real) != len(fake) or len(real) < clusters:
        raise ValueError(
            f"real has {len(real)} rows and fake {len(fake)} for {clusters} clusters; "
            f"give as many rows on each side, at least {clusters}"
        )
    both = np.concatenate([real, fake])
    curves = []
    for start in np.random.SeedSequence(seed).generate_state(clusterings):
        means = MiniBatchKMeans(n_clusters=clusters, n_init=1, random_state=int(start)).fit(both)
        cells = nearest_neighbours(both, np.asarray(means.cluster_centers_, dtype=np.float64))[1]
        on_reals, on_fakes = (np.bincount(side, minlength=clusters) for side in np.split(cells, 2))
        curves.append(curve_of_histograms(on_reals, on_fakes))
    precision, recall = np.mean(curves, axis=0)
    return precision, recall


def curve_of_histograms(real: ArrayLike, fake: ArrayLike, angles: int = ANGLES) -> tuple[Floats, Floats]:
    """Compute ``precision(l) = sum_c min(l r_c, f_c)`` and ``recall(l) = precision(l) / l`` of histograms r and f.

    The slopes ``l`` are the tangents of `angles` equidistant angles from 0 to a right angle, both moved inwards by
    1e-10. Histograms are divided by their sums.
    """
    r, f = (np.asarray(side, dtype=np.float64) / np.sum(side) for side in (real, fake))
    slopes = np.tan(np.linspace(MARGIN, np.pi / 2 - MARGIN, angles))
    precision = np.minimum(slopes[:, None] * r, f).sum(axis=1)
    return precision.clip(0, 1), (precision / slopes).clip(0, 1)


def largest_f(precision: Floats, recall: Floats, beta: float) -> float:
    """Find the largest ``(1 + b^2) p r / (b^2 p + r)`` on the curve; 0 where precision and recall are 0."""
    below = beta**2 * precision + recall
    product = (1 + beta**2) * precision * recall
    return float(np.divide(product, below, out=np.zeros_like(below), where=below > 0).max())


@METRICS.register(
    "prd_curve",
    question="samples",
    needs=("real", "fake", "seed"),
    scores=(
        Score("prd_recall", "F score", "higher", 1.0, (0.0, 1.0)),
        Score("prd_precision", "F score", "higher", 1.0, (0.0, 1.0)),
    ),
    minimum_n=1000,
    slow=True,
)
def prd_scores(real: Floats, fake: Floats, seed: int) -> dict[str, float]:
    """Two numbers of `prd_curve`: the largest F scores on it that favour recall, and precision.

    - ``prd_recall``: F with beta = 8; in [0, 1], higher is better; falls when modes are dropped.
    - ``prd_precision``: F with beta = 1/8; in [0, 1], higher is better; falls when modes are invented.

    Both are 1 for equal histograms and 0 for disjoint ones.

    Args:
        real: features of real images, (n, d).
        fake: features of as many generated images, (n, d).
        seed: of the clusterings.

    Raises:
        ValueError: as `prd_curve`.

    Limits: with 20 clusters, repeats of a hundred images or more pass unseen; so do copies of training images.

    Source: Sajjadi et al. 2018, arXiv:1806.00035, section 4.2.
    """
    precision, recall = prd_curve(real, fake, seed)
    return {
        "prd_recall": largest_f(precision, recall, 8),
        "prd_precision": largest_f(precision, recall, 1 / 8),
    }
