"""Images of one's own, real and generated: any size, grey or coloured, both alike."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.errors import SamplesError
from aezoo.images import COLOURS, SIDE, to_bytes
from aezoo.scoring.pictures import OWN_RULES, read_pictures
from aezoo.scoring.reading import SampleImages, as_numbers, read_array, refuse_name
from aezoo.scoring.validation import Images, intensities, require_enough

Bytes = NDArray[np.uint8]
Source = ArrayLike | os.PathLike[str] | str
Shape = tuple[int, ...]

SHAPES = "(n, height, width), grey also with one channel, coloured with 3, last or first"
MAX_INTENSITIES = 3 * 128 * 128
"""Intensities of an image up to which pixels are compared; of larger ones, features say more."""


@dataclass(frozen=True)
class OwnImages:
    """Real images of one's own.

    Attributes:
        name: what tables call them.
        origin: where they were read, in words.
        images: uint8, (n, height, width) or (n, height, width, 3).
        labels: of their subfolders, uint8, (n,); None where they are not known.
        notes: what was noticed while reading, a line each.
    """

    name: str
    origin: str
    images: Bytes
    labels: Bytes | None = None
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """Shape of one image."""
        return self.images.shape[1:]


def read_own(source: Source, what: str, like: Shape | None = None) -> OwnImages:
    """Read real images: an array, an npz or npy file, or a folder of PNG or JPEG files, also in a subfolder a class.

    Args:
        source: the images.
        what: how errors call an array, such as "real images".
        like: shape of one image that they must have; None for any.

    Raises:
        SamplesError: they cannot be read, or are no images of one size; one line that says how to mend it.
    """
    name, origin, array, labels, notes = _read(source, what, None)
    return OwnImages(name, origin, to_bytes(_checked(array, origin, like)), labels, notes)


def read_own_samples(source: Source, name: str | None, array: str | None, like: Shape) -> SampleImages:
    """Read generated images as `read_own` does, each of the shape `like`; at least 1,000."""
    found, origin, images, _, notes = _read(source, "images", array)
    checked = _checked(images, origin, like)
    require_enough(checked, origin)
    return SampleImages(name or ("samples" if origin == "images" else found), checked, notes)


def _read(source: Source, what: str, array: str | None) -> tuple[str, str, NDArray[Any], Bytes | None, tuple[str, ...]]:
    """Read name, origin, array, labels and notes."""
    if not isinstance(source, str | os.PathLike):
        refuse_name(array, "an array")
        return "real", what, as_numbers(source, what), None, ()
    path = Path(source)
    if path.is_dir():
        refuse_name(array, path)
        found = read_pictures(path, OWN_RULES)
        return path.resolve().name, str(path), found.images, found.labels, found.notes
    return path.stem, str(path), read_array(path, array), None, ()


def _checked(array: NDArray[Any], what: str, like: Shape | None) -> Images:
    """Bring an array to float32 in [0, 1], (n, height, width) or (n, height, width, 3)."""
    images = _arranged(array, what, like)
    if like is not None and images.shape[1:] != like:
        raise SamplesError(f"{what} holds images of {describe(images.shape[1:])}, the real ones are {describe(like)}")
    if images[0].size > MAX_INTENSITIES:
        raise SamplesError(
            f"{what} holds images of {describe(images.shape[1:])}; make them smaller, at most 128 x 128, or give "
            "features of both sides alone (--features)"
        )
    return intensities(images, what)


def _arranged(array: NDArray[Any], what: str, like: Shape | None) -> NDArray[Any]:
    """Put channels last, and take a single one out; a row a picture is 28 x 28, or of the shape `like`."""
    shape = array.shape
    flat = like or (SIDE, SIDE)
    if len(shape) == 2 and shape[1] == int(np.prod(flat)) and 0 not in shape:
        return array.reshape(-1, *flat)
    if len(shape) == 4 and shape[-1] not in (1, COLOURS) and shape[1] in (1, COLOURS):
        array = np.moveaxis(array, 1, -1)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if 0 in array.shape or not (array.ndim == 3 or (array.ndim == 4 and array.shape[-1] == COLOURS)):
        raise SamplesError(f"{what} has shape {shape}; give {SHAPES}")
    return array


def describe(shape: Shape) -> str:
    """Write ``32 x 32, coloured``."""
    return f"{shape[0]} x {shape[1]}, {'coloured' if len(shape) == 3 else 'grey'}"
