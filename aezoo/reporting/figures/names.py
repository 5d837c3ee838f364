"""File names of figures and their folders."""

from __future__ import annotations

import re
from collections.abc import Sequence


def unique_stems(labels: Sequence[str]) -> list[str]:
    """Make a file name for each label, numbered where two labels would share one."""
    stems: list[str] = []
    for label in labels:
        stem, count = file_stem(label), 2
        while stem in stems:
            stem, count = f"{file_stem(label)}-{count}", count + 1
        stems.append(stem)
    return stems


def file_stem(label: str) -> str:
    """Reduce a label to letters, digits, '.', '_' and '-': safe as a file name on any system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-.")[:80] or "unnamed"
