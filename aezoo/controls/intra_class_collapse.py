"""A few images of each class, again and again."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import balanced_rows, check_integer, check_integer_up_to, distinct_rows
from aezoo.images import unit_interval


@CONTROLS.register(
    "intra-class-collapse",
    draws_from="oracle",
    doses=(30, 10, 3, 1),
    default=10,
    unit="prototypes a class",
    check=check_integer,
    failure="a few images are repeated",
    needs_labels=True,
    changes_pixels=False,
)
def intra_class_collapse(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Every class in its share, but each as a few held-out real images only, repeated in turn."""
    wanted = labels[distinct_rows(len(labels), n, generator)]
    rows = np.empty(n, dtype=np.int64)
    for label in np.unique(wanted):
        members, places = np.flatnonzero(labels == label), np.flatnonzero(wanted == label)
        prototypes = generator.permutation(members)[: check_integer_up_to(dose, len(members), "prototypes")]
        rows[places] = balanced_rows(prototypes, len(places), generator)
    return unit_interval(images[rows], np.float32)
