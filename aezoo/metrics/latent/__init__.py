"""Latent metrics: digits kept apart and neighbours kept together by the codes."""

from aezoo.metrics.latent.classification import knn_accuracy, linear_probe_accuracy
from aezoo.metrics.latent.clustering import clustering_scores, kmeans_scores
from aezoo.metrics.latent.code_usage import code_usage
from aezoo.metrics.latent.codes import standardise
from aezoo.metrics.latent.interpolation import interpolation_confidence, path_straightness
from aezoo.metrics.latent.jacobian import jacobian_condition
from aezoo.metrics.latent.neighbourhood_preservation import continuity, trustworthiness
from aezoo.metrics.latent.own_clusters import own_cluster_scores
from aezoo.metrics.latent.separation import calinski_harabasz, davies_bouldin, silhouette

__all__ = [
    "calinski_harabasz",
    "clustering_scores",
    "code_usage",
    "continuity",
    "davies_bouldin",
    "interpolation_confidence",
    "jacobian_condition",
    "kmeans_scores",
    "knn_accuracy",
    "linear_probe_accuracy",
    "own_cluster_scores",
    "path_straightness",
    "silhouette",
    "standardise",
    "trustworthiness",
]
