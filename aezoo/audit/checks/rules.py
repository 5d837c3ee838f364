"""Shapes that the values of a check may have to have, with the tolerances of the paper.

Source: Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from aezoo.audit.checks import Floats, Rule

CLOSE = 0.05
"""Distance from a value that is asked for, and difference between values that are to be equal."""
FALL = 0.2
"""Least difference between the two ends of a shape that rises or falls."""
SLACK = 0.1
"""Distance of an end from the highest or the lowest value of a shape."""

Place = float | Literal["first", "last"]
Shape = Callable[[Floats, Floats], bool]


def at(place: Place, target: float) -> Shape:
    """Ask for a value within `CLOSE` of `target` at a point."""
    return lambda points, values: bool(abs(values[_index(points, place)] - target) <= CLOSE)


def one_or_zero(place: Place) -> Shape:
    """Ask for a value within `CLOSE` of 0 or of 1: of diversity both are meaningful where fakes are spread too wide."""
    return lambda points, values: at(place, 0)(points, values) or at(place, 1)(points, values)


def every(*shapes: Shape) -> Shape:
    """Ask for all of some shapes."""
    return lambda points, values: all(shape(points, values) for shape in shapes)


def either(*shapes: Shape) -> Shape:
    """Ask for one of some shapes."""
    return lambda points, values: any(shape(points, values) for shape in shapes)


def bell(middle: float) -> Shape:
    """Ask for a shape that is highest in the middle and falls to both ends."""

    def holds(points: Floats, values: Floats) -> bool:
        top, ends = values[_index(points, middle)], values[[0, -1]]
        return bool((top - ends >= FALL).all() and values.max() - top <= SLACK and (ends - values.min() <= SLACK).any())

    return holds


def falls(points: Floats, values: Floats) -> bool:
    """Tell whether values fall from the first to the last point."""
    first, last = values[0], values[-1]
    return bool(first - last >= FALL and values.max() - first <= SLACK and last - values.min() <= SLACK)


def rises(points: Floats, values: Floats) -> bool:
    """Tell whether values rise from the first to the last point."""
    return falls(points, values[::-1])


def falls_by(place: Place, least: float = SLACK) -> Shape:
    """Ask for values that fall, and that have fallen by `least` at a point on the way."""
    return lambda points, values: falls(points, values) and bool(values[0] - values[_index(points, place)] >= least)


def flat(points: Floats, values: Floats) -> bool:
    """Tell whether all values are within `CLOSE` of each other."""
    return bool(np.ptp(values) <= CLOSE)


def settles(points: Floats, values: Floats) -> bool:
    """Tell whether the values from the median point on are within `CLOSE` of each other."""
    return bool(np.ptp(values[points >= np.median(points)]) <= CLOSE)


def bounds(text: str, shape: Shape) -> Rule:
    """Make a rule on the value at a point where it is known."""
    return Rule("bounds", text, shape)


def property_(text: str, shape: Shape) -> Rule:
    """Make a rule on the shape of the values."""
    return Rule("property", text, shape)


def _index(points: Floats, place: Place) -> int:
    if isinstance(place, str):
        return {"first": 0, "last": len(points) - 1}[place]
    return int(np.argmin(np.abs(points - place)))
