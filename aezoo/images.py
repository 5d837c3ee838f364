"""Intensities of images: uint8 as they are stored, floats in [0, 1] as they are computed with."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", bound=np.floating[Any])
Images = NDArray[np.uint8] | NDArray[np.floating[Any]]

SIDE = 28
"""Pixels in each direction of an image."""
COLOURS = 3
"""Channels of an image in colour: red, green and blue."""
ROUNDING = 1e-6
"""Distance from [0, 1] to which arithmetic may have moved an intensity."""


def to_bytes(images: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Round intensities in [0, 1] to uint8."""
    return np.asarray(np.rint(images * 255), np.uint8)


def as_bytes(images: Images) -> NDArray[np.uint8]:
    """Give images as uint8: those that are already as they are, others rounded from [0, 1]."""
    if images.dtype == np.uint8:
        return cast(NDArray[np.uint8], images)
    return to_bytes(cast(NDArray[np.floating[Any]], images))


def unit_interval(images: NDArray[np.uint8], dtype: type[Float]) -> NDArray[Float]:
    """Divide uint8 intensities by 255, in the precision of `dtype`, on which results depend."""
    scaled: NDArray[Float] = np.divide(images, 255, dtype=dtype)
    return scaled


def is_unit_interval(images: NDArray[np.floating[Any]]) -> bool:
    """Tell whether all intensities lie in [0, 1], up to `ROUNDING`; NaN does not."""
    return not images.size or bool(images.min() >= -ROUNDING and images.max() <= 1 + ROUNDING)


def to_unit_interval(images: Images) -> NDArray[np.floating[Any]]:
    """Check images of any size, and bring uint8 ones to float32 in [0, 1]; floating ones stay as they are.

    Raises:
        ValueError: the shape is not (n, height, width) or, of colour, (n, height, width, 3), or an intensity is NaN or
            outside of [0, 1].
    """
    if images.ndim != 3 and images.shape[3:] != (COLOURS,):
        raise ValueError(f"images have shape {images.shape}; they must have shape (n, height, width[, 3])")
    if images.dtype == np.uint8:
        return unit_interval(cast(NDArray[np.uint8], images), np.float32)
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images are {images.dtype}; they must be uint8 or floating")
    floats = cast(NDArray[np.floating[Any]], images)
    if not is_unit_interval(floats):
        raise ValueError("images hold NaN or intensities outside of [0, 1]")
    return floats
