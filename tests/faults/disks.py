"""Small and read-only disks: real file systems where this user may mount them, else the nearest thing that is real."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 10


def may_mount(folder: Path) -> bool:
    """Whether this user may mount file systems."""
    probe = folder / "probe"
    probe.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(probe)], capture_output=True).returncode:
        return False
    subprocess.run(["umount", str(probe)], check=True)
    return True


@contextmanager
def small_disk(folder: Path) -> Iterator[dict[str, str]]:
    """`folder` with room for `MEGABYTES`; without the right to mount, a limit of 2 MB on every file (RLIMIT_FSIZE).

    Yields what the processes on it must see in their environment.
    """
    if not may_mount(folder.parent):
        yield {"FAULTS_LARGEST_FILE": "2000000"}
        return
    with mounted(folder, f"size={MEGABYTES}m"):
        yield {}


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def writable_disk(folder: Path) -> Iterator[None]:
    """`folder` on a disk that `make_read_only` can make read-only; root may write what no permission allows."""
    folder.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        yield
        return
    with mounted(folder, "size=100m"):
        yield


def make_read_only(folder: Path) -> None:
    """Refuse every write from now on."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        return
    for path in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        path.chmod(0o555)
