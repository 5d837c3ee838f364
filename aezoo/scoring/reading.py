"""Reading of the images to be scored: arrays, npy and npz files, folders of pictures. Imports no TensorFlow."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.errors import SamplesError, UnknownNameError, UsageError, message_line
from aezoo.npz import DAMAGE, ArrayFormatError, member_sizes, read_member, read_npy
from aezoo.scoring.pictures import read_pictures
from aezoo.scoring.validation import Images, check_images

KINDS = "an .npz or .npy file, or a folder of PNG files"
MAX_ARRAY_BYTES = 2**30
"""Bytes that an array may take: 170,000 images in float64, 1,300,000 in uint8."""
USUAL_NAMES = ("images", "samples", "x", "arr_0")
"""Names of the array of an npz file that holds images, where there are others."""
ARCHIVE, ARRAY, PNG = (b"PK\x03\x04", b"PK\x05\x06"), b"\x93NUM", b"\x89PNG"
"""First bytes of npz, npy and PNG files."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SampleImages:
    """Images that were checked.

    Attributes:
        name: what tables call them.
        images: float32 in [0, 1], (n, 28, 28); beside real images of one's own, of their shape.
        notes: what was noticed while reading, a line each.
        features: that somebody computed of them, (n, d); None where the real images have none.
    """

    name: str
    images: Images
    notes: tuple[str, ...] = ()
    features: Floats | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the images as they are scored: equal for equal images, whatever file they come from."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        digest.update(b"" if self.features is None else np.ascontiguousarray(self.features).tobytes())
        return digest.hexdigest()


def to_samples(
    source: ArrayLike | os.PathLike[str] | str, name: str | None = None, array: str | None = None
) -> SampleImages:
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
    refuse_name(array, "an array")
    return SampleImages(name or "samples", check_images(as_numbers(source, "images"), "images"))


def as_numbers(source: ArrayLike, what: str) -> NDArray[Any]:
    """Make an array of numbers of what errors call `what`; raises `SamplesError` where it is none."""
    given = as_array(source, what, "(n, 28, 28)")
    if given.dtype.kind not in "biuf":
        raise SamplesError(f"{what} are {given.dtype}, not numbers; give uint8 in 0..255 or floats in [0, 1]")
    return given


def as_array(source: ArrayLike, what: str, shape: str) -> NDArray[Any]:
    """Make an array of what errors call `what`; raises `SamplesError` where it is none, nor a tensor that gives one."""
    try:
        return np.asarray(source)
    except ValueError as error:
        raise SamplesError(f"{what} are no array ({message_line(error)}); give one of shape {shape}") from error
    except (RuntimeError, TypeError) as error:  # a tensor with gradients, on a GPU, or of a type that NumPy lacks
        raise SamplesError(
            f"{what} are no NumPy array ({message_line(error)[:200]}); give one, of a tensor "
            "tensor.detach().cpu().float().numpy()"
        ) from error


def read_samples(path: Path, name: str | None = None, array: str | None = None) -> SampleImages:
    """Read and check a file or folder, as `to_samples` does."""
    if not path.exists():
        raise SamplesError(f"{path} does not exist; give {KINDS}")
    if path.is_dir():
        refuse_name(array, path)
        return _read_folder(path, name)
    return SampleImages(name or path.stem, check_images(read_array(path, array), str(path)))


def refuse_name(array: str | None, source: object) -> None:
    """Raise `UsageError` where an array is named of what is no npz file."""
    if array is not None:
        raise UsageError(f"array {array[:80]!r} is asked for, but {source} is no npz file; leave it out")


def read_array(path: Path, array: str | None) -> NDArray[Any]:
    """Read the array of an npy file, or that of an npz file which is called `array` or is the only one possible."""
    if not path.exists():
        raise SamplesError(f"{path} does not exist; give {KINDS}")
    start = _first_bytes(path)
    try:
        if start in ARCHIVE:
            with zipfile.ZipFile(path) as archive:
                name = _choose_array(sorted(member_sizes(archive)), array, path)
                return read_member(archive, name, f"array {name[:80]!r} of {path}", MAX_ARRAY_BYTES)
        if start == ARRAY:
            refuse_name(array, path)
            return read_npy(path, MAX_ARRAY_BYTES)
    except ArrayFormatError as error:
        raise SamplesError(str(error)) from error
    except DAMAGE as error:
        raise SamplesError(f"{path} cannot be read ({message_line(error)[:200]}); save it again") from error
    kind = "empty" if not start else "a single picture" if start == PNG else "neither npz nor npy"
    raise SamplesError(f"{path} is {kind}; give {KINDS}")


def _first_bytes(path: Path) -> bytes:
    if not path.is_file():  # a pipe would wait for ever
        raise SamplesError(f"{path} is not a regular file; give {KINDS}")
    try:
        with path.open("rb") as stream:
            return stream.read(4)
    except OSError as error:
        raise SamplesError(f"{path} cannot be read: {error.strerror}; make it readable") from error


def _choose_array(names: list[str], array: str | None, path: Path) -> str:
    if array is not None:
        if array not in names:
            raise UnknownNameError("array", array, names)
        return array
    usual = [name for name in USUAL_NAMES if name in names]
    candidates = names if len(names) == 1 else usual
    if len(candidates) != 1:
        found = ", ".join(name[:80] for name in names) or "none"
        raise SamplesError(f"{path} holds {len(names)} arrays ({found[:400]}); name the images with --array (array=)")
    return candidates[0]


def _read_folder(path: Path, name: str | None) -> SampleImages:
    found = read_pictures(path)
    return SampleImages(name or path.resolve().name, check_images(found.images, str(path)), found.notes)
