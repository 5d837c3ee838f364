"""Reading of the images to be scored: arrays, npy and npz files, folders of PNG files. Imports no TensorFlow."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from aezoo.errors import SamplesError, UnknownNameError, UsageError
from aezoo.images import SIDE
from aezoo.npz import DAMAGE, ArrayFormatError, member_sizes, read_member, read_npy
from aezoo.scoring.validation import Images, check_images

KINDS = "an .npz or .npy file, or a folder of PNG files"
MAX_ARRAY_BYTES = 2**30
"""Bytes that an array may take: 170,000 images in float64, 1,300,000 in uint8."""
USUAL_NAMES = ("images", "samples", "x", "arr_0")
"""Names of the array of an npz file that holds images, where there are others."""
ARCHIVE, ARRAY, PNG = (b"PK\x03\x04", b"PK\x05\x06"), b"\x93NUM", b"\x89PNG"
"""First bytes of npz, npy and PNG files."""
MAX_PNG_BYTES = 2**20
PNG_DAMAGE = (OSError, EOFError, ValueError, SyntaxError, Image.DecompressionBombError)
"""Everything that decoding a damaged PNG file may raise."""
GREY = ("1", "L")
WITH_COLOUR = ("LA", "P", "PA", "RGB", "RGBA")

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class SampleImages:
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
        """SHA-256 of the images as they are scored: equal for equal images, whatever file they come from."""
        return hashlib.sha256(np.ascontiguousarray(self.images).tobytes()).hexdigest()


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
    _refuse_name(array, "an array")
    try:
        given = np.asarray(source)
    except ValueError as error:
        raise SamplesError(f"images are no array ({error}); give one of shape (n, 28, 28)") from error
    if given.dtype.kind not in "biuf":
        raise SamplesError(f"images are {given.dtype}, not numbers; give uint8 in 0..255 or floats in [0, 1]")
    return SampleImages(name or "samples", check_images(given, "images"))


def read_samples(path: Path, name: str | None = None, array: str | None = None) -> SampleImages:
    """Read and check a file or folder, as `to_samples` does."""
    if not path.exists():
        raise SamplesError(f"{path} does not exist; give {KINDS}")
    if path.is_dir():
        _refuse_name(array, path)
        return _read_folder(path, name)
    return SampleImages(name or path.stem, check_images(_read_array(path, array), str(path)))


def _refuse_name(array: str | None, source: object) -> None:
    if array is not None:
        raise UsageError(f"array {array[:80]!r} is asked for, but {source} is no npz file; leave it out")


def _read_array(path: Path, array: str | None) -> NDArray[Any]:
    """Read the array of an npy file, or that of an npz file which is called `array` or is the only one possible."""
    start = _first_bytes(path)
    try:
        if start in ARCHIVE:
            with zipfile.ZipFile(path) as archive:
                name = _choose_array(sorted(member_sizes(archive)), array, path)
                return read_member(archive, name, f"array {name[:80]!r} of {path}", MAX_ARRAY_BYTES)
        if start == ARRAY:
            _refuse_name(array, path)
            return read_npy(path, MAX_ARRAY_BYTES)
    except ArrayFormatError as error:
        raise SamplesError(str(error)) from error
    except DAMAGE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SamplesError(f"{path} cannot be read ({reason[:200]}); save it again") from error
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
    pictures, others = read_png_folder(path)
    were = "entry of {} is no PNG file and was" if others == 1 else "entries of {} are no PNG files and were"
    notes = (f"{others} other {were.format(path)} left out",) if others else ()
    return SampleImages(name or path.resolve().name, check_images(pictures, str(path)), notes)


def read_png_folder(folder: Path) -> tuple[Bytes, int]:
    """Read the PNG files directly in `folder` in the order of their names: uint8 (n, 28, 28), and the number of others.

    A file may be grey, or colour whose channels are equal and opaque, as plotting libraries write grey.

    Raises:
        SamplesError: there is no PNG, or one is of another size, coloured, transparent, of 16 bits, or damaged.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise SamplesError(f"folder {folder} cannot be read: {error.strerror}; make it readable") from error
    paths = [entry for entry in entries if entry.suffix.lower() == ".png"]
    if not paths:
        raise SamplesError(f"folder {folder} {_describe_contents(entries)}; put the images directly into it as PNG")
    return np.stack([_read_png(path) for path in paths]), len(entries) - len(paths)


def _describe_contents(entries: list[Path]) -> str:
    """Describe a folder without PNG files."""
    if not entries:
        return "is empty"
    found = ", ".join(entry.name for entry in entries[:3])[:200]
    if all(entry.is_dir() for entry in entries):
        return f"has only subfolders ({found}), which are not read"
    return f"holds no PNG file but {found}"


def _read_png(path: Path) -> Bytes:
    """Read one picture; its size and kind are checked before it is decoded."""
    if not path.is_file() or path.stat().st_size > MAX_PNG_BYTES:
        raise SamplesError(f"{path} is no file of at most {MAX_PNG_BYTES >> 10} kB; take it out of the folder")
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.size != (SIDE, SIDE):
                raise SamplesError(f"{path} is {image.width} x {image.height} pixels; save it as {SIDE} x {SIDE}")
            if image.mode not in (*GREY, *WITH_COLOUR):
                raise SamplesError(f"{path} has mode {image.mode}; save it with 8 bits of grey, image.convert('L')")
            return np.asarray(image.convert("L")) if image.mode in GREY else _as_grey(image, path)
    except PNG_DAMAGE as error:
        raise SamplesError(f"{path} is no whole PNG file ({str(error)[:100]}); save it again") from error


def _as_grey(image: Image.Image, path: Path) -> Bytes:
    pixels = np.asarray(image.convert("RGBA"))
    if (pixels[..., 3] != 255).any():
        raise SamplesError(f"{path} is transparent in places; save it in grey, image.convert('L')")
    if (pixels[..., :3] != pixels[..., :1]).any():
        raise SamplesError(f"{path} is coloured; save it in grey, image.convert('L')")
    return pixels[..., 0]
