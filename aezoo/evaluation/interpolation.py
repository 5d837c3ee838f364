"""Interpolations for figures: straight lines between the codes of images of different classes, decoded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.evaluation.inference import decode
from aezoo.images import to_bytes
from aezoo.models.base import Model
from aezoo.models.capabilities import HasSymbols

PAIRS, STEPS = 2, 9
"""Lines that a gallery keeps, and images of a line: some 8 kB."""


def lines(starts: NDArray[np.float32], ends: NDArray[np.float32], points: int) -> NDArray[np.float32]:
    """Make codes at evenly spaced points of straight lines, (n, points, d), of their ends (n, d)."""
    share = np.linspace(0, 1, points, dtype=np.float32)[:, None]
    return (1 - share) * starts[:, None] + share * ends[:, None]


def interpolation_gallery(model: Model, codes: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Decode lines from the first of `codes` (n, d) to the second, from the third to the fourth, and so on.

    Nothing for fewer than two codes, for codes without dimensions, and for symbols, between which there is nothing.

    Returns:
        ``interpolations`` uint8 (at most 2, 9, 28, 28); the ends of each are reconstructions.
    """
    pairs = min(PAIRS, len(codes) // 2)
    if not pairs or not codes.shape[1] or isinstance(model, HasSymbols):
        return {}
    line = lines(codes[0 : 2 * pairs : 2], codes[1 : 2 * pairs : 2], STEPS)
    images = decode(model, line.reshape(-1, codes.shape[1]))
    return {"interpolations": to_bytes(images).reshape(pairs, STEPS, *images.shape[1:])}
