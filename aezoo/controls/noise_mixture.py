"""Noise among real images."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_share, replace_rows, sample_real


@CONTROLS.register(
    "noise-mixture",
    draws_from="oracle",
    doses=(0.01, 0.05, 0.2, 0.5, 1.0),
    default=0.5,
    unit="share of noise images",
    check=check_share,
    failure="some images are unlike any real one",
)
def noise_mixture(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images, a share of them replaced by images of uniform noise in [0, 1)."""
    noise = generator.random((round(dose * n), *images.shape[1:]), dtype=np.float32)
    return replace_rows(sample_real(images, n, generator), noise, generator)
