"""Diversity of generated features alone: to be compared with the oracle's value, more is not better."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist
from scipy.special import entr

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences, subsample
from aezoo.metrics.validation import check_class_numbers

ROWS = 512
MAX_INFLUENCE_ROWS = 1_000


def _vendi_influences(features: Floats) -> Influences:
    """The influences ``-V x' ln(G) x`` of a unit row x, V the score and ``G = X^T X / n``."""
    rows = unit_rows(features)
    values, vectors = np.linalg.eigh(rows.T @ rows / len(rows))
    values = values.clip(min=0)
    logarithms = np.log(values, out=np.zeros_like(values), where=values > 0)
    score = np.exp(entr(values).sum())
    return {"vendi": {"features": -score * np.square(rows @ vectors) @ logarithms}}


def _diversity_influences(features: Floats, labels: ArrayLike) -> Influences:
    """The influences of some images: twice the mean distance to the own class, less the class's mean, by its share."""
    classes = check_class_numbers("labels", labels, len(features))
    counts = np.bincount(classes)
    usable = np.flatnonzero(counts >= 2)
    influences = []
    for number in usable:
        members = features[classes == number]
        some = members[subsample(len(members), max(2, MAX_INFLUENCE_ROWS * len(members) // len(features)))]
        distances = cdist(some, members).sum(axis=1) / (len(members) - 1)
        influences.append(2 * (distances - distances.mean()) * len(features) / (len(members) * len(usable)))
    return {"pairwise_diversity": {"features": np.concatenate(influences)}}


@METRICS.register(
    "vendi",
    question="samples",
    needs=("features",),
    scores=(Score("vendi", "effective images", "target", None, (1.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_vendi_influences, ("features",)),
)
def vendi_score(features: Floats) -> float:
    """Vendi score with the cosine kernel: the effective number of different images.

    ``exp(-sum_i l_i ln l_i)`` over the eigenvalues of ``K / n``, K the cosines of all pairs. In [1, min(n,
    d)]; 1 for images all alike, n for n orthogonal ones, and unchanged when every image is repeated. The
    eigenvalues are taken from the d x d form ``X^T X / n`` (unit rows X), which has the same ones above 0. The best
    value is that of real images.

    Args:
        features: features of generated images, (n, d).

    Raises:
        ValueError: for a row of zeros (it has no direction), NaN or infinite values.

    Source: Friedman and Dieng 2023, arXiv:2210.02410, definition 3.1.
    """
    rows = unit_rows(features)
    gram = rows.T @ rows if rows.shape[1] <= len(rows) else rows @ rows.T
    shares = np.linalg.eigvalsh(gram / len(rows)).clip(min=0)
    return float(np.exp(entr(shares).sum()))


def unit_rows(features: ArrayLike) -> Floats:
    """Scale each row to length 1; raise `ValueError` for a row of zeros, NaN or infinite values."""
    rows = check_array("features", features)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not largest.all():
        raise ValueError(
            f"features have {int((largest == 0).sum())} rows of zeros, which have no cosine; leave them out"
        )
    rows = rows / largest
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@METRICS.register(
    "pairwise_diversity",
    question="samples",
    needs=("features", "labels"),
    scores=(Score("pairwise_diversity", "feature units", "target", None, (0.0, np.inf)),),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_diversity_influences, ("features", "labels")),
)
def pairwise_diversity(features: Floats, labels: ArrayLike) -> float:
    """Diversity within classes: the mean Euclidean distance between two images of a class, averaged over classes.

    ``mean_c mean_(i != j in c) |f_i - f_j|``: every class with at least two images counts alike; classes with fewer
    are left out. In [0, inf); 0 where each class is one image repeated. Noise makes it large: the best value is that
    of real images.

    Args:
        features: features of generated images, (n, d).
        labels: their class numbers, (n,).

    Raises:
        ValueError: if no class has two images, if lengths differ, for NaN or infinite values, for labels that
            are not integers from 0.

    Source: the within-class similarity of Odena et al. 2017, arXiv:1610.09585, with a feature distance.
    """
    rows = check_array("features", features)
    classes = check_class_numbers("labels", labels, len(rows))
    members = [rows[classes == number] for number in np.flatnonzero(np.bincount(classes) >= 2)]
    if not members:
        raise ValueError(f"none of the {len(np.unique(classes))} classes has two images; give more images")
    return float(np.mean([_mean_distance(group) for group in members]))


def _mean_distance(points: Floats) -> float:
    """The mean distance over ordered pairs of different points, a block of rows at a time."""
    blocks = (points[start : start + ROWS] for start in range(0, len(points), ROWS))
    return float(sum(cdist(block, points).sum() for block in blocks) / (len(points) * (len(points) - 1)))
