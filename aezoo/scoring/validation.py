"""Checks of the images to be scored, which must be 28 x 28 and grey, and warnings of what is unlikely of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import SamplesError
from aezoo.images import ROUNDING, SIDE, is_unit_interval, unit_interval

Bytes = NDArray[np.uint8]
Images = NDArray[np.float32]

MIN_IMAGES = 1_000
"""Smallest number of images at which the sample metrics are sensible; a test holds it to their `minimum_n`."""

PIXELS = SIDE * SIDE
SHAPES = f"give (n, {SIDE}, {SIDE}), (n, {SIDE}, {SIDE}, 1), (n, 1, {SIDE}, {SIDE}) or (n, {PIXELS})"
COLOUR_CHANNELS = (3, 4)
OR_REAL = "--real (real=) with real images of this size"
PADDED = 32
CROP = "[:, 2:30, 2:30]"

MAX_DARK_SHARE = 0.1
"""Share of the brightest real pixel below which the brightest of all images means that they were scaled twice."""
MIN_PALE_SHARE = 0.5
"""The same share for the brightest pixel of the middle image: below it most images are pale."""
MAX_BACKGROUND = 0.25
"""Amount by which the darkest pixel of the middle image may be brighter than that of real ones."""


class SamplesWarning(UserWarning):
    """Scores that are probably not those that were meant, or lack what they were to stand beside."""


def input_warnings(images: Images, real: Bytes, name: str) -> tuple[str, ...]:
    """Warn of images that were probably prepared wrongly: inverted, scaled twice, or one image again and again.

    No warning judges quality: bad images that files do not explain have none.

    Args:
        images: float32 in [0, 1], (n, 28, 28).
        real: images of the data set, uint8, (m, 28, 28).
        name: of the data set.

    Returns:
        One line for each warning.
    """
    inverted = [*_background_warnings(images, real, name)]
    return (*(inverted or _brightness_warnings(images, real, name)), *_repetition_warnings(images))


def _brightness_warnings(images: Images, real: Bytes, name: str) -> Iterator[str]:
    """Compare the brightest and the darkest pixel, of all images and of the middle one of them, with real ones."""
    highest, lowest = _median_extremes(real / 255)
    top = float(images.max())
    brightest, darkest = _median_extremes(images)
    if top < MAX_DARK_SHARE * highest:
        yield (
            f"no pixel of the images is above {top:.3g} where {name} reaches {highest:.3g}: divided by 255 twice? "
            "images * 255 undoes it"
        )
    elif brightest < MIN_PALE_SHARE * highest:
        yield f"most images have no pixel above {brightest:.3g} where {name} reaches {highest:.3g}: scaled down?"
    if darkest > lowest + MAX_BACKGROUND:
        yield (
            f"most images have no pixel below {darkest:.3g} where {name} goes down to {lowest:.3g}: brought from "
            "[-1, 1] to [0, 1] though they were there? 2 * images - 1 undoes it"
        )


def _background_warnings(images: Images, real: Bytes, name: str) -> Iterator[str]:
    """Warn where the mean image is clearly nearer to the inverse of the real one; noise is as near to both."""
    own = images.mean(axis=0, dtype=np.float64)
    usual = real.mean(axis=0) / 255
    if np.linalg.norm(own - (1 - usual)) < np.linalg.norm(own - usual) / 2:
        yield (
            f"the images' mean is {own.mean():.2f} where {name} has {usual.mean():.2f}: white background? "
            "1 - images (255 - images in uint8) inverts them"
        )


def _repetition_warnings(images: Images) -> Iterator[str]:
    different, n = len({image.tobytes() for image in images}), len(images)
    if different == 1:
        yield f"all {n:,} images are the same: is it one image, or one noise vector, saved again and again?"
    elif different <= n / 2:
        yield f"only {different:,} of the {n:,} images differ: are they saved, or their noise drawn, more than once?"


def _median_extremes(images: NDArray[np.floating]) -> tuple[float, float]:
    """Take the medians over images of their brightest and of their darkest pixel."""
    flat = images.reshape(len(images), -1)
    return float(np.median(flat.max(axis=1))), float(np.median(flat.min(axis=1)))


def check_images(array: NDArray[Any], what: str) -> Images:
    """Convert `array` to images (n, 28, 28), float32 in [0, 1].

    Args:
        array: uint8 in 0..255 or floating in [0, 1]; (n, 28, 28), (n, 28, 28, 1), (n, 1, 28, 28) or (n, 784).
        what: how errors call it.

    Raises:
        SamplesError: another shape, type or range, colour, NaN, or fewer than 1,000 images; it says how to mend it.
    """
    images = _square(array, what)
    require_enough(images, what)
    return intensities(images, what)


def require_enough(images: NDArray[Any], what: str) -> None:
    """Raise `SamplesError` for fewer than 1,000 images."""
    if len(images) < MIN_IMAGES:
        raise SamplesError(f"{what} holds {len(images):,} images; give at least {MIN_IMAGES:,}, fewer cannot be scored")


def intensities(images: NDArray[Any], what: str) -> Images:
    """Bring images of any shape, (n, ...), to float32 in [0, 1].

    Raises:
        SamplesError: another type or range, or NaN; it says how to mend it.
    """
    if images.dtype == np.uint8:
        return _from_bytes(images, what)
    if not np.issubdtype(images.dtype, np.floating):
        low, high = int(images.min()), int(images.max())
        raise SamplesError(
            f"{what} holds {images.dtype} from {low} to {high}; give uint8 in 0..255 or floats in [0, 1]"
            f"{_conversion(low, high)}"
        )
    return _from_floats(images, what)


def _square(array: NDArray[Any], what: str) -> NDArray[Any]:
    """Reshape to (n, 28, 28), from any of the shapes that say the same."""
    shape = array.shape
    _refuse_colour(array, what)
    square = (SIDE, SIDE)
    if shape[1:] not in (square, (*square, 1), (1, *square), (PIXELS,)):
        raise SamplesError(f"{what} has shape {shape}; {SHAPES}{_advice(shape)}")
    return array.reshape(-1, *square)


def _refuse_colour(array: NDArray[Any], what: str) -> None:
    """Raise `SamplesError` for three or four channels, last or first; its code makes images of the right kind."""
    shape = array.shape
    axis = next((axis for axis in (-1, 1) if len(shape) == 4 and shape[axis] in COLOUR_CHANNELS), None)
    sides = () if axis is None else shape[1:-1] if axis == -1 else shape[2:]
    if sides not in ((SIDE, SIDE), (PADDED, PADDED)):
        return
    opacity = shape[axis or -1] == COLOUR_CHANNELS[-1]
    colours = "" if not opacity else "[..., :3]" if axis == -1 else "[:, :3]"
    code = f"images{colours}.mean(axis={axis}){CROP if sides[0] == PADDED else ''}"
    scaled = f"{code} / 255" if array.dtype == np.uint8 else code
    raise SamplesError(
        f"{what} has shape {shape}, which is colour; give {OR_REAL}, or make it grey {SIDE} x {SIDE}, such as {scaled}"
    )


def _advice(shape: tuple[int, ...]) -> str:
    sizes = [size for size in shape[1:] if size != 1]
    if sizes == [PADDED, PADDED]:
        crop = "".join(", 2:30" if size == PADDED else ", :" for size in shape[1:])
        return f"; images padded to {PADDED} x {PADDED} lose their border by images[:{crop}]"
    if shape[:2] == (SIDE, SIDE) and len(shape) == 3:
        return "; the images stand along the last axis, np.moveaxis(images, -1, 0) puts it first"
    if shape[:1] == (PIXELS,) and len(shape) == 2:
        return "; the images stand in columns, images.T puts them in rows"
    if shape == (SIDE, SIDE):
        return "; one image needs a first axis, images[None]"
    return f", or {OR_REAL}" if len(shape) in (3, 4) else ""


def _conversion(low: int, high: int) -> str:
    """Give the code that converts integers, where no scale has to be guessed."""
    if low < 0 or high > 255:
        return ""
    return f": images.astype('{'float32' if high <= 1 else 'uint8'}')"


def _from_bytes(images: NDArray[np.uint8], what: str) -> Images:
    if images.max() <= 1:
        raise SamplesError(f"{what} is uint8 without any value above 1; give 0..255 (images * 255)")
    return unit_interval(images, np.float32)


def _from_floats(images: NDArray[np.floating[Any]], what: str) -> Images:
    broken = len(images) - int(np.isfinite(images).reshape(len(images), -1).all(axis=1).sum())
    if broken:
        raise SamplesError(f"{what} holds NaN or infinity in {broken:,} of {len(images):,} images; leave these out")
    low, high = float(images.min()), float(images.max())
    if not is_unit_interval(images):
        raise SamplesError(f"{what} ranges from {low:.4g} to {high:.4g}; give [0, 1]: {_how_to_fix(low, high)}")
    return np.clip(images.astype(np.float32), 0, 1)


def _how_to_fix(low: float, high: float) -> str:
    if low >= -1 - ROUNDING and high <= 1 + ROUNDING:
        return "if they are in [-1, 1], (images + 1) / 2"
    if low >= 0 and high <= 255:
        return "if they are in 0..255, images / 255"
    return "undo the generator's scaling, or clip what lies outside"
