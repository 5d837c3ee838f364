"""Exact copies: generated images that equal a training image, pixel for pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset

Bytes = NDArray[np.uint8]


def count_exact_copies(images: Bytes, training: Bytes) -> int:
    """Count the images (n, 28, 28) that equal one of `training`, (m, 28, 28), pixel for pixel."""
    known = {image.tobytes() for image in training}
    return sum(image.tobytes() in known for image in images)


def unusual_exact_copies(images: Bytes, dataset: Dataset) -> int:
    """Count the images that are training images; 0 where their share is not above that of new real ones."""
    copies, held_out = count_exact_copies(images, dataset.train.images), dataset.held_out.images
    usual = count_exact_copies(held_out, dataset.train.images)
    return copies if copies * len(held_out) > usual * len(images) else 0


def exact_copy_warning(copies: int, n: int) -> str:
    """Warn of so many copies among n images."""
    return f"copies: {copies:,} of the {n:,} images equal a training image, pixel for pixel"
