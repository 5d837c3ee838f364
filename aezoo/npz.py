"""Safe reading and writing of NumPy's formats npy and npz.

Types and sizes are checked from the headers, before anything is allocated; nothing is ever unpickled.
"""

from __future__ import annotations

import io
import lzma
import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
"""Everything that reading a damaged file may raise."""
MAX_BYTES = 2**31
"""Bytes that an array may take unless a caller says otherwise."""
NUMBERS = "biuf"
"""Kinds of types that are read: truth values, whole numbers, floating numbers."""


class ArrayFormatError(ValueError):
    """An array that is not read; the message names it and says how to mend it."""


def read_npy(path: Path, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Read the array of an npy file.

    Raises:
        ArrayFormatError: its header promises no numbers, too many, or others than there are.
        *DAMAGE: the file cannot be read.
    """
    with path.open("rb") as stream:
        _check_header(stream, path.stat().st_size, str(path), max_bytes)
        stream.seek(0)
        return np.lib.format.read_array(stream, allow_pickle=False)


def member_sizes(archive: zipfile.ZipFile) -> dict[str, int]:
    """Name the arrays of an npz file, with the bytes of each unpacked."""
    members = ((member.filename, member.file_size) for member in archive.infolist())
    return {name.removesuffix(".npy"): size for name, size in members if name.endswith(".npy")}


def read_member(archive: zipfile.ZipFile, name: str, what: str, max_bytes: int = MAX_BYTES) -> NDArray[Any]:
    """Read one array of an npz file, which errors call `what`; raises as `read_npy` does."""
    with archive.open(f"{name}.npy") as stream:
        _check_header(stream, member_sizes(archive)[name], what, max_bytes)
    with archive.open(f"{name}.npy") as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)


def from_npz(content: bytes) -> Arrays:
    """Read the arrays of an npz file, never objects; raises `ValueError` for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: read_member(archive, name, f"array {name[:80]!r}") for name in member_sizes(archive)}
    except ArrayFormatError:
        raise
    except DAMAGE as error:
        raise ValueError(f"not a whole npz file: {error}") from error


def to_npz(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack arrays into the bytes of a compressed npz file; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _check_header(stream: IO[bytes], size: int, what: str, max_bytes: int) -> None:
    """Raise `ArrayFormatError` unless the header of an npy file of `size` bytes promises numbers, not too many."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ArrayFormatError(f"{what} is in npy format {version}; save it again with numpy.save")
    first = version == (1, 0)
    read_header = np.lib.format.read_array_header_1_0 if first else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.kind not in NUMBERS:
        raise ArrayFormatError(f"{what} holds {dtype}, not numbers, and is not unpickled; save it as a uint8 array")
    needed = math.prod(shape) * dtype.itemsize
    if needed > max_bytes:
        raise ArrayFormatError(f"{what} claims shape {shape}, {needed >> 20:,} MB; give at most {max_bytes >> 20:,} MB")
    if min(shape, default=0) < 0 or needed != size - stream.tell():
        raise ArrayFormatError(f"{what} claims shape {shape}, which its size denies; it is cut short, save it again")
