"""Arrays in files: what comes back, and what is refused before it is read."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from aezoo.npz import ArrayFormatError, from_npz, member_sizes, read_npy, to_npz

ARRAYS = {
    "bytes": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "group/halves": np.linspace(0, 1, 5, dtype=np.float16),
    "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "truths": np.array([True, False]),
    "nothing": np.empty((0, 4)),
}


def test_arrays_come_back_as_they_were_and_pack_to_the_same_bytes():
    content = to_npz(ARRAYS)
    assert content == to_npz(ARRAYS)
    found = from_npz(content)
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    assert from_npz(to_npz({})) == {}


def test_objects_are_not_packed():
    with pytest.raises(ValueError, match="Object arrays"):
        to_npz({"x": np.array([{}], dtype=object)})


def test_sizes_are_told_by_name_and_other_files_are_not_arrays():
    buffer = io.BytesIO(to_npz({"a": np.zeros(1000, np.uint8)}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("readme.txt", "no array")
        assert member_sizes(archive) == {"a": 1128}  # a header of 128 bytes
    assert list(from_npz(buffer.getvalue())) == ["a"]


def test_every_truncation_is_a_value_error():
    content = to_npz(ARRAYS)
    for size in range(0, len(content), 37):
        with pytest.raises(ValueError, match="not a whole npz file"):
            from_npz(content[:size])


@pytest.mark.parametrize("dtype", ["U3", "S3", "complex64", "datetime64[s]", "i4,i4", "O"])
def test_what_is_no_number_is_refused(tmp_path, dtype):
    np.save(tmp_path / "a.npy", np.zeros(3, dtype), allow_pickle=True)
    with pytest.raises(ArrayFormatError, match="not numbers, and is not unpickled"):
        read_npy(tmp_path / "a.npy")


def test_a_limit_holds_for_what_the_header_promises(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(2**20, np.uint8))
    assert len(read_npy(tmp_path / "a.npy", max_bytes=2**20)) == 2**20
    with pytest.raises(ArrayFormatError, match="1 MB; give at most 0 MB"):
        read_npy(tmp_path / "a.npy", max_bytes=2**20 - 1)


def test_a_header_that_promises_another_number_of_bytes_is_refused(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros(10))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArrayFormatError, match="which its size denies"):
        read_npy(path)
