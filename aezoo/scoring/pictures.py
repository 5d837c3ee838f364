"""Reading images from a folder of PNG files that anybody may have written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aezoo.errors import SamplesError
from aezoo.scoring.checks import SIDE

LARGEST_FILE = 2**20
DAMAGE = (OSError, EOFError, ValueError, SyntaxError, Image.DecompressionBombError)
GREY = ("1", "L")
WITH_COLOUR = ("LA", "P", "PA", "RGB", "RGBA")

Bytes = NDArray[np.uint8]


def read_pictures(folder: Path) -> tuple[Bytes, int]:
    """The PNG files directly in `folder` in the order of their names, uint8 (n, 28, 28), and how many others there are.

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
        raise SamplesError(f"folder {folder} {_instead(entries)}; put the images directly into it as PNG")
    return np.stack([_read(path) for path in paths]), len(entries) - len(paths)


def _instead(entries: list[Path]) -> str:
    """What a folder without PNG files holds."""
    if not entries:
        return "is empty"
    found = ", ".join(entry.name for entry in entries[:3])[:200]
    if all(entry.is_dir() for entry in entries):
        return f"has only subfolders ({found}), which are not read"
    return f"holds no PNG file but {found}"


def _read(path: Path) -> Bytes:
    """One picture; its size and kind are checked before it is decoded."""
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:
        raise SamplesError(f"{path} is no file of at most {LARGEST_FILE >> 10} kB; take it out of the folder")
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.size != (SIDE, SIDE):
                raise SamplesError(f"{path} is {image.width} x {image.height} pixels; save it as {SIDE} x {SIDE}")
            if image.mode not in (*GREY, *WITH_COLOUR):
                raise SamplesError(f"{path} has mode {image.mode}; save it with 8 bits of grey, image.convert('L')")
            return np.asarray(image.convert("L")) if image.mode in GREY else _without_colour(image, path)
    except DAMAGE as error:
        raise SamplesError(f"{path} is no whole PNG file ({str(error)[:100]}); save it again") from error


def _without_colour(image: Image.Image, path: Path) -> Bytes:
    pixels = np.asarray(image.convert("RGBA"))
    if (pixels[..., 3] != 255).any():
        raise SamplesError(f"{path} is transparent in places; save it in grey, image.convert('L')")
    if (pixels[..., :3] != pixels[..., :1]).any():
        raise SamplesError(f"{path} is coloured; save it in grey, image.convert('L')")
    return pixels[..., 0]
