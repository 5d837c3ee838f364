"""The Parzen-window estimate, kept because it misleads."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from aezoo.metrics import METRICS, Floats, Score
from aezoo.metrics.validation import Bytes, check_bytes

MIN_BANDWIDTH, MAX_BANDWIDTH = 0.01, 3.0
"""The bounds of the search for the bandwidth, in units of intensity."""

VALIDATION_IMAGES = 500


@METRICS.register(
    "parzen",
    question="samples",
    needs=("fake_images", "real_images"),
    scores=(Score("parzen_log_likelihood", "nats per image, Parzen window", "target"),),
    minimum_n=500,
    slow=True,
)
def parzen_log_likelihood(fake_images: ArrayLike, real_images: ArrayLike) -> float:
    """Parzen-window log-likelihood of real images under Gaussians around generated ones. Do not rank by it.

    The mean of ``ln (1/m) sum_j N(x; fake_j, h^2 I)`` over the real images of odd rows, with the bandwidth h that
    suits those of even rows (at most 500 of them) best. In nats per image of continuous intensities, unbounded,
    "higher is better" in the papers that report it; but centroids of k-means beat real images and blurred images
    beat sharp ones, so it is shown as an exhibit, with the oracle's value as its ideal. Not comparable with any
    other log-likelihood here.

    Args:
        fake_images: uint8, (m, 28, 28) or any other size.
        real_images: uint8, (n, ...) of the same size, n >= 2.

    Raises:
        ValueError: for images of different sizes or another dtype, or too few.

    Limits: centroids of k-means beat real images, and blurred images beat sharp ones.

    Source: Breuleux et al. 2011; Theis et al. 2016, arXiv:1511.01844, section 3.2, for why not to use it.
    """
    fake = _intensities(check_bytes("fake_images", fake_images, minimum_rows=1))
    real = _intensities(check_bytes("real_images", real_images, minimum_rows=2))
    if fake.shape[1] != real.shape[1]:
        raise ValueError(f"fake_images have {fake.shape[1]} pixels and real_images {real.shape[1]}; give one size")
    distances = _squared_distances(real, fake)
    bandwidth = _best_bandwidth(distances[::2][:VALIDATION_IMAGES], fake.shape[1])
    return float(_log_densities(distances[1::2], bandwidth, fake.shape[1]).mean())


def _intensities(images: Bytes) -> Floats:
    """Images as rows of intensities in [0, 1]."""
    return images.reshape(len(images), -1) / 255.0


def _best_bandwidth(squared_distances: Floats, pixels: int) -> float:
    optimum = minimize_scalar(
        lambda log_bandwidth: -float(_log_densities(squared_distances, np.exp(log_bandwidth), pixels).mean()),
        bounds=(float(np.log(MIN_BANDWIDTH)), float(np.log(MAX_BANDWIDTH))),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(optimum.x))


def _log_densities(squared_distances: Floats, bandwidth: float, pixels: int) -> Floats:
    nearest = squared_distances.min(axis=1)
    kernels = np.exp(-0.5 * (squared_distances - nearest[:, None]) / bandwidth**2)
    constant = pixels * np.log(bandwidth * np.sqrt(2 * np.pi))
    return np.asarray(np.log(kernels.mean(axis=1)) - 0.5 * nearest / bandwidth**2 - constant)


def _squared_distances(x: Floats, y: Floats) -> Floats:
    squares = np.square(x).sum(axis=1)[:, None] + np.square(y).sum(axis=1) - 2 * x @ y.T
    return np.asarray(squares.clip(min=0))
