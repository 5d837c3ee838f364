"""Intensities of images: uint8 as they are stored, floats in [0, 1] as they are computed with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def to_bytes(images: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Images in [0, 1] as uint8, rounded."""
    return np.asarray(np.rint(images * 255), np.uint8)


def unit_interval(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """uint8 intensities as float64 in [0, 1]."""
    return images / 255.0
