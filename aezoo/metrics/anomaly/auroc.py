"""Area under the receiver operating characteristic (AUROC) of an anomaly score."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats
from aezoo.metrics.validation import check_array


def auroc(inlier_scores: ArrayLike, outlier_scores: ArrayLike) -> float:
    """Compute the probability that an outlier has the higher anomaly score than an inlier.

    ``mean_ij (1[o_j > i_i] + 1[o_j = i_i] / 2)``: the Mann-Whitney statistic over the number of pairs. In [0, 1],
    higher is better; 0.5 for equal distributions. Below 0.5 the score prefers outliers to inliers.

    Args:
        inlier_scores: (n,), of usual images; higher is more anomalous.
        outlier_scores: (m,), of the others.

    Raises:
        ValueError: for another shape, no scores, NaN or infinite values.

    Source: Bamber 1975, "The area above the ordinal dominance graph"; for out-of-distribution images: Hendrycks and
    Gimpel 2017, arXiv:1610.02136.
    """
    inliers, outliers = (
        check_array(name, scores, ndim=1)
        for name, scores in (("inlier_scores", inlier_scores), ("outlier_scores", outlier_scores))
    )
    return float(placements(outliers, inliers).mean())


def placements(scores: ArrayLike, others: ArrayLike) -> Floats:
    """Compute for each of `scores` (m,) the share of `others` (n,) below it, equal ones counted half: (m,)."""
    values, ordered = check_array("scores", scores, ndim=1), np.sort(check_array("scores", others, ndim=1))
    sides = [np.searchsorted(ordered, values, side) for side in ("left", "right")]
    return np.asarray(np.add(*sides) / (2 * len(ordered)))
