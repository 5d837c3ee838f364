"""First import of TensorFlow, wherever it happens, without what it says about drivers and processors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

NOISY = "tensorflow"


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Discard what is written to the process's error stream: TensorFlow does so before its log level is read."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def quieten_tensorflow() -> None:
    """Make the first import of TensorFlow in this process a quiet one; a second call changes nothing.

    It may be a plug-in that imports it. What else that writes to the error stream is shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if NOISY not in sys.modules and not any(isinstance(finder, QuietFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, QuietFinder())


class QuietFinder(MetaPathFinder):
    """Finder that answers for TensorFlow alone, once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find TensorFlow as Python does, with a loader that is quiet; None for any other module."""
        if fullname != NOISY:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


class _QuietLoader(Loader):
    """Loader that does what another one does, without a word."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create what the other loader creates."""
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, with the other loader in its place for whoever asks."""
        if module.__spec__ is not None:
            module.__spec__.loader = module.__loader__ = self.loader
        with quiet_stderr():
            self.loader.exec_module(module)
