"""Images out of focus."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_non_negative, sample_real


@CONTROLS.register(
    "blur",
    draws_from="oracle",
    doses=(0.3, 0.5, 1.0, 2.0),
    default=1.0,
    unit="sigma in pixels",
    check=check_non_negative,
    failure="the images are blurred",
)
def blur(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images under a Gaussian filter, mirrored at the border: each keeps its mean intensity."""
    drawn = sample_real(images, n, generator)
    blurred = gaussian_filter(drawn, sigma=dose, mode="reflect", axes=(1, 2))  # colours stay apart
    return np.clip(blurred, 0, 1)
