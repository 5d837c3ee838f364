"""Traversals: codes of one image with a single dimension moved at a time, and how much each changes the image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.evaluation.inference import decode
from aezoo.images import to_bytes
from aezoo.models.base import Model
from aezoo.models.capabilities import HasSymbols

SPAN = 2.0
"""Standard deviations of the codes to each side of their mean that a traversal covers."""

STEPS, MAX_ROWS = 9, 16
"""Images of a dimension in a gallery, and dimensions."""

MAX_DIMENSIONS = 128
"""Dimensions of a code above which it is no summary of an image, such as one number for each pixel."""


def traversal_codes(codes: NDArray[Any], centre: NDArray[Any], steps: int) -> NDArray[Any]:
    """Move each dimension of `centre` from `SPAN` standard deviations below the mean of `codes` to as many above.

    Args:
        codes: (n, d).
        centre: (d,).
        steps: codes of a dimension.

    Returns:
        Codes (d, steps, d); row i has dimension i moved.
    """
    moved = np.tile(centre, (codes.shape[1], steps, 1))
    for i, (mean, sd) in enumerate(zip(codes.mean(axis=0), codes.std(axis=0), strict=True)):
        moved[i, :, i] = np.linspace(mean - SPAN * sd, mean + SPAN * sd, steps)
    return moved


def traversal_gallery(model: Model, codes: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """Make ``traversals`` of the first code, the most active dimensions first, and the ``activity`` of all.

    The activity of a dimension is the mean over pixels of how far its traversal moves them, in [0, 1]. Nothing for
    codes of two dimensions, which a manifold shows, for symbols, and for codes as long as an image.

    Returns:
        ``traversals`` uint8 (at most 16, 9, 28, 28), ``traversed`` their dimensions, ``activity`` float32 (d,).
    """
    d = codes.shape[1]
    if d == 2 or not 0 < d <= MAX_DIMENSIONS or isinstance(model, HasSymbols):
        return {}
    moved = traversal_codes(codes, codes[0], STEPS).astype(np.float32)
    images = decode(model, moved.reshape(-1, d)).reshape(d, STEPS, 28, 28)
    activity = np.ptp(images, axis=1).mean(axis=(1, 2)).astype(np.float32)
    shown = np.argsort(-activity, kind="stable")[:MAX_ROWS]
    return {"traversals": to_bytes(images[shown]), "traversed": shown.astype(np.int16), "activity": activity}
