"""Noise in every pixel."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_non_negative, sample_real


@CONTROLS.register(
    "pixel-noise",
    draws_from="oracle",
    doses=(0.02, 0.05, 0.1, 0.2, 0.5),
    default=0.2,
    unit="standard deviation of the intensity",
    check=check_non_negative,
    failure="each image is distorted, as by noise",
)
def pixel_noise(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images with normal noise in each pixel, clipped to [0, 1]."""
    return with_noise(sample_real(images, n, generator), dose, generator)


def with_noise(images: Images, deviation: float, generator: np.random.Generator) -> Images:
    """Return images plus normal noise of this standard deviation, clipped to [0, 1]."""
    noise = generator.standard_normal(images.shape, dtype=np.float32)
    return np.clip(images + np.float32(deviation) * noise, 0, 1)
