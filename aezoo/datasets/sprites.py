"""Sprites with known factors of variation, drawn by code: they need no download, and the factors are exact.

The factors are those of dSprites (Matthey et al. 2017): shape, scale, orientation and position. Unlike there no shape
looks the same when it is turned, so that every factor can be told from the image, and edges are anti-aliased, so that
each of the 32 positions, a third of a pixel apart, is an image of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import DATASETS, DataSources, Factor, LoadedArrays, Split
from aezoo.errors import DatasetError
from aezoo.seeds import generator

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

FACTORS = (
    Factor("shape", 3, categorical=True),
    Factor("scale", 6),
    Factor("orientation", 40),
    Factor("x", 32),
    Factor("y", 32),
)
SIZES = tuple(factor.values for factor in FACTORS)
COUNT = int(np.prod(SIZES))
"""The number of all sprites, 737,280."""

TRAIN, TEST = 30_000, 10_000
SEED = 0
SIDE = 28
RADII = np.linspace(3.5, 7.0, 6)
"""Of the circle around a shape, in pixels."""
CENTRES = np.linspace(8.0, 20.0, 32)
"""In pixels from the upper left corner: no sprite reaches the edge."""
BLOCK = 2_000


@DATASETS.register("sprites", summary="40,000 of 737,280 sprites with five known factors, drawn by code", judge=None)
def load(source: DataSources) -> LoadedArrays:
    """Draw 30,000 sprites to train on and 10,000 others; which ones is the same in every run.

    Raises:
        DatasetError: a data file was named.
    """
    if source.data_file is not None:
        raise DatasetError(f"sprites takes no data file but was given {source.data_file}; leave it out")
    train, test = (split(rows) for rows in np.split(subset(TRAIN + TEST, SEED), [TRAIN]))
    return LoadedArrays(train, test, "drawn by aezoo.datasets.sprites", "", FACTORS)


def subset(n: int, seed: int) -> NDArray[np.int64]:
    """Return the numbers of `n` different sprites, drawn at random."""
    return generator(seed, "sprites").permutation(COUNT)[:n]


def split(numbers: NDArray[np.int64]) -> Split:
    """Draw the sprites of these numbers, 0 to `COUNT` - 1; the label is the shape."""
    factors = factors_of(numbers)
    return Split(draw(factors), factors[:, 0].copy(), factors)


def factors_of(numbers: NDArray[np.int64]) -> Bytes:
    """Return the factors (n, 5) of the sprites of these numbers; the last factor changes first."""
    return np.stack(np.unravel_index(numbers, SIZES), axis=1).astype(np.uint8)


def draw(factors: Bytes) -> Bytes:
    """Draw sprites (n, 28, 28), white on black, of factors (n, 5).

    The intensity of a pixel is ``clip(1/2 - d, 0, 1)``, d the distance of its centre to the edge in pixels, negative
    inside: nearly the area of the pixel that the shape covers.
    """
    blocks = [factors[start : start + BLOCK] for start in range(0, len(factors), BLOCK)]
    return np.concatenate([_draw_block(block) for block in blocks])


def _draw_block(factors: Bytes) -> Bytes:
    shape, scale, orientation, column, row = factors.T
    angle = 2 * np.pi * orientation / SIZES[2]
    axis = np.arange(SIDE) + 0.5
    right = axis[None, None, :] - CENTRES[column][:, None, None]
    down = axis[None, :, None] - CENTRES[row][:, None, None]
    cosine, sine = (of[:, None, None] for of in (np.cos(angle), np.sin(angle)))
    u, v = cosine * right + sine * down, cosine * down - sine * right
    images = np.empty((len(factors), SIDE, SIDE), np.uint8)
    for number, distance in enumerate((_triangle, _half_disc, _corner)):
        own = shape == number
        edge = distance(u[own], v[own], RADII[scale[own]][:, None, None])
        images[own] = np.rint(255 * np.clip(0.5 - edge, 0, 1))
    return images


def _triangle(u: Floats, v: Floats, radius: Floats) -> Floats:
    """An isosceles triangle with its apex at (radius, 0) and a base of the length of the radius.

    Cut by the circle around it: beyond a corner the distance to the nearest line is less than that to the corner.
    """
    half = radius / 2
    back = -np.sqrt(0.75) * radius
    slope = (radius - back) / half
    sides = (np.abs(v) * slope + u - radius) / np.sqrt(1 + slope**2)
    return np.asarray(np.maximum.reduce([sides, back - u, np.hypot(u, v) - radius]))


def _half_disc(u: Floats, v: Floats, radius: Floats) -> Floats:
    """The half of a disc at u > 0."""
    return np.asarray(np.maximum(np.hypot(u, v) - radius, -u))


def _corner(u: Floats, v: Floats, radius: Floats) -> Floats:
    """An L of two bars, a third of the radius wide; the longer one along u."""
    long, short, width = 0.85 * radius, 0.5 * radius, radius / 3
    along_u = _box(u, v, (-long, long), (-short, -short + width))
    return np.asarray(np.minimum(along_u, _box(u, v, (-long, -long + width), (-short, short))))


def _box(u: Floats, v: Floats, across: Sequence[Floats], along: Sequence[Floats]) -> Floats:
    """The distance to the edges of a rectangle; outside of a corner less than the true one."""
    return np.asarray(np.maximum.reduce([across[0] - u, u - across[1], along[0] - v, v - along[1]]))
