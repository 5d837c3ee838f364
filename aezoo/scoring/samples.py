"""The images that are to be scored, from wherever they come. Imports no TensorFlow."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from aezoo.errors import SamplesError, UsageError
from aezoo.scoring.arrays import read_npy, read_npz
from aezoo.scoring.checks import Images, checked_images

KINDS = "an .npz or .npy file, or a folder of PNG files"
ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
ARRAY = b"\x93NUM"
PNG = b"\x89PNG"


@dataclass(frozen=True)
class Samples:
    """Images that were checked.

    Attributes:
        name: what tables call them.
        images: float32 in [0, 1], (n, 28, 28).
        notes: what was noticed while reading, a line each.
    """

    name: str
    images: Images
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Of the images as they are scored: equal for equal images, whatever file they come from."""
        return hashlib.sha256(np.ascontiguousarray(self.images).tobytes()).hexdigest()


def samples_from(
    source: ArrayLike | os.PathLike[str] | str, name: str | None = None, array: str | None = None
) -> Samples:
    """Read and check images.

    Args:
        source: an array, or the path of an npz or npy file or of a folder of PNG files.
        name: what tables call them; None for the name of the file, or "samples".
        array: which array of an npz file.

    Raises:
        SamplesError: they cannot be read or cannot be scored; one line that says how to mend it.
        UsageError: the npz file has no array called `array`, or it is no npz file.
    """
    if isinstance(source, str | os.PathLike):
        return read_samples(Path(source), name, array)
    _refuse_name(array, "an array")
    try:
        given = np.asarray(source)
    except ValueError as error:
        raise SamplesError(f"images are no array ({error}); give one of shape (n, 28, 28)") from error
    if given.dtype.kind not in "biuf":
        raise SamplesError(f"images are {given.dtype}, not numbers; give uint8 in 0..255 or floats in [0, 1]")
    return Samples(name or "samples", checked_images(given, "images"))


def read_samples(path: Path, name: str | None = None, array: str | None = None) -> Samples:
    """`samples_from` a file or folder."""
    if not path.exists():
        raise SamplesError(f"{path} does not exist; give {KINDS}")
    if path.is_dir():
        _refuse_name(array, path)
        return _of_folder(path, name)
    start = _start(path)
    if start in ARCHIVE:
        found = read_npz(path, array)
    elif start == ARRAY:
        _refuse_name(array, path)
        found = read_npy(path)
    else:
        kind = "empty" if not start else "a single picture" if start == PNG else "neither npz nor npy"
        raise SamplesError(f"{path} is {kind}; give {KINDS}")
    return Samples(name or path.stem, checked_images(found, str(path)))


def _refuse_name(array: str | None, source: object) -> None:
    if array is not None:
        raise UsageError(f"array {array[:80]!r} is asked for, but {source} is no npz file; leave it out")


def _of_folder(path: Path, name: str | None) -> Samples:
    from aezoo.scoring.pictures import read_pictures

    pictures, others = read_pictures(path)
    were = "entry of {} is no PNG file and was" if others == 1 else "entries of {} are no PNG files and were"
    notes = (f"{others} other {were.format(path)} left out",) if others else ()
    return Samples(name or path.resolve().name, checked_images(pictures, str(path)), notes)


def _start(path: Path) -> bytes:
    if not path.is_file():  # a pipe would wait for ever
        raise SamplesError(f"{path} is not a regular file; give {KINDS}")
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as error:
        raise SamplesError(f"{path} cannot be read: {error.strerror}; make it readable") from error
