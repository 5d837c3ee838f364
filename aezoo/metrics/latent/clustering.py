"""Agreement of clusters of codes with the digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from sklearn.metrics.cluster import contingency_matrix

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.latent.codes import standardise
from aezoo.metrics.standard_errors import BootstrapError
from aezoo.metrics.validation import check_labels

SHARE = (0.0, 1.0)
CLUSTERINGS = 10
"""Resamples of the bootstrap, each a k-means of its own: they make a standard error uncertain by a quarter."""


def clustering_scores(labels: ArrayLike, clusters: ArrayLike) -> dict[str, float]:
    """Compare a clustering with the true labels; higher is better in all five, and names of clusters are free.

    - ``ari``: adjusted Rand index, [-0.5, 1], 0 expected by chance.
    - ``ami``: adjusted mutual information (arithmetic mean of entropies), [-1, 1], 0 expected by chance.
    - ``nmi``: normalised mutual information (arithmetic mean), [0, 1]; rises with the number of clusters.
    - ``accuracy``: share of rows right under the best one-to-one matching of clusters to labels, [0, 1].
    - ``purity``: share of rows in their cluster's most common label, [0, 1]; 1 for clusters of one row.

    Args:
        labels: true labels, (n,).
        clusters: the cluster of each row, (n,); their number need not be that of the labels.

    Raises:
        ValueError: for differing lengths or no rows.

    Source: Hubert and Arabie 1985; Vinh et al. 2010; Kuhn 1955 for the matching.
    """
    assigned = np.atleast_1d(clusters)
    true = check_labels("labels", labels, len(assigned))
    counts = contingency_matrix(true, assigned)
    matched = counts[linear_sum_assignment(counts, maximize=True)].sum()
    return {
        "ari": float(adjusted_rand_score(true, assigned)),
        "ami": float(adjusted_mutual_info_score(true, assigned)),
        "nmi": float(normalized_mutual_info_score(true, assigned)),
        "accuracy": float(matched / len(true)),
        "purity": float(counts.max(axis=0).sum() / len(true)),
    }


def kmeans_scores(codes: Floats, labels: ArrayLike, seed: int) -> dict[str, float]:
    """`clustering_scores` of k-means on standardised codes, k the number of labels, the best of 10 starts.

    Args:
        codes: (n, d).
        labels: true labels, (n,).
        seed: of the starts.

    Raises:
        ValueError: for differing lengths, codes that are all alike, NaN or infinite values.

    Source: Lloyd 1982; Arthur and Vassilvitskii 2007 for the starts.
    """
    points = standardise(codes)
    true = check_labels("labels", labels, len(points))
    means = KMeans(n_clusters=len(np.unique(true)), n_init=10, random_state=seed)
    return clustering_scores(true, means.fit_predict(points))


@METRICS.register(
    "kmeans",
    question="latent",
    needs=("codes", "labels", "seed"),
    scores=(
        Score("ari", "index", "higher", 1.0, (-0.5, 1.0)),
        Score("ami", "index", "higher", 1.0, (-1.0, 1.0)),
        Score("nmi", "index", "higher", 1.0, SHARE),
        Score("cluster_accuracy", "share", "higher", 1.0, SHARE),
        Score("purity", "share", "higher", 1.0, SHARE),
    ),
    minimum_n=100,
    standard_error=BootstrapError((("codes", "labels"),), resamples=CLUSTERINGS),
    headline={"ari": 1, "ami": 4, "nmi": 5, "cluster_accuracy": 6, "purity": 7},
    redundant_with={"nmi": "ami"},
)
def kmeans_table_scores(codes: Floats, labels: ArrayLike, seed: int) -> dict[str, float]:
    """Agreement of k-means clusters of standardised codes with the labels, the best of 10 starts.

    There are as many clusters as labels; higher is better in all five:

    - ``ari``: adjusted Rand index, ``(pairs agreeing - expected) / (maximum - expected)``; in [-0.5, 1], 0 expected by
      chance.
    - ``ami``: adjusted mutual information, ``(I - E[I]) / (mean entropy - E[I])``; in [-1, 1], 0 expected by chance.
    - ``nmi``: normalised mutual information, ``I / mean entropy``; in [0, 1], rises with the number of clusters.
    - ``cluster_accuracy``: share of rows right under the best one-to-one matching of clusters to labels; in [0, 1].
    - ``purity``: share of rows in their cluster's most common label; in [0, 1].

    Args:
        codes: (n, d); standardised before k-means.
        labels: true labels, (n,).
        seed: of the starts.

    Raises:
        ValueError: for differing lengths, codes that are all alike, NaN or infinite values.

    Limits: k-means finds round clusters of like width: classes that are long, or in several clusters each, score low
    although a classifier tells them apart.

    Source: Hubert and Arabie 1985; Vinh et al. 2010; Kuhn 1955 for the matching.
    """
    scores = kmeans_scores(codes, labels, seed)
    return {"cluster_accuracy" if name == "accuracy" else name: value for name, value in scores.items()}
