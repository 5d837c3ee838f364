"""Nearest images by pixels, for eyes: exact, and equal on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

CHUNK = 5_000


def nearest_images(images: Bytes, training: Bytes) -> NDArray[np.intp]:
    """Find for each image the row of the training image with the smallest squared distance of pixels, (n,).

    ``argmin_j |x_i - t_j|^2``; of equal distances the first. Intensities are whole numbers, so that all sums are exact
    and the rows do not depend on the order of additions.

    Args:
        images: uint8, (n, height, width).
        training: uint8, (m, height, width), m >= 1.

    Raises:
        ValueError: there are no training images, or their size is another.
    """
    if not len(training) or training.shape[1:] != images.shape[1:]:
        raise ValueError(f"images {images.shape[1:]} cannot be held against training images {training.shape}")
    queries = images.reshape(len(images), -1).astype(np.float64)
    best = np.full(len(images), np.inf)
    rows = np.zeros(len(images), np.intp)
    for start in range(0, len(training), CHUNK):
        chunk = training[start : start + CHUNK].reshape(-1, queries.shape[1]).astype(np.float64)
        # Without |x|^2, which is the same for all.
        distances = np.square(chunk).sum(axis=1) - 2 * queries @ chunk.T
        nearest = distances.argmin(axis=1)
        found = distances[np.arange(len(images)), nearest]
        rows = np.where(found < best, nearest + start, rows)
        best = np.minimum(best, found)
    return rows
