"""Worker processes of this machine: fresh interpreters that end with their parent, whatever script started them.

A process that is spawned imports the main module of its parent, so that it knows what is defined there. A script that
calls `aezoo.run` outside of ``if __name__ == "__main__":`` would run once more in each worker; it is not imported.
"""

from __future__ import annotations

import ast
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any

_launching = threading.Lock()


class WorkerProcess(SpawnProcess):
    """A spawned process that does not run the main module of its parent again."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: ANN401 - the name that multiprocessing calls
        with _hidden_main():
            return SpawnProcess._Popen(process_obj)


class WorkerContext(SpawnContext):
    """Context of `multiprocessing` whose processes are `WorkerProcess`."""

    Process = WorkerProcess


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Put an empty module in the place of a main module that is not to be imported, while a process is launched."""
    main = sys.modules["__main__"]
    if main_is_importable(main):
        yield
        return
    with _launching:
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def main_is_importable(main: ModuleType) -> bool:
    """Return whether another process may import this main module: it has a file, which asks for its `__name__`."""
    try:
        tree = ast.parse(Path(str(main.__file__)).read_bytes())
    except (AttributeError, OSError, ValueError, SyntaxError):
        return False
    tests = [node.test for node in tree.body if isinstance(node, ast.If)]
    return any(isinstance(part, ast.Name) and part.id == "__name__" for test in tests for part in ast.walk(test))


def end_with_parent() -> None:
    """End this process, and its group if it leads one, as soon as its parent has ended; watched by a thread."""
    threading.Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
