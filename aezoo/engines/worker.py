"""Worker process of this machine: a group of its own, which ends with its parent and can be killed as a whole."""

from __future__ import annotations

import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from multiprocessing.connection import Connection

from pebble import ProcessExpired, ProcessPool

from aezoo.engines.base import failed_outcome
from aezoo.engines.spawning import WorkerContext, end_with_parent
from aezoo.messages import EpochProgress, Outcome, Request
from aezoo.registry import PluginWarning

Work = Callable[[Request], Outcome]

MEMORY = "out of memory is the usual cause, then lower --jobs or the batch size"
STARTS = 3
"""Deaths in a row, while a process starts, after which it is given up."""
DIED_EARLY = f"its process ended while it started; {MEMORY}"


class Worker:
    """A process for one trial at a time; one that dies costs its trial, and another takes its place.

    Attributes:
        request: the trial that runs now, or ran last.
        future: its outcome.
    """

    def __init__(self, prepare: Callable[[], None]) -> None:
        context = WorkerContext()
        self._pids, sender = context.Pipe(duplex=False)
        self._epoch_ends, teller = context.Pipe(duplex=False)
        os.set_blocking(teller.fileno(), False)
        self._ends = (self._pids, sender, self._epoch_ends, teller)
        self._new_pool = partial(
            ProcessPool, 1, context=context, initializer=_begin, initargs=(sender, teller, prepare)
        )
        self._pool = self._new_pool()
        self._failed_starts = 0
        self._pid: int | None = None
        self._since: float | None = None
        self._ended_as: tuple[str, str] | None = None

    def start(self, work: Work, request: Request) -> Future[Outcome]:
        """Begin a trial; return its future outcome."""
        self.request = request
        self._since = self._ended_as = None
        self.future: Future[Outcome] = self._schedule(work, request)
        return self.future

    def _schedule(self, work: Work, request: Request) -> Future[Outcome]:
        """Give the trial to the pool, a new one where the process died without a trial, as while it started."""
        try:
            if not self._pool.active:
                self._end_pool()
                self._pool = self._new_pool()
            future: Future[Outcome] = self._pool.schedule(work, args=[request])
        except RuntimeError as error:  # no process could be made, or it has just died
            future = Future()
            future.set_exception(BrokenProcessPool(str(error)))
        return future

    def seconds(self) -> float:
        """Return how long the trial has run, without the start of its process."""
        if self._since is None and self.future.running():
            self._since = time.monotonic()
        return 0.0 if self._since is None else time.monotonic() - self._since

    def epoch_ends(self) -> Iterator[EpochProgress]:
        """Yield the epochs that have ended since the last call, also those of a trial that has ended meanwhile."""
        while self._epoch_ends.poll():
            yield EpochProgress.from_bytes(self._epoch_ends.recv_bytes())

    def kill(self, status: str, message: str) -> None:
        """End the trial, as `status`, and all processes that it may have started.

        A worker writes nothing to disk, so that nothing is lost by SIGKILL, which no trial can ignore.
        """
        while self._pids.poll():
            self._pid = self._pids.recv()
        if self._pid is not None and not self.future.done():
            self._ended_as = self._ended_as or (status, message)
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)

    def outcome(self) -> Outcome:
        """Return how the trial ended, once `future` is done; to be called once."""
        error = self.future.exception()
        early = isinstance(error, BrokenProcessPool)
        self._failed_starts = self._failed_starts + 1 if early and self._ended_as is None else 0
        if error is None:
            return self.future.result()
        if early:
            error, reason = ProcessExpired(DIED_EARLY), ("killed", DIED_EARLY)  # type: ignore[no-untyped-call]
        elif isinstance(error, ProcessExpired):
            reason = ("killed", exit_reason(error.exitcode))
        else:
            reason = ("error", "")
        status, message = self._ended_as or reason
        return failed_outcome(self.request, status, error, message)

    @property
    def cannot_start(self) -> bool:
        """True once its process has died `STARTS` times in a row while it started."""
        return self._failed_starts >= STARTS

    def close(self) -> None:
        """End the process."""
        self._end_pool()
        for end in self._ends:
            end.close()

    def _end_pool(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def exit_reason(code: int) -> str:
    """Describe the exit code of a process."""
    if code >= 0:
        return f"its process ended with code {code}"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else "unknown"
    return f"killed by signal {-code} ({name}); {MEMORY}"


_teller: Connection | None = None
"""The pipe on which this process, if it is a worker, tells its driver how far it is."""


def send_progress(epoch_end: EpochProgress) -> None:
    """Tell the driver, without waiting: what does not fit into the pipe is left out.

    A message shorter than PIPE_BUF is written whole or not at all, so that a worker killed meanwhile, or a driver that
    does not listen, harms nobody; a queue with its locks and threads would not survive that.
    """
    if _teller is not None:
        with suppress(OSError):
            _teller.send_bytes(epoch_end.to_bytes())


def _print_at_once() -> None:
    """Write each line that this process prints at once: when its pool ends it by SIGTERM, what waits is lost."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def _begin(sender: Connection, teller: Connection, prepare: Callable[[], None]) -> None:
    """Prepare a worker process.

    It leaves the terminal's process group, so that Ctrl-C reaches only the driver, which decides.
    """
    global _teller
    _teller = teller
    os.setpgid(0, 0)
    sender.send(os.getpid())
    end_with_parent()
    _print_at_once()
    warnings.simplefilter("ignore", PluginWarning)  # the driver has said it
    prepare()
