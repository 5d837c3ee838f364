"""Training images, slightly changed."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.drawing import balanced_rows, unit_interval
from aezoo.controls.pixel_noise import with_noise


@CONTROLS.register(
    "jittered-memoriser",
    draws_from="train",
    doses=(0.01, 0.02, 0.05, 0.1),
    default=0.05,
    unit="standard deviation of the intensity",
)
def jittered_memoriser(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Copies of training images with normal noise in each pixel, clipped to [0, 1].

    With the dose the noise grows, and the copies are harder to recognise as copies.
    """
    rows = balanced_rows(np.arange(len(images)), n, generator)
    return with_noise(unit_interval(images[rows]), dose, generator)
