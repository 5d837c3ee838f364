"""Sample metrics: how generated images differ from real ones, by features, labels of the judge, and pixels."""

from aezoo.metrics.samples.bins import ndb
from aezoo.metrics.samples.classifiers import (
    classifier_two_sample,
    classifier_two_sample_pixels,
    null_band,
)
from aezoo.metrics.samples.discrepancy import mmd_test
from aezoo.metrics.samples.distances import frechet_distance, kernel_distance
from aezoo.metrics.samples.diversity import pairwise_diversity, vendi_score
from aezoo.metrics.samples.labels import class_kl, covered_classes, inception_score
from aezoo.metrics.samples.leave_one_out import one_nearest_neighbour
from aezoo.metrics.samples.neighbours import precision_recall_density_coverage
from aezoo.metrics.samples.precision_recall_curve import prd_curve
from aezoo.metrics.samples.sliced import sliced_wasserstein

__all__ = [
    "class_kl",
    "classifier_two_sample",
    "classifier_two_sample_pixels",
    "covered_classes",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "mmd_test",
    "ndb",
    "null_band",
    "one_nearest_neighbour",
    "pairwise_diversity",
    "prd_curve",
    "precision_recall_density_coverage",
    "sliced_wasserstein",
    "vendi_score",
]
