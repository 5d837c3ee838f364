"""A Gaussian with the mean and covariance of real images."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.drawing import real_images, replaced, share

SMALLEST_VARIANCE = 1e-12


@CONTROLS.register(
    "moment-matched",
    draws_from="oracle",
    doses=(0.05, 0.2, 0.5, 1.0),
    default=1.0,
    unit="share of Gaussian images",
)
def moment_matched(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images, a share of them replaced by draws of a Gaussian with the same two moments.

    The Gaussian lives in the space of all principal components of the split that have variance. Its draws are
    clipped to [0, 1], which moves the moments a little. What looks at two moments only is fooled by it.
    """
    drawn = gaussian_images(images, round(share(dose) * n), generator)
    return replaced(real_images(images, n, generator), drawn, generator)


def gaussian_images(images: Bytes, n: int, generator: np.random.Generator) -> Images:
    """`n` draws of the Gaussian with the mean and covariance of `images`, clipped to [0, 1]."""
    pixels = images.reshape(len(images), -1) / 255.0
    values, vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))
    kept = values > SMALLEST_VARIANCE * values[-1]
    scaled = vectors[:, kept] * np.sqrt(values[kept])
    draws = pixels.mean(axis=0) + generator.standard_normal((n, int(kept.sum()))) @ scaled.T
    return np.asarray(draws.clip(0, 1), dtype=np.float32).reshape(n, *images.shape[1:])
