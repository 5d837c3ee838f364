"""Distributions that are made up: a package, and the metadata that an installer would leave beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path, distribution: str, files: Mapping[str, str], entry_points: Mapping[str, Mapping[str, str]]
) -> Path:
    """Write a distribution into `folder`, which is then one for `sys.path`.

    Args:
        folder: what `site-packages` would be.
        distribution: its name; its version is 1.0.
        files: the text of each file, by its path below `folder`.
        entry_points: module by name, by group.
    """
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
    metadata = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    groups = ("\n".join([f"[{group}]", *(f"{key} = {value}" for key, value in points.items())])
              for group, points in entry_points.items())  # fmt: skip
    (metadata / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    return folder
