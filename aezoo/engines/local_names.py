"""Names that only this process knows, registered in a script or a notebook; and modules for its workers to import."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from aezoo.engines.spawning import main_is_importable
from aezoo.provenance import REGISTRIES

MAIN = ("__main__", "__mp_main__")


@dataclass(frozen=True)
class PreparedWithModules:
    """Preparation of a worker that also imports modules, so that it knows the names that they register.

    Attributes:
        prepare: the preparation itself, first.
        modules: their names; one that cannot be imported is left out, and its names are unknown to the worker.
    """

    prepare: Callable[[], None]
    modules: Sequence[str]

    def __call__(self) -> None:
        self.prepare()
        for module in self.modules:
            with suppress(Exception):  # the trial says that it does not know the name
                importlib.import_module(module)


def local_names() -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and module of everything that no plug-in and none of aezoo's own files registers."""
    for registry in REGISTRIES.values():
        for name, module in registry.local_modules().items():
            yield registry.kind, name, module


def modules_to_import() -> tuple[str, ...]:
    """List the modules that a worker of this machine has to import; the main module it imports by itself, or never."""
    return tuple(dict.fromkeys(module for _, _, module in local_names() if module not in MAIN))


def names_unknown_to_workers(elsewhere: bool = False) -> list[tuple[str, str, str]]:
    """List kind, name and module of what workers do not know.

    On this machine that is what a main module that they do not import registers, a notebook's, say; `elsewhere`, on
    other machines, all that is no plug-in's.
    """
    if elsewhere:
        return list(local_names())
    if main_is_importable(sys.modules["__main__"]):
        return []
    return [found for found in local_names() if found[2] in MAIN]
