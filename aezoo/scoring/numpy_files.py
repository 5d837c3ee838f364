"""Reading images from npy and npz files that anybody may have written.

Types and sizes are checked from the headers, before anything is allocated; nothing is ever unpickled.
"""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import SamplesError, UnknownNameError

LIMIT = 2**30
"""Bytes that an array may take: 170,000 images in float64, 1,300,000 in uint8."""
USUAL_NAMES = ("images", "samples", "x", "arr_0")
DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


def read_npy(path: Path) -> NDArray[Any]:
    """The array of an npy file; raises `SamplesError` for anything else."""
    try:
        with path.open("rb") as stream:
            check_header(stream, path.stat().st_size, str(path))
            stream.seek(0)
            return np.lib.format.read_array(stream, allow_pickle=False)
    except DAMAGE as error:
        raise damaged_error(path, error) from error


def read_npz(path: Path, array: str | None = None) -> NDArray[Any]:
    """One array of an npz file: the one called `array`, the only one, or the only one with a usual name.

    Raises:
        SamplesError: it is damaged or holds no such array, or several that may be meant.
        UnknownNameError: there is no array called `array`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {member.filename: member.file_size for member in archive.infolist()}
            name = _choose_array(sorted(name[:-4] for name in sizes if name.endswith(".npy")), array, path)
            what = f"array {name[:80]!r} of {path}"
            with archive.open(f"{name}.npy") as stream:
                check_header(stream, sizes[f"{name}.npy"], what)
            with archive.open(f"{name}.npy") as stream:
                return np.lib.format.read_array(stream, allow_pickle=False)
    except DAMAGE as error:
        raise damaged_error(path, error) from error


def check_header(stream: IO[bytes], size: int, what: str) -> None:
    """Raise `SamplesError` unless the header of an npy file of `size` bytes promises numbers, not too many, truly."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise SamplesError(f"{what} is in npy format {version}; save it again with numpy.save")
    first = version == (1, 0)
    read_header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.kind not in "biuf":
        raise SamplesError(f"{what} holds {dtype}, not numbers, and is not unpickled; save it as a uint8 array")
    needed = math.prod(shape) * dtype.itemsize
    if needed > LIMIT:
        raise SamplesError(f"{what} claims shape {shape}, {needed >> 20:,} MB; give at most {LIMIT >> 20:,} MB")
    if min(shape, default=0) < 0 or needed != size - stream.tell():
        raise SamplesError(f"{what} claims shape {shape}, which its size denies; it is cut short, save it again")


def damaged_error(path: Path, error: BaseException) -> SamplesError:
    """The error for a file that cannot be read."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return SamplesError(f"{path} cannot be read ({reason[:200]}); save it again")


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
