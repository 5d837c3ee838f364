"""Files are whole or absent, and no link, pipe or folder is taken for one."""

from __future__ import annotations

import errno
import os

import pytest

from aezoo.files import make_folder, read_regular, reject_link, write_atomically, write_new


def test_what_is_written_is_read(tmp_path):
    write_atomically(tmp_path / "file", b"bytes")
    assert read_regular(tmp_path / "file", 5) == b"bytes"
    write_atomically(tmp_path / "file", (piece for piece in (b"in ", b"pieces")))
    assert read_regular(tmp_path / "file", 100) == b"in pieces"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "outside").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "outside").read_bytes() == b"old"
    assert not (tmp_path / "link").is_symlink()


def test_a_new_file_replaces_nothing(tmp_path):
    write_new(tmp_path / "file", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", b"second")
    assert (tmp_path / "file").read_bytes() == b"first"


def test_pieces_that_fail_leave_nothing(tmp_path):
    def pieces():
        yield b"one"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write_atomically(tmp_path / "file", pieces())
    assert list(tmp_path.iterdir()) == []


def test_links_pipes_folders_and_large_files_are_not_read(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name, found in (
        ("link", "symbolic link"),
        ("pipe", "not a regular file"),
        ("file", "5 bytes; at most 4"),
    ):
        with pytest.raises(ValueError, match=found):
            read_regular(tmp_path / name, 4)
    with pytest.raises(ValueError, match="not a regular file"):
        read_regular(tmp_path, 4)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nothing", 4)


def test_a_folder_is_not_made_in_place_of_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for check in (make_folder, reject_link):
        with pytest.raises(OSError, match="is a symbolic link") as error:
            check(tmp_path / "link")
        assert error.value.errno == errno.ELOOP
    assert make_folder(tmp_path / "a" / "b").is_dir()
    reject_link(tmp_path / "a")
    assert not (tmp_path / "nowhere").exists()
