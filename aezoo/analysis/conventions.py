"""The order in which models and metrics stand in tables and figures, whatever the order of the records."""

from __future__ import annotations

import re
from typing import Literal

QUESTIONS = ("reconstruction", "latent", "samples")

Role = Literal["samples", "model", "floor", "control", "oracle"]

FIRST_METRICS = {
    "reconstruction": ("nll", "ssim", "mse", "psnr", "label_preservation"),
    "likelihood": (
        *("elbo_binary", "iwae_binary", "rate", "distortion", "active_units"),
        # The exact value, where there is one, beside its bounds on the same images.
        *("log_likelihood_binary", "ais_binary", "iwae_5000_binary", "ais_gap", "iwae_5000_degenerate"),
    ),
    "latent": ("ari", "linear_probe_accuracy", "knn_accuracy", "ami", "nmi", "cluster_accuracy", "purity"),
    "samples": (
        *("fd", "coverage", "one_nearest_neighbour", "class_kl", "recall", "precision", "density", "kd"),
        *("covered_classes", "inception_score"),
    ),
    "copying": ("copying_auc", "near_duplicates", "unique_ratio", "authenticity", "copying_z"),
}
"""What to read first, by question: numbers that fail differently. Other metrics come after them, by name."""

ROLE_ORDER = ("samples", "model", "floor", "control", "oracle")


def role_rank(role: str) -> int:
    """Samples from elsewhere first, then models, floors, controls and the oracle."""
    return ROLE_ORDER.index(role)


def natural_key(name: str) -> list[tuple[int, str]]:
    """A sort key that puts ``beta=4`` before ``beta=10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def metric_key(question: str, metric: str, features: str = "") -> tuple[int, str]:
    """A sort key for the metrics of a question; `features` is the space that its name ends in."""
    first = FIRST_METRICS.get(question, ())
    name = metric.removesuffix(f"_{features}") if features else metric
    return (first.index(name) if name in first else len(first)), metric
