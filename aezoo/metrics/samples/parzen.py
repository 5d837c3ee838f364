"""The Parzen-window estimate, kept because it misleads."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from aezoo.metrics import METRICS, Floats, Score, check_array

NARROWEST, WIDEST = 0.01, 3.0
"""Between these the bandwidth is sought, in units of intensity."""
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

    The mean of ln (1/m) sum_j N(x; fake_j, h^2 I) over the real images of odd rows, with the bandwidth h that
    suits those of even rows (at most 500 of them) best. In nats per image of continuous intensities, unbounded,
    "higher is better" in the papers that report it; but centroids of k-means beat real images and blurred images
    beat sharp ones, so it is shown as an exhibit, with the oracle's value as its ideal. Not comparable with any
    other log-likelihood here.

    Args:
        fake_images: uint8, (m, 28, 28) or any other size.
        real_images: uint8, (n, ...) of the same size, n >= 2.

    Raises:
        ValueError: for images of different sizes or another dtype, or too few.

    Source: Breuleux et al. 2011; Theis et al. 2016, arXiv:1511.01844, section 3.2, for why not to use it.
    """
    fake, real = _intensities("fake_images", fake_images, 1), _intensities("real_images", real_images, 2)
    if fake.shape[1] != real.shape[1]:
        raise ValueError(f"fake_images have {fake.shape[1]} pixels and real_images {real.shape[1]}; give one size")
    distances = _squared_distances(real, fake)
    bandwidth = _best_bandwidth(distances[::2][:VALIDATION_IMAGES], fake.shape[1])
    return float(_log_densities(distances[1::2], bandwidth, fake.shape[1]).mean())


def parzen_log_density(x: ArrayLike, centres: ArrayLike, bandwidth: float) -> Floats:
    """ln (1/m) sum_j N(x_i; centre_j, bandwidth^2 I) in nats, (n,), of points (n, D) and centres (m, D)."""
    points, middles = check_array("x", x), check_array("centres", centres)
    return _log_densities(_squared_distances(points, middles), bandwidth, points.shape[1])


def _best_bandwidth(squared_distances: Floats, pixels: int) -> float:
    found = minimize_scalar(
        lambda log_bandwidth: -float(_log_densities(squared_distances, np.exp(log_bandwidth), pixels).mean()),
        bounds=(float(np.log(NARROWEST)), float(np.log(WIDEST))),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


def _log_densities(squared_distances: Floats, bandwidth: float, pixels: int) -> Floats:
    nearest = squared_distances.min(axis=1)
    kernels = np.exp(-0.5 * (squared_distances - nearest[:, None]) / bandwidth**2)
    constant = pixels * np.log(bandwidth * np.sqrt(2 * np.pi))
    return np.asarray(np.log(kernels.mean(axis=1)) - 0.5 * nearest / bandwidth**2 - constant)


def _squared_distances(x: Floats, y: Floats) -> Floats:
    squares = np.square(x).sum(axis=1)[:, None] + np.square(y).sum(axis=1) - 2 * x @ y.T
    return np.asarray(squares.clip(min=0))


def _intensities(name: str, images: ArrayLike, least: int) -> Floats:
    """uint8 images as rows of intensities in [0, 1]."""
    array = np.asarray(images)
    if array.dtype != np.uint8 or array.ndim < 2 or len(array) < least:
        raise ValueError(
            f"{name} are {array.dtype} of shape {array.shape}; give at least {least} images as uint8, one a row"
        )
    return array.reshape(len(array), -1) / 255.0
