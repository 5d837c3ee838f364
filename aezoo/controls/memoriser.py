"""Training images as they are."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.drawing import balanced_rows, share, unit_interval


@CONTROLS.register(
    "memoriser",
    draws_from="train",
    doses=(1.0, 0.3, 0.1, 0.03),
    default=1.0,
    unit="share of the training images memorised",
)
def memoriser(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Copies of the training images: perfect images of every kind, none of them new.

    It knows a random share of the training images, at least one, and shows none of them once more than another.
    All of its images are copies at any dose; a small memory repeats itself as well.
    """
    known = generator.permutation(len(images))[: max(1, round(share(dose) * len(images)))]
    return unit_interval(images[balanced_rows(known, n, generator)])
