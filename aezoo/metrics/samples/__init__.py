"""Sample metrics: how generated images differ from real ones, by features and labels of the judge."""

from aezoo.metrics.samples.distances import frechet_distance, kernel_distance
from aezoo.metrics.samples.diversity import pairwise_diversity, vendi_score
from aezoo.metrics.samples.labels import class_kl, covered_classes, inception_score
from aezoo.metrics.samples.neighbours import precision_recall_density_coverage

__all__ = [
    "class_kl",
    "covered_classes",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "pairwise_diversity",
    "precision_recall_density_coverage",
    "vendi_score",
]
