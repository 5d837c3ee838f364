"""Exact copies: generated images that equal a training image, or a real one of the reference, pixel for pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset

Bytes = NDArray[np.uint8]
TRAINING = "training images"
"""Images among which copies are looked for, in words, where the generator's training images are known."""


def count_exact_copies(images: Bytes, training: Bytes) -> int:
    """Count the images (n, 28, 28) that equal one of `training`, (m, 28, 28), pixel for pixel."""
    known = {image.tobytes() for image in training}
    return sum(image.tobytes() in known for image in images)


def unusual_exact_copies(images: Bytes, dataset: Dataset) -> int:
    """Count the images that are training images; 0 where their share is not above that of new real ones."""
    return _unusual(images, dataset.train.images, dataset.held_out.images)


def unusual_reference_images(images: Bytes, dataset: Dataset) -> int:
    """Count the images that are of the reference; 0 where their share is not above that of other held-out ones."""
    return _unusual(images, dataset.reference.images, dataset.oracle.images)


def exact_copy_warning(copies: int, n: int, training: str = TRAINING) -> str:
    """Warn of so many copies among n images, of what stands for the training images."""
    equalled = "a training image" if training == TRAINING else f"one of {training}"
    return f"copies: {copies:,} of the {n:,} images equal {equalled}, pixel for pixel"


def reference_warning(copies: int, n: int) -> str:
    """Warn of so many images of the reference among n images."""
    return (
        f"held-out images: {copies:,} of the {n:,} images equal a real image that they are compared with, pixel for "
        "pixel; no comparison with the reference means anything"
    )


def _unusual(images: Bytes, known: Bytes, new: Bytes) -> int:
    copies = count_exact_copies(images, known)
    is_usual = not copies or copies * len(new) <= count_exact_copies(new, known) * len(images)
    return 0 if is_usual else copies
