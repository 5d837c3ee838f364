"""Local engine: trials in worker processes of this machine, one thread each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field

from aezoo.engines.base import INTERRUPTED_MESSAGE, Admit, check_limits
from aezoo.engines.local_names import PreparedWithModules, files_of, modules_to_import
from aezoo.engines.queue import TrialQueue
from aezoo.engines.worker import MEMORY, STARTS, Work, Worker, send_progress
from aezoo.errors import AezooError
from aezoo.messages import OnEpoch, Outcome, Request
from aezoo.threads import limit_threads

POLL_SECONDS = 0.5
"""Interval between looks at the limit of time and at the wish to stop."""
CANNOT_START = (
    f"a process for trials was asked for, and {STARTS} in a row ended while they started; {MEMORY}; "
    "finished trials are saved, and the next run computes the others"
)


def work(request: Request) -> Outcome:
    """Run one trial in this process."""
    from aezoo.trial import run_trial

    return run_trial(request, send_progress)


@dataclass
class LocalEngine:
    """At most `jobs` processes, each with one trial at a time.

    A process that dies costs its own trial, whose record says so; another takes its place. Where one dies again and
    again while it starts, no new trial begins, and those that run come to their end.

    Attributes:
        jobs: processes side by side.
        timeout: seconds after which a trial is ended as ``timeout``, with every process that it started.
        work: run by a process for each request; a function that another process can import.
        prepare: run by a process before its first request; likewise.
        on_epoch: called for each epoch that ends, at most half a second later.
    """

    jobs: int
    timeout: float | None = None
    work: Work = work
    prepare: Callable[[], None] = limit_threads
    on_epoch: OnEpoch | None = None
    _running: list[Worker] = field(default_factory=list, init=False)
    _stopped: bool = field(default=False, init=False)
    _given_up: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        check_limits(self.jobs, self.timeout)

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        self._stopped = self._given_up = False  # of an earlier run
        queue = TrialQueue(requests, admit)
        workers: list[Worker] = []
        modules = modules_to_import()
        prepare = PreparedWithModules(self.prepare, modules, files_of(modules))
        try:
            while len(workers) < self.jobs and (request := queue.next(None)) is not None:
                workers.append(Worker(prepare))
                self._start(workers[-1], request)
            while self._running:
                yield from self._collect(queue)
            if self._given_up and not self._stopped:
                raise AezooError(CANNOT_START)
        finally:
            self._running.clear()
            for worker in workers:
                worker.close()

    def kill(self) -> None:
        """End what runs now, as ``killed``, within half a second."""
        self._stopped = True

    def _start(self, worker: Worker, request: Request) -> None:
        worker.start(self.work, request)
        self._running.append(worker)

    def _collect(self, queue: TrialQueue) -> Iterator[Outcome]:
        """Yield outcomes of trials that have ended; a worker goes on with the next before the outcome is yielded."""
        done = wait([worker.future for worker in self._running], POLL_SECONDS, FIRST_COMPLETED).done
        self._report_epochs()
        for worker in [worker for worker in self._running if worker.future in done]:
            outcome = worker.outcome()
            self._running.remove(worker)
            self._given_up = self._given_up or worker.cannot_start
            request = None if self._given_up else queue.next(worker.request.trial.subject)
            if request is not None:
                self._start(worker, request)
            yield outcome
        self._end_overdue()

    def _report_epochs(self) -> None:
        for worker in self._running:
            for epoch_end in worker.epoch_ends():
                if self.on_epoch is not None:
                    self.on_epoch(epoch_end)

    def _end_overdue(self) -> None:
        """End trials that must not run on; called repeatedly, because a process that starts cannot be ended yet."""
        for worker in self._running:
            if self._stopped:
                worker.kill("killed", INTERRUPTED_MESSAGE)
            elif self.timeout is not None and worker.seconds() > self.timeout:
                worker.kill("timeout", f"longer than {self.timeout:g} s; raise --timeout, then --retry failed")
