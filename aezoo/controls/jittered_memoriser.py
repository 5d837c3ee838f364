"""Training images, slightly changed."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.pixel_noise import with_noise
from aezoo.controls.resampling import balanced_rows, check_non_negative
from aezoo.images import unit_interval


@CONTROLS.register(
    "jittered-memoriser",
    draws_from="train",
    doses=(0.01, 0.02, 0.05, 0.1),
    default=0.05,
    unit="standard deviation of the noise over the copies",
    check=check_non_negative,
    failure="training images are copied",
)
def jittered_memoriser(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Copies of training images with normal noise in each pixel, clipped to [0, 1].

    Two failures at once. Every image is a copy at any dose: the copying does not grow. What grows is the noise, which
    makes the images worse and hides that they are copies. So a metric of noise should see more with the dose, and a
    metric of copying less; a metric that falls with the dose is not at fault.
    """
    rows = balanced_rows(np.arange(len(images)), n, generator)
    return with_noise(unit_interval(images[rows], np.float32), dose, generator)
