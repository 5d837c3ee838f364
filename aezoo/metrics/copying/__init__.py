"""Copying metrics: whether generated images are training images again, or one another's repeats."""

from aezoo.metrics.copying.authenticity import authenticity
from aezoo.metrics.copying.copying_score import copying_score
from aezoo.metrics.copying.duplicates import near_duplicates, unique_ratio
from aezoo.metrics.copying.training_reference import NearestTraining, TrainingReference

__all__ = ["NearestTraining", "TrainingReference", "authenticity", "copying_score", "near_duplicates", "unique_ratio"]
