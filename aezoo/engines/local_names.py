"""Names that only this process knows, registered in a script or a notebook; and modules for its workers to import."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from aezoo.engines.spawning import main_is_importable
from aezoo.provenance import REGISTRIES

MAIN = ("__main__", "__mp_main__")


@dataclass(frozen=True)
class PreparedWithModules:
    """Preparation of a worker that also imports modules, so that it knows the names that they register.

    Attributes:
        prepare: the preparation itself, first.
        modules: their names; one that cannot be imported is left out, and its names are unknown to the worker.
        files: of these modules, by name, where they have one.
    """

    prepare: Callable[[], None]
    modules: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)

    def __call__(self) -> None:
        self.prepare()
        for module in self.modules:
            with suppress(Exception):  # the trial says that it does not know the name
                _import(module, self.files.get(module))


def _import(module: str, file: str | None) -> None:
    """Import a module by its name, or from its file where the name leads elsewhere or nowhere.

    pytest imports a conftest.py by its path, and gives it a name that another process cannot find, or that another
    conftest.py has there.
    """
    if file is None or _leads_to(module, file):
        importlib.import_module(module)
        return
    spec = importlib.util.spec_from_file_location(module, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    sys.modules[module] = made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)


def _leads_to(module: str, file: str) -> bool:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):  # a parent that is not there, or that has no spec
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin) == Path(file)


def local_names() -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and module of everything that no plug-in and none of aezoo's own files registers."""
    for registry in REGISTRIES.values():
        for name, module in registry.local_modules().items():
            yield registry.kind, name, module


def modules_to_import() -> tuple[str, ...]:
    """List the modules that a worker of this machine has to import; the main module it imports by itself, or never."""
    return tuple(dict.fromkeys(module for _, _, module in local_names() if module not in MAIN))


def files_of(modules: Sequence[str]) -> dict[str, str]:
    """Return the Python file of each of these modules, of this process, that has one."""
    found = {name: getattr(sys.modules.get(name), "__file__", None) for name in modules}
    return {name: file for name, file in found.items() if file is not None and file.endswith(".py")}


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
