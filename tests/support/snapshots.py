"""Snapshots of pages: a re-wording changes one file, which is read in the diff."""

from __future__ import annotations

import os
from pathlib import Path

UPDATE = "AEZOO_UPDATE_SNAPSHOTS"


def check_snapshot(path: Path, text: str) -> None:
    """Compare a text with the file that holds it; with AEZOO_UPDATE_SNAPSHOTS=1 the file is written instead."""
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} differs; {UPDATE}=1 writes it anew, to be read"
