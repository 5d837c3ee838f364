"""Metrics of every direction as losses: lower is better."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def losses(values: ArrayLike, better: str, aim: float | None = None) -> NDArray[np.float64]:
    """`values` as losses, elementwise: themselves (lower), negated (higher), or their distance to `aim` (target).

    Of a score that ranks nothing (neither) there is no loss: NaN.

    Args:
        values: any shape.
        better: "lower", "higher", "target" or "neither".
        aim: where a target metric should be: its ideal, or the oracle's mean. None gives NaN: without an aim
            nobody can say which of two values is better.

    Returns:
        Losses in the unit of the values, float64, of the same shape; NaN stays NaN.

    Raises:
        ValueError: another direction.
    """
    array = np.asarray(values, dtype=np.float64)
    if better not in ("lower", "higher", "target", "neither"):
        raise ValueError(f"better is {better!r}; it must be lower, higher, target or neither")
    if better == "neither":
        return np.full(array.shape, np.nan)
    if better == "target":
        return np.abs(array - (np.nan if aim is None else aim))
    return array if better == "lower" else -array
