"""Agreement of a model's own groups with the digits."""

from __future__ import annotations

from numpy.typing import ArrayLike

from aezoo.metrics import METRICS, Score
from aezoo.metrics.latent.clustering import SHARE, clustering_scores
from aezoo.metrics.standard_errors import BootstrapError


@METRICS.register(
    "own_clusters",
    question="latent",
    needs=("clusters", "labels"),
    scores=(
        Score("own_cluster_accuracy", "share", "higher", 1.0, SHARE),
        Score("own_cluster_ari", "index", "higher", 1.0, (-0.5, 1.0)),
        Score("own_cluster_nmi", "index", "higher", 1.0, SHARE),
    ),
    minimum_n=100,
    standard_error=BootstrapError((("clusters", "labels"),)),
    redundant_with={"own_cluster_nmi": "own_cluster_ari"},
)
def own_cluster_scores(clusters: ArrayLike, labels: ArrayLike) -> dict[str, float]:
    """Agreement of the groups that a model itself sorts images into with the digits; higher is better in all three.

    - ``own_cluster_accuracy``: ``max_m mean_i 1[m(c_i) = y_i]`` over one-to-one matchings m of groups to digits, by
      linear assignment; in [0, 1]. It is the ACC of the clustering literature.
    - ``own_cluster_ari``: adjusted Rand index, ``(pairs agreeing - expected) / (maximum - expected)``; in [-0.5, 1], 0
      expected by chance.
    - ``own_cluster_nmi``: normalised mutual information, ``I / mean entropy``; in [0, 1]. The literature's NMI is often
      divided by the geometric mean, or the larger, of the entropies.

    Args:
        clusters: the group of each image, (n,).
        labels: true labels, (n,).

    Raises:
        ValueError: for differing lengths or no rows.

    Limits: a group for each of two styles of one digit counts as an error, however sensible it is.

    Source: Kuhn 1955 and Xie et al. 2016, arXiv:1511.06335, equation 10; Hubert and Arabie 1985; Vinh et al. 2010.
    """
    scores = clustering_scores(labels, clusters)
    return {f"own_cluster_{name}": scores[name] for name in ("accuracy", "ari", "nmi")}
