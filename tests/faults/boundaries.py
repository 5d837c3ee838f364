"""Kills a commit before each of its system calls, and after every torn write; the parent looks at what is left.

``python -m tests.faults.boundaries FOLDER`` prints how often each outcome was found, as JSON; it is a process of its
own because it forks.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from aezoo.messages import Request
from aezoo.record import Record
from aezoo.spec import Protocol, Trial
from aezoo.store import Store
from tests.faults.work import outcome_of

CALLS = ("open", "fsync", "replace", "rename", "unlink", "mkdir", "rmdir")


def kill_at(boundary: int, torn: bool) -> None:
    """From now on, this process ends by SIGKILL before its `boundary`-th call; `torn`: a file keeps half its bytes."""
    count = 0

    def counted(function: Callable[..., object], name: str) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == boundary:
                if torn and name == "fsync" and os.fstat(arguments[0]).st_size:
                    os.ftruncate(arguments[0], os.fstat(arguments[0]).st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name), name))
    builtins.open = counted(builtins.open, "open")


def commit_and_die(store: Store, record: Record, artifacts: dict[str, bytes], boundary: int, torn: bool) -> bool:
    """Whether the commit came to its end before the boundary."""
    child = os.fork()
    if child == 0:
        kill_at(boundary, torn)
        store.commit(record, artifacts)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def look(store: Store, old: Record | None, new: Record) -> str:
    """``old``, ``new`` or ``absent``: whatever is there must be whole, with its own artifacts."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = store.read(new["id"])
    if found is None:
        return "absent"
    assert found in (old, new), "neither the old record nor the new one"
    assert store.artifact(found, "weights.npz") is not None, "a record without its artifact"
    return "new" if found == new else "old"


def main(folder: Path) -> None:
    outcome = outcome_of(Request(Trial(dataset="d", model="m", protocol=Protocol(), seed=0), "f" * 64))
    second = outcome_of(Request(Trial(dataset="d", model="m", protocol=Protocol(), seed=1), "f" * 64))
    rerun = {**second.record, "id": outcome.record["id"], "spec": outcome.record["spec"]}
    scored = {**outcome.record, "scores": []}
    cases = {
        "first": (None, outcome.record, outcome.artifacts),
        "again": (outcome, rerun, second.artifacts),
        "scored": (outcome, scored, {}),
    }
    found = {name: try_all(folder / name, *case) for name, case in cases.items()}
    print(json.dumps(found))


def try_all(folder: Path, old: object, new: Record, artifacts: dict[str, bytes]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for torn in (False, True):
        boundary, over = 0, False
        while not over:
            boundary += 1
            store = Store(folder / f"{torn}-{boundary}")
            store.create()
            if old is not None:
                store.commit(old.record, old.artifacts)
            over = commit_and_die(store, new, artifacts, boundary, torn)
            left = look(store, None if old is None else old.record, new)
            assert left == "new" or not over
            found[left] += 1
            store.commit(new, artifacts)
            assert look(store, None, new) == "new", "what was left stands in the way"
    return dict(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
