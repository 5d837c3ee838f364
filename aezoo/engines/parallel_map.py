"""Parallel map: a function of many things, computed in worker processes of this machine, one thread each."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from aezoo.engines.spawning import WorkerContext, end_with_parent
from aezoo.engines.worker import exit_reason
from aezoo.errors import AezooError
from aezoo.threads import limit_threads

Item = TypeVar("Item")
Result = TypeVar("Result")


class WorkerDiedError(AezooError):
    """A worker process that ended before its work did."""


def parallel_map(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[tuple[int, Result]]:
    """Yield ``(i, function(items[i]))`` for all items, as they finish, in `jobs` processes.

    Processes end when the caller stops, by an error, by Ctrl-C or by leaving the loop.

    Args:
        function: that another process can import; what it raises is raised here.
        items: what it is given, one at a time.
        jobs: processes side by side.

    Raises:
        WorkerDiedError: a process was killed or crashed.
    """
    pool = ProcessPool(jobs, context=WorkerContext(), initializer=_begin)
    try:
        positions: dict[Future[Result], int] = {pool.schedule(function, args=[item]): i for i, item in enumerate(items)}
        for future in as_completed(positions):
            yield positions[future], future.result()
    except ProcessExpired as error:
        raise WorkerDiedError(exit_reason(error.exitcode)) from error
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _begin() -> None:
    """Prepare a worker: Ctrl-C is for the driver to answer, and a driver that is killed takes its workers with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    limit_threads()
