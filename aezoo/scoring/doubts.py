"""Images that can be scored but are probably not what was meant: inverted, scaled twice, all the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from aezoo.scoring.checks import Images

Bytes = NDArray[np.uint8]
Means = NDArray[np.float64]

DARK = 0.1
PALE = 0.5
GREY = 0.25


class SamplesWarning(UserWarning):
    """Scores that are probably not those that were meant, or lack what they were to stand beside."""


def doubts(images: Images, real: Bytes, name: str) -> tuple[str, ...]:
    """What is unlikely of `images` (n, 28, 28) in [0, 1] beside `real` ones of the data set called `name`; a line each.

    No line says that images are bad, only that they are so in a way in which files go wrong.
    """
    inverted = [*_of_background(images, real, name)]
    return (*(inverted or _of_brightness(images, real, name)), *_of_repeats(images))


def _of_brightness(images: Images, real: Bytes, name: str) -> Iterator[str]:
    """The brightest and the darkest pixel, of all images and of the middle one of them."""
    highest, lowest = _middle(real / 255)
    top = float(images.max())
    brightest, darkest = _middle(images)
    if top < DARK * highest:
        yield (
            f"no pixel of the images is above {top:.3g} where {name} reaches {highest:.3g}: divided by 255 twice? "
            "images * 255 undoes it"
        )
    elif brightest < PALE * highest:
        yield f"most images have no pixel above {brightest:.3g} where {name} reaches {highest:.3g}: scaled down?"
    if darkest > lowest + GREY:
        yield (
            f"most images have no pixel below {darkest:.3g} where {name} goes down to {lowest:.3g}: brought from "
            "[-1, 1] to [0, 1] though they were there? 2 * images - 1 undoes it"
        )


def _of_background(images: Images, real: Bytes, name: str) -> Iterator[str]:
    """Whether the mean image is clearly nearer to the inverse of the real one: noise is as near to both."""
    own: Means = images.mean(axis=0, dtype=np.float64)
    usual: Means = real.mean(axis=0) / 255
    if np.linalg.norm(own - (1 - usual)) < np.linalg.norm(own - usual) / 2:
        yield (
            f"the images' mean is {own.mean():.2f} where {name} has {usual.mean():.2f}: white background? "
            "1 - images (255 - images in uint8) inverts them"
        )


def _of_repeats(images: Images) -> Iterator[str]:
    different, n = len({image.tobytes() for image in images}), len(images)
    if different == 1:
        yield f"all {n:,} images are the same: is it one image, or one noise vector, saved again and again?"
    elif different <= n / 2:
        yield f"only {different:,} of the {n:,} images differ: are they saved, or their noise drawn, more than once?"


def _middle(images: NDArray[np.floating]) -> tuple[float, float]:
    """The medians over images of their brightest and of their darkest pixel."""
    return float(np.median(images.max(axis=(1, 2)))), float(np.median(images.min(axis=(1, 2))))
