"""Shapes that the values of a check may have to have, with the tolerances of the paper.

Source: Räisä, van Breugel and van der Schaar 2025, arXiv:2505.22450.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from aezoo.audit.checks import Floats, Rule, Shape

CLOSE = 0.05
"""Distance from a value that is asked for, and difference between values that are to be equal."""
FALL = 0.2
"""Least difference between the two ends of a shape that rises or falls."""
SLACK = 0.1
"""Distance of an end from the highest or the lowest value of a shape."""

Place = float | Literal["first", "last"]


def at(place: Place, target: float) -> Shape:
    """Ask for a value within `CLOSE` of `target` at a point."""
    return lambda points, values: CLOSE - float(abs(values[_index(points, place)] - target))


def every(*shapes: Shape) -> Shape:
    """Ask for all of some shapes."""
    return lambda points, values: _least(*(shape(points, values) for shape in shapes))


def bell(middle: float) -> Shape:
    """Ask for a shape that is highest in the middle and falls to both ends."""

    def margin(points: Floats, values: Floats) -> float:
        top, ends = values[_index(points, middle)], values[[0, -1]]
        nearest_end = float(ends.min() - values.min())  # one end has to be near the lowest value
        return _least(*(top - ends - FALL), SLACK - (values.max() - top), SLACK - nearest_end)

    return margin


def falls(points: Floats, values: Floats) -> float:
    """Ask for values that fall from the first to the last point."""
    first, last = values[0], values[-1]
    return _least(first - last - FALL, SLACK - (values.max() - first), SLACK - (last - values.min()))


def rises(points: Floats, values: Floats) -> float:
    """Ask for values that rise from the first to the last point."""
    return falls(points, values[::-1])


def falls_by(place: Place, least: float = SLACK) -> Shape:
    """Ask for values that fall, and that have fallen by `least` at a point on the way."""
    return lambda points, values: _least(falls(points, values), values[0] - values[_index(points, place)] - least)


def flat(points: Floats, values: Floats) -> float:
    """Ask for values that are within `CLOSE` of each other."""
    return CLOSE - float(np.ptp(values))


def settles(points: Floats, values: Floats) -> float:
    """Ask for values that are within `CLOSE` of each other from the median point on."""
    return CLOSE - float(np.ptp(values[points >= np.median(points)]))


def bounds(text: str, *ways: Shape) -> Rule:
    """Make a rule on the value at points where it is known."""
    return Rule("bounds", text, ways)


def property_(text: str, *ways: Shape) -> Rule:
    """Make a rule on the shape of the values."""
    return Rule("property", text, ways)


def _least(*margins: float) -> float:
    """Give the least margin; NaN where one is, which the built-in `min` would lose."""
    return float(np.min(margins))


def _index(points: Floats, place: Place) -> int:
    if isinstance(place, str):
        return {"first": 0, "last": len(points) - 1}[place]
    return int(np.argmin(np.abs(points - place)))
