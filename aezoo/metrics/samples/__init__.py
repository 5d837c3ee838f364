"""Sample metrics: differences of generated images from real ones, by features, labels of the judge, and pixels."""

from aezoo.metrics.samples.classifier_two_sample import classifier_two_sample, classifier_two_sample_pixels
from aezoo.metrics.samples.clipped_density_coverage import clipped_density_coverage
from aezoo.metrics.samples.diversity import pairwise_diversity, vendi_score
from aezoo.metrics.samples.fd_infinity import fd_infinity
from aezoo.metrics.samples.frechet import frechet_distance
from aezoo.metrics.samples.jensen_shannon import jensen_shannon, largest_jensen_shannon
from aezoo.metrics.samples.labels import class_kl, covered_classes, inception_score
from aezoo.metrics.samples.mmd import kernel_distance, mmd_test
from aezoo.metrics.samples.ndb import ndb
from aezoo.metrics.samples.one_nearest_neighbour import one_nearest_neighbour
from aezoo.metrics.samples.parzen import parzen_log_likelihood
from aezoo.metrics.samples.prd import prd_curve
from aezoo.metrics.samples.prdc import precision_recall_density_coverage
from aezoo.metrics.samples.rke import rke
from aezoo.metrics.samples.sliced_wasserstein import sliced_wasserstein

__all__ = [
    "class_kl",
    "classifier_two_sample",
    "classifier_two_sample_pixels",
    "clipped_density_coverage",
    "covered_classes",
    "fd_infinity",
    "frechet_distance",
    "inception_score",
    "jensen_shannon",
    "kernel_distance",
    "largest_jensen_shannon",
    "mmd_test",
    "ndb",
    "one_nearest_neighbour",
    "pairwise_diversity",
    "parzen_log_likelihood",
    "prd_curve",
    "precision_recall_density_coverage",
    "rke",
    "sliced_wasserstein",
    "vendi_score",
]
