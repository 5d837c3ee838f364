"""Distributions that are made up: a package, and the metadata that an installer would leave beside it."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from aezoo import plugins, provenance
from aezoo.provenance import REGISTRIES
from aezoo.reporting.formats import FORMATS
from aezoo.trackers import TRACKERS


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


@contextmanager
def importable(folder: Path, top: str) -> Iterator[Callable[[], None]]:
    """Within, this process finds the distributions in `folder`, whose modules begin with `top`.

    These, and what they register, are gone afterwards. Yields a function to be called when the folder has changed.
    """

    def forget() -> None:
        for registry in (*REGISTRIES.values(), FORMATS, TRACKERS):
            registry.__dict__.pop("_plugged", None)
            for name, (module, _) in list(registry._registered.items()):
                if module.startswith(top):
                    del registry._registered[name], registry._loaded[name]
        for name in [name for name in sys.modules if name.startswith(top)]:
            del sys.modules[name]
        plugins.installed.cache_clear()
        provenance._digest_once.cache_clear()
        importlib.invalidate_caches()

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        forget()
        yield forget
    forget()


@pytest.fixture
def plugged_in(tmp_path):
    """Installs distributions for this process and this test: a function like `install`, without the folder.

    Their modules begin with ``made_up``.
    """
    folder = tmp_path / "site"
    folder.mkdir()
    with importable(folder, "made_up") as forget:

        def add(distribution, files, entry_points):
            install(folder, distribution, files, entry_points)
            forget()
            return folder

        add.again = forget
        yield add
