"""Files written whole or not at all, and never through a symbolic link."""

from __future__ import annotations

import errno
import os
import stat
import uuid
from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all: a temporary name, fsync, `os.replace`, fsync of the folder.

    A symbolic link at `path` is replaced, not followed. Raises `OSError`.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        write_new(temporary, content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_new(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file that does not exist yet and wait until it is on the disk; raises `OSError`."""
    with open(path, "xb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> Path:
    """Make `folder` and its parents; raises `OSError` where a symbolic link has its place."""
    reject_link(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def reject_link(path: Path) -> None:
    """Raise `OSError` if `path` is a symbolic link: no file must end up elsewhere."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, f"{path} is a symbolic link, which aezoo does not follow; remove it", str(path))


def read_regular(path: Path, limit: int) -> bytes:
    """Read the content of a regular file of at most `limit` bytes.

    Raises:
        ValueError: it is a symbolic link, a pipe or a folder, or it is larger.
        OSError: it cannot be read; `FileNotFoundError` where there is none.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError("a symbolic link, which aezoo does not follow") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        if size > limit:
            raise ValueError(f"{size} bytes; at most {limit} are read")
        return file.read()
