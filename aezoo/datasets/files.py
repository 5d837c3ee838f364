"""Reading images and labels from files that anybody may have written: npz as Keras lays it out, or IDX.

Sizes and types are checked from the headers, before anything is allocated; nothing is ever unpickled.
"""

from __future__ import annotations

import gzip
import math
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets.base import Bytes, DatasetUnavailableError, Split
from aezoo.errors import DatasetError
from aezoo.npz import DAMAGE as NPZ_DAMAGE
from aezoo.npz import ArrayFormatError, member_sizes, read_member

LIMIT = 128 * 2**20  # bytes; MNIST takes 55 million
KERAS_KEYS = ("x_train", "y_train", "x_test", "y_test")
IDX_STEMS = (
    "train-images{}idx3-ubyte",
    "train-labels{}idx1-ubyte",
    "t10k-images{}idx3-ubyte",
    "t10k-labels{}idx1-ubyte",
)
IDX_MAGIC = b"\0\0\x08"  # two zeros, then the code of unsigned bytes
DAMAGE = (*NPZ_DAMAGE, struct.error)
EXPECTED = "an npz with x_train, y_train, x_test, y_test, or a folder of four IDX files (other images: docs/plugins.md)"


def read_train_and_test(path: Path) -> tuple[Split, Split]:
    """Return the training and the test set in `path`: an npz file as Keras lays it out, or a folder of IDX files.

    Raises:
        DatasetUnavailableError: `path` does not exist.
        DatasetError: it holds something else, is damaged, or would take more than 128 MB.
    """
    if not path.exists():
        raise DatasetUnavailableError(f"data file {path} does not exist; it must be {EXPECTED}")
    arrays = [read_idx(_idx_file(path, stem)) for stem in IDX_STEMS] if path.is_dir() else read_npz(path, KERAS_KEYS)
    train_images, train_labels, test_images, test_labels = arrays
    train = Split(train_images, as_labels(train_labels, path))
    return train, Split(test_images, as_labels(test_labels, path))


def read_npz(path: Path, keys: tuple[str, ...]) -> list[NDArray[Any]]:
    """Return the arrays `keys` of an npz file, in order; raises `DatasetError` for anything else."""
    try:
        _check_is_archive(path)
        with zipfile.ZipFile(path) as archive:
            sizes = member_sizes(archive)
            missing = [key for key in keys if key not in sizes]
            if missing:
                raise DatasetError(f"{path} has no {', '.join(missing)}; it must be {EXPECTED}")
            if sum(sizes[key] for key in keys) > LIMIT:
                raise DatasetError(f"{path} unpacks to more than {LIMIT >> 20} MB; it is not one of these data sets")
            return [read_member(archive, key, f"{path}: {key}") for key in keys]
    except ArrayFormatError as error:
        raise DatasetError(str(error)) from error
    except DAMAGE as error:
        raise _damaged_error(path, error) from error


def read_idx(path: Path) -> Bytes:
    """Return the unsigned bytes of an IDX file, packed with gzip or not; raises `DatasetError` for anything else."""
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            return _parse_idx(stream, path)
    except DAMAGE as error:
        raise _damaged_error(path, error) from error


def as_labels(labels: NDArray[Any], path: Path) -> Bytes:
    """Return `labels` as uint8; raises `DatasetError` unless they are whole numbers from 0 to 255."""
    if not np.issubdtype(labels.dtype, np.integer) or (labels.size and not 0 <= labels.min() <= labels.max() <= 255):
        raise DatasetError(f"{path}: labels of type {labels.dtype} are not all whole numbers from 0 to 255; mend them")
    return labels.astype(np.uint8)


def _check_is_archive(path: Path) -> None:
    if not path.is_file():
        raise DatasetError(f"{path} is not a regular file; it must be {EXPECTED}")
    with path.open("rb") as stream:
        start = stream.read(512).lstrip()
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return
    kind = "empty" if not start else "a web page" if start.startswith(b"<") else "not an npz file"
    raise DatasetError(f"{path} is {kind}; it must be {EXPECTED}")


def _idx_file(folder: Path, stem: str) -> Path:
    names = [stem.format(joint) + suffix for joint in "-." for suffix in (".gz", "")]
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise DatasetError(
            f"folder {folder} has no {stem.format('-')}, with or without .gz; it must hold four IDX files"
        )
    return found


def _parse_idx(stream: BinaryIO | gzip.GzipFile, path: Path) -> Bytes:
    head = stream.read(4)
    if len(head) < 4 or head[:3] != IDX_MAGIC or not 1 <= head[3] <= 3:
        raise DatasetError(f"{path} is not an IDX file of unsigned bytes; get the file again")
    shape = struct.unpack(f">{head[3]}I", stream.read(4 * head[3]))
    size = math.prod(shape)
    if size > LIMIT:
        raise DatasetError(f"{path} unpacks to more than {LIMIT >> 20} MB; it is not one of these data sets")
    content = stream.read(size + 1)
    if len(content) != size:
        raise DatasetError(f"{path} claims shape {shape} but holds another number of bytes; get the file again")
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)


def _damaged_error(path: Path, error: BaseException) -> DatasetError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return DatasetError(f"{path} cannot be read ({reason[:200]}); get the file again")
