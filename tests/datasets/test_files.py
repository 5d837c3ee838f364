"""Files that anybody may have written: read exactly, or refused in one line that names them."""

import gzip
import io
import os
import resource
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.datasets.base import DatasetUnavailableError
from aezoo.datasets.files import KERAS_KEYS, read_idx, read_npz, read_train_and_test
from aezoo.errors import DatasetError

RANDOM = np.random.default_rng(0)
TRAIN = RANDOM.integers(0, 256, (20, 28, 28), dtype=np.uint8)
TEST = RANDOM.integers(0, 256, (10, 28, 28), dtype=np.uint8)
ARRAYS = {"x_train": TRAIN, "y_train": np.arange(20) % 10, "x_test": TEST, "y_test": np.arange(10)}
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array: np.ndarray) -> bytes:
    """`array` in the format IDX, written from its description."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return head + array.astype(np.uint8).tobytes()


def member(header: str, content: bytes = b"") -> bytes:
    """An npy file of version 1 with any header."""
    padded = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded + content


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return path


def refused(path: Path, found: str) -> None:
    with pytest.raises(DatasetError, match=found) as error:
        read_train_and_test(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def same(found) -> bool:
    images = np.array_equal(found[0].images, TRAIN) and np.array_equal(found[1].images, TEST)
    labels = [split.labels.tolist() for split in found]
    return images and labels == [ARRAYS["y_train"].tolist(), ARRAYS["y_test"].tolist()]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_as_keras_lays_it_out(tmp_path: Path, save):
    save(tmp_path / "digits.npz", **ARRAYS)
    assert same(read_train_and_test(tmp_path / "digits.npz"))


@pytest.mark.parametrize("joint", ["-", "."])
@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_of_idx_files(tmp_path: Path, joint: str, packed: bool):
    for name, array in zip(NAMES, ARRAYS.values(), strict=True):
        path = tmp_path / (name.replace("-idx", f"{joint}idx") + (".gz" if packed else ""))
        path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    assert same(read_train_and_test(tmp_path))


@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.booleans())
def test_idx_files_of_any_shape_come_back(tmp_path_factory, shape, packed):
    array = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path_factory.mktemp("idx") / "array"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    assert np.array_equal(read_idx(path), array)


def test_a_missing_file_is_unavailable(tmp_path: Path):
    with pytest.raises(DatasetUnavailableError, match="does not exist"):
        read_train_and_test(tmp_path / "digits.npz")


def test_a_folder_without_one_of_the_files_names_it(tmp_path: Path):
    for name in NAMES[:3]:
        (tmp_path / name).write_bytes(idx(TEST))
    refused(tmp_path, "no t10k-labels-idx1-ubyte")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
        (b"\n\n <html>", "is a web page"),
        (b"\x93NUMPY\x01\x00", "not an npz file"),
        (b"PK\x03\x04 and no more", "cannot be read"),
    ],
)
def test_what_is_not_an_archive_is_refused(tmp_path: Path, content: bytes, found: str):
    path = tmp_path / "digits.npz"
    path.write_bytes(content)
    refused(path, found)


def test_every_truncation_of_an_archive_is_refused(tmp_path: Path):
    np.savez_compressed(tmp_path / "whole.npz", **ARRAYS)
    whole, path = (tmp_path / "whole.npz").read_bytes(), tmp_path / "cut.npz"
    for size in range(4, len(whole), len(whole) // 40):
        path.write_bytes(whole[:size])
        refused(path, "cannot be read")


def test_a_flipped_byte_in_the_images_is_refused(tmp_path: Path):
    path = tmp_path / "digits.npz"
    np.savez(path, **ARRAYS)
    content = bytearray(path.read_bytes())
    content[content.index(TRAIN.tobytes()) + 100] ^= 1
    path.write_bytes(content)
    refused(path, "cannot be read")


def test_a_missing_array_is_named(tmp_path: Path):
    np.savez(tmp_path / "digits.npz", x_train=TRAIN, x_test=TEST)
    refused(tmp_path / "digits.npz", "has no y_train, y_test")


class Marker:
    """Creates a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_an_object_array_is_refused_and_not_unpickled(tmp_path: Path):
    objects = np.empty(1, dtype=object)
    objects[0] = Marker(tmp_path / "unpickled")
    np.savez(tmp_path / "digits.npz", **(ARRAYS | {"x_train": objects}), allow_pickle=True)
    refused(tmp_path / "digits.npz", "x_train holds object")
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("dtype", ["U3", "S3", "complex64", "datetime64[s]", "i4,i4"])
def test_arrays_of_other_things_than_numbers_are_refused(tmp_path: Path, dtype: str):
    np.savez(tmp_path / "digits.npz", **(ARRAYS | {"x_test": np.zeros((10, 28, 28), dtype)}))
    refused(tmp_path / "digits.npz", "not numbers")


@pytest.mark.parametrize("labels", [np.arange(20) - 1, np.arange(20) + 240, np.arange(20) / 2, np.zeros(20, bool)])
def test_labels_out_of_range_or_not_whole_are_refused(tmp_path: Path, labels):
    np.savez(tmp_path / "digits.npz", **(ARRAYS | {"y_train": labels}))
    refused(tmp_path / "digits.npz", "whole numbers from 0 to 255")


@pytest.mark.parametrize(
    "shape", ["(-1, 28, 28)", "(20, -28, -28)", "(1000000000000,)", "(20, 28, 29)", "(19, 28, 28)"]
)
def test_a_shape_that_the_size_denies_is_refused(tmp_path: Path, shape: str):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}"
    refused(
        archive(tmp_path / "d.npz", **dict.fromkeys(KERAS_KEYS, member(header, TRAIN.tobytes()))),
        "claims shape",
    )


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    path = tmp_path / "bomb.npz"
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1048576, 28, 28)}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for key in KERAS_KEYS:
            with file.open(f"{key}.npy", "w") as stream:
                stream.write(member(header))
                for _ in range(40):
                    stream.write(bytes(2**20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(path, "unpacks to more than 128 MB")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kB


def test_a_newer_npy_format_is_refused(tmp_path: Path):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, TRAIN, version=(3, 0))
    refused(archive(tmp_path / "d.npz", **dict.fromkeys(KERAS_KEYS, stream.getvalue())), r"\(3, 0\)")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "not an IDX file"),
        (b"<html>", "not an IDX file"),
        (b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0", "not an IDX file"),
        (b"\0\0\x08\x03\0\0", "cannot be read"),
        (idx(TEST)[:-1], "another number of bytes"),
        (idx(TEST) + b"x", "another number of bytes"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "more than 128 MB"),
        (gzip.compress(idx(TEST))[:-9], "cannot be read"),
        (b"\x1f\x8b no gzip", "cannot be read"),
    ],
)
def test_what_is_not_idx_is_refused(tmp_path: Path, content: bytes, found: str):
    for name in NAMES:
        (tmp_path / name).write_bytes(content)
    refused(tmp_path, found)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.npz")
    refused(tmp_path / "pipe.npz", "not a regular file")


def test_read_npz_gives_the_arrays_in_the_order_asked(tmp_path: Path):
    np.savez(tmp_path / "two.npz", a=np.zeros(2), b=np.ones(3))
    assert [len(array) for array in read_npz(tmp_path / "two.npz", ("b", "a"))] == [3, 2]
