"""Two images on top of each other."""

from __future__ import annotations

import numpy as np

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.images import unit_interval


def at_most_half(dose: float) -> float:
    """Return `dose` as the weight of the second of two; raises `ValueError` outside of [0, 1/2]."""
    if not 0 <= dose <= 0.5:
        raise ValueError(f"the dose is {dose}; give a weight from 0 to 0.5")
    return dose


@CONTROLS.register(
    "pixel-average",
    draws_from="oracle",
    doses=(0.1, 0.25, 0.5),
    default=0.5,
    unit="weight of the second image",
    check=at_most_half,
    failure="the images are averages of real ones",
)
def pixel_average(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Each image a weighted mean of two different held-out real images, pixel by pixel."""
    if not max(n, 2) <= len(images):
        raise ValueError(f"{n} images asked for but the split holds {len(images)}; ask for fewer")
    order = generator.permutation(len(images))
    first, second = (unit_interval(images[rows[:n]], np.float32) for rows in (order, np.roll(order, 1)))
    weight = np.float32(dose)
    return (1 - weight) * first + weight * second
