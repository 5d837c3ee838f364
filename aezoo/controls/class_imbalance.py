"""All classes, in the wrong shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import Rows, balanced_rows
from aezoo.images import unit_interval


def at_least_one(dose: float) -> float:
    """Return `dose` as a ratio of the larger to the smaller; raises `ValueError` below 1."""
    if not 1 <= dose < np.inf:
        raise ValueError(f"the dose is {dose}; give a ratio of at least 1")
    return dose


@CONTROLS.register(
    "class-imbalance",
    draws_from="oracle",
    doses=(2, 4, 10),
    default=4,
    unit="ratio of the largest to the smallest share",
    check=at_least_one,
    failure="kinds of images are missing or too rare",
    needs_labels=True,
    changes_pixels=False,
)
def class_imbalance(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images of all classes, whose shares fall geometrically from the largest to the smallest.

    Which class is how frequent is drawn by the generator. Where a class has fewer images than its share asks
    for, they are repeated in turn.
    """
    classes = generator.permutation(np.unique(labels))
    counts = imbalanced_counts(n, len(classes), dose)
    rows = [
        balanced_rows(np.flatnonzero(labels == label), number, generator)
        for label, number in zip(classes, counts, strict=True)
    ]
    return unit_interval(images[generator.permutation(np.concatenate(rows))], np.float32)


def imbalanced_counts(n: int, classes: int, ratio: float) -> Rows:
    """Deal out `n` to classes in shares ``ratio^(-c / (classes - 1))``; what rounding leaves goes to the largest
    remainders.
    """
    shares: NDArray[np.float64] = float(ratio) ** -np.linspace(0, 1, classes)
    exact = n * shares / shares.sum()
    counts: Rows = np.floor(exact).astype(np.int64)
    counts[np.argsort(counts - exact, kind="stable")[: n - counts.sum()]] += 1
    return counts
