"""What the reconstruction metrics ask of images."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats, finite_matrix


def image_pair(x: ArrayLike, p: ArrayLike) -> tuple[Floats, Floats]:
    """Both as float64 arrays of one shape, with values in [0, 1]; raises `ValueError` otherwise."""
    originals = finite_matrix("x", x, ndim=np.ndim(x) if np.ndim(x) in (2, 3) else 3)
    decoded = finite_matrix("p", p, ndim=originals.ndim)
    if originals.shape != decoded.shape:
        raise ValueError(f"x has shape {originals.shape} and p {decoded.shape}; give one reconstruction per image")
    for name, images in (("x", originals), ("p", decoded)):
        if images.min() < 0 or images.max() > 1:
            raise ValueError(f"{name} ranges from {images.min():g} to {images.max():g}; scale it to [0, 1]")
    return originals, decoded
