"""Pictures in a folder: PNG and JPEG files as one array. Sizes and kinds are checked before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aezoo.errors import SamplesError
from aezoo.images import COLOURS, SIDE

MAX_FILE_BYTES = 2**20
DAMAGE = (OSError, EOFError, ValueError, SyntaxError, Image.DecompressionBombError)
"""Everything that decoding a damaged picture may raise."""
MAX_ARRAY_BYTES = 2**30
GREY = ("1", "L")
WITH_COLOUR = ("LA", "P", "PA", "RGB", "RGBA")
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
"""Formats by the end of a file's name; only what the name says is decoded."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class PictureRules:
    """Rules for the pictures of a folder.

    Attributes:
        suffixes: ends of the names that are read.
        size: width and height; None for those of the first picture.
        colour: whether pictures may be coloured.
        subfolders: whether the pictures of subfolders are read too, each a class.
    """

    suffixes: tuple[str, ...] = (".png",)
    size: tuple[int, int] | None = (SIDE, SIDE)
    colour: bool = False
    subfolders: bool = False

    @property
    def names(self) -> str:
        """The formats in words: ``PNG``."""
        return " or ".join(dict.fromkeys(FORMATS[suffix] for suffix in self.suffixes))


SAMPLE_RULES = PictureRules()
"""Rules for samples of the registered data sets: grey, 28 x 28."""
OWN_RULES = PictureRules(tuple(FORMATS), None, True, True)
"""Rules for pictures of one's own: any size, grey or coloured, also in a subfolder for each class."""


@dataclass(frozen=True)
class PictureFolder:
    """Pictures of a folder, in the order of their names.

    Attributes:
        images: uint8, (n, height, width), or (n, height, width, 3) where one of them is coloured.
        labels: number of the subfolder that each stands in, uint8, (n,); None where they stand in none.
        notes: how many entries, also of the subfolders, were left out since they are no pictures; a line, or none.
    """

    images: Bytes
    labels: Bytes | None = None
    notes: tuple[str, ...] = ()


def read_pictures(folder: Path, rules: PictureRules = SAMPLE_RULES) -> PictureFolder:
    """Read the pictures in `folder`.

    A picture may be grey, or colour whose channels are equal and opaque, as plotting libraries write grey; where the
    rules allow it, of any opaque colour.

    Raises:
        SamplesError: there is none, or one is of another size or kind than the rules say, or damaged, or lies beside
            subfolders with pictures.
    """
    entries = _entries(folder)
    paths = _pictures(entries, rules)
    classes = [_entries(entry) for entry in entries if entry.is_dir()] if rules.subfolders else []
    by_class = [_pictures(each, rules) for each in classes]
    in_classes = [path for of_class in by_class for path in of_class]
    if paths and in_classes:
        raise SamplesError(
            f"folder {folder} holds {paths[0].name} beside subfolders with pictures, such as "
            f"{in_classes[0].parent.name}; move the pictures of no class, or the subfolders, out of it"
        )
    every = paths or in_classes
    if not every:
        why = "" if ".jpg" in rules.suffixes else ", not as JPEG, which changes pixels"
        raise SamplesError(f"folder {folder} {_contents(entries, rules)}; put the images into it as {rules.names}{why}")
    labels, others = None, len(entries) - len(paths)
    if in_classes:
        if len(classes) > np.iinfo(np.uint8).max + 1:
            raise SamplesError(f"folder {folder} has {len(classes):,} subfolders; give at most 256, one for each class")
        labels = np.repeat(np.arange(len(classes), dtype=np.uint8), [len(of_class) for of_class in by_class])
        others += sum(map(len, classes)) - len(classes) - len(in_classes)
    return PictureFolder(_stacked(list(_read_all(every, rules))), labels, _notes(folder, others, rules))


def _pictures(entries: list[Path], rules: PictureRules) -> list[Path]:
    return [entry for entry in entries if entry.suffix.lower() in rules.suffixes]


def _notes(folder: Path, others: int, rules: PictureRules) -> tuple[str, ...]:
    """Say how many entries were left out; nothing of none."""
    if not others:
        return ()
    were = "entry of {} is no {} file and was" if others == 1 else "entries of {} are no {} files and were"
    return (f"{others:,} other {were.format(folder, rules.names)} left out",)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise SamplesError(f"folder {folder} cannot be read: {error.strerror}; make it readable") from error


def _contents(entries: list[Path], rules: PictureRules) -> str:
    """Describe a folder without pictures."""
    if not entries:
        return "is empty"
    found = ", ".join(entry.name for entry in entries[:3])[:200]
    if all(entry.is_dir() for entry in entries):
        unread = "which hold none" if rules.subfolders else "which are not read"
        return f"has only subfolders ({found}), {unread}"
    return f"holds no {rules.names} file, only others ({found})"


def _read_all(paths: list[Path], rules: PictureRules) -> Iterator[Bytes]:
    size, total = rules.size, 0
    for path in paths:
        picture = _read_picture(path, size, paths[0], rules)
        size = (picture.shape[1], picture.shape[0])
        total += picture.nbytes
        if total > MAX_ARRAY_BYTES:
            raise SamplesError(f"the pictures beside {paths[0]} take more than 1 GB; give fewer, or make them smaller")
        yield picture


def _stacked(pictures: list[Bytes]) -> Bytes:
    """Stack pictures; grey ones among coloured ones get three equal channels."""
    if any(picture.ndim == 3 for picture in pictures):
        pictures = [
            picture if picture.ndim == 3 else np.repeat(picture[..., None], COLOURS, axis=-1) for picture in pictures
        ]
    return np.stack(pictures)


def _read_picture(path: Path, size: tuple[int, int] | None, first: Path, rules: PictureRules) -> Bytes:
    """Read one picture; its size and kind are checked before it is decoded."""
    if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
        raise SamplesError(f"{path} is no file of at most {MAX_FILE_BYTES >> 10} kB; take it out of the folder")
    kind = FORMATS[path.suffix.lower()]
    try:
        with Image.open(path, formats=(kind,)) as image:
            if size is not None and image.size != size:
                like = "" if rules.size else f", as {first.name} is"
                found = f"{image.width} x {image.height}"
                raise SamplesError(f"{path} is {found} pixels; save it as {size[0]} x {size[1]}{like}")
            if image.mode not in (*GREY, *WITH_COLOUR):
                raise SamplesError(f"{path} has mode {image.mode}; {_other_mode(image.mode, rules)}")
            return np.asarray(image.convert("L")) if image.mode in GREY else _opaque(image, path, rules)
    except DAMAGE as error:
        raise SamplesError(f"{path} is no whole {kind} file ({str(error)[:100]}); save it again") from error


def _other_mode(mode: str, rules: PictureRules) -> str:
    """Advise how to save a picture of a mode that is not read."""
    if mode.startswith("I"):  # Pillow's own conversion clips 16 bits to white
        return "save it with 8 bits of grey, Image.fromarray((np.asarray(image) // 257).astype('uint8'))"
    return f"save it with 8 bits of {'colour' if rules.colour else 'grey'}, {_conversion(rules)}"


def _conversion(rules: PictureRules) -> str:
    return "image.convert('RGB')" if rules.colour else "image.convert('L')"


def _opaque(image: Image.Image, path: Path, rules: PictureRules) -> Bytes:
    """Give grey of equal channels, else the colours."""
    pixels = np.asarray(image.convert("RGBA"))
    instead = f"save it {'without transparency' if rules.colour else 'in grey'}, {_conversion(rules)}"
    if (pixels[..., 3] != 255).any():
        raise SamplesError(f"{path} is transparent in places; {instead}")
    if not (pixels[..., :3] != pixels[..., :1]).any():
        return np.ascontiguousarray(pixels[..., 0])
    if not rules.colour:
        raise SamplesError(f"{path} is coloured; {instead}")
    return np.ascontiguousarray(pixels[..., :3])
