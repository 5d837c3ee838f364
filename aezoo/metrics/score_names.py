"""Names of scores as tables show them, and the metrics that give them."""

from __future__ import annotations

from aezoo.metrics import METRICS

SPACES = ("judge", "pca", "pixels", "features")
"""Feature spaces, whose names are appended to those of scores."""


def metric_of_score(name: str) -> str | None:
    """Return the metric that gives the score `name`, with its feature space or without; None where none does."""
    for metric, registered in METRICS.items():
        known = {score.name for score in registered.scores}
        if name in known | {f"{score}_{space}" for score in known for space in SPACES}:
            return metric
    return None
