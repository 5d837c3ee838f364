"""Anomaly detection: images of another kind told from held-out ones, by how a model finds each of them.

The kinds of outliers are `OUTLIERS`; `aezoo.evaluation.outliers` makes them from held-out images, and takes those of
the kind "foreign" from another data set.
"""

from aezoo.metrics.anomaly.auroc import auroc
from aezoo.metrics.anomaly.detection import (
    OUTLIERS,
    code_density_auroc,
    likelihood_auroc,
    reconstruction_auroc,
)

__all__ = ["OUTLIERS", "auroc", "code_density_auroc", "likelihood_auroc", "reconstruction_auroc"]
