"""Protocol of a scoring in one line: everything that decides whether two numbers can be compared."""

from __future__ import annotations

import hashlib

import numpy as np

from aezoo.datasets import Dataset
from aezoo.metrics import FEATURE_QUESTIONS, METRICS
from aezoo.record import environment
from aezoo.spec import canonical_json

CHARACTERS = 12
"""Hexadecimal digits of a digest that are shown."""
SHORT = 8
"""Of the one over all parts, which stand behind it."""


def protocol_line(dataset: Dataset, judge: str | None, n: int, data: str | None = None) -> str:
    """Write the protocol of a comparison: scores of the same name may be compared only if it is equal.

    It is one line for all scores of a page, so that it may differ for a score that is the same number: another judge
    changes it for scores of principal components too.

    It names the fingerprint of the real images in their splits, the digest of the judge's weights and of features that
    were brought along, the number of images on either side, a digest of the versions of all of aezoo's metrics of
    samples and copying, and aezoo's version; before these a digest of them all, since a terminal may break the line.
    Versions of a plug-in's metrics stand in the record. The seed is not part of it, which moves a score by chance only.

    Args:
        dataset: with which images are compared.
        judge: SHA-256 of the judge's weights; None without a judge.
        n: number of images of each generator.
        data: digest of the real images in their splits; None for the data set's fingerprint.
    """
    parts = {
        "data": (data or dataset.fingerprint)[:CHARACTERS],
        "judge": "none" if judge is None else judge[:CHARACTERS],
        "features": _features_digest(dataset),
        "n": f"{n:,}",
        "metrics": _metrics_digest(),
        "aezoo": environment()["aezoo"],
    }
    text = ", ".join(f"{name} {text}" for name, text in parts.items())
    return f"protocol: {hashlib.sha256(text.encode()).hexdigest()[:SHORT]}, {text}"


def _features_digest(dataset: Dataset) -> str:
    """Digest the features that were brought of the real images; "none" without any."""
    found = [split.features for split in (dataset.train, dataset.reference, dataset.oracle)]
    digest = hashlib.sha256()
    for features in found:
        if features is None:
            return "none"
        digest.update(f"{features.shape}".encode())
        digest.update(np.ascontiguousarray(features).data)
    return digest.hexdigest()[:CHARACTERS]


def _metrics_digest() -> str:
    own = [metric for name, metric in METRICS.items() if METRICS.is_builtin(name)]
    versions = {metric.name: metric.version for metric in own if metric.question in FEATURE_QUESTIONS}
    return hashlib.sha256(canonical_json(versions).encode()).hexdigest()[:CHARACTERS]
