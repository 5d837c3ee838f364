"""Real images that fade into the mean image."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_share, sample_real


@CONTROLS.register(
    "mean-image-blend",
    draws_from="oracle",
    doses=(0.1, 0.25, 0.5, 1.0),
    default=1.0,
    unit="weight of the mean image",
    check=check_share,
    failure="the images are averages of real ones",
)
def mean_image_blend(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images, each mixed with the mean of their split; at weight 1, the mean image and no other.

    Not called ``mean-image``, which is a model of the zoo: its constant is fitted to the training images.
    """
    weight = np.float32(dose)
    mean = (images.mean(axis=0) / 255).astype(np.float32)
    mixed: Images = (1 - weight) * sample_real(images, n, generator) + weight * mean
    return mixed
