"""Run of requests on the workers of a scheduler: each waits, runs on a worker, or has ended."""

from __future__ import annotations

import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from itertools import chain
from queue import Empty, SimpleQueue

from distributed import Client, Future, KilledWorker

from aezoo.engines.base import INTERRUPTED_MESSAGE, Admit, failed_outcome
from aezoo.engines.dask.workers import POLL_SECONDS, Prepare, Workers, WorkerWarning
from aezoo.engines.queue import TrialQueue
from aezoo.messages import Outcome, Request, Wire

Work = Callable[[str, dict[str, bytes]], Wire]

IDLE_POLLS = 10
FETCH_SECONDS = 60.0
"""An outcome that takes longer to come was lost with its worker, after the trial had ended."""


class EndedError(Exception):
    """A trial that was ended from outside."""


def ended_outcome(request: Request, status: str, message: str) -> Outcome:
    """Make the outcome of a trial that was ended from outside."""
    return failed_outcome(request, status, EndedError(message))


@dataclass(frozen=True)
class DaskSettings:
    """Settings of a run; `DaskEngine` says what each of these is."""

    jobs: int
    timeout: float | None
    retries: int
    work: Work
    prepare: Prepare
    stopped: Callable[[], bool]


@dataclass(frozen=True)
class AssignedTrial:
    """A trial on a worker."""

    address: str
    request: Request
    since: float


class DaskRun:
    """One run: gives trials to workers and takes their outcomes."""

    def __init__(self, client: Client, requests: Sequence[Request], admit: Admit, settings: DaskSettings) -> None:
        self.client, self.settings = client, settings
        self.queue = TrialQueue(requests, admit)
        self.again: deque[Request] = deque()
        self.losses: Counter[str] = Counter()
        data = {request.trial.dataset: request.fingerprint for request in requests}
        self.workers = Workers(client, settings.prepare, data)
        self.probes: dict[Future, str] = {}
        self.running: dict[Future, AssignedTrial] = {}
        self.ended: SimpleQueue[Future] = SimpleQueue()
        self.idle_polls = 0

    def outcomes(self) -> Iterator[Outcome]:
        try:
            while self.running or self.has_waiting:
                yield from chain(self.poll(), self.wait())
        finally:
            self.client.cancel([*self.running, *self.probes])

    @property
    def has_waiting(self) -> bool:
        """Tell whether a trial is to begin, or to begin again."""
        return bool(self.again) or not (self.queue.is_empty or self.settings.stopped())

    def poll(self) -> Iterator[Outcome]:
        """Look for workers that came or went and for trials that must end, and give trials to idle workers."""
        came, gone = self.workers.poll()
        self.probes = {future: address for future, address in self.probes.items() if address not in gone}
        for address in came:
            self.probes[self._watch(self.workers.probe(address))] = address
        for future in [future for future, running in self.running.items() if running.address in gone]:
            yield from self._on_lost(future)
        yield from self.end_overdue()
        self.start()
        if self.has_waiting and not self.running and not self.probes:
            self.workers.check_some_left()

    def start(self) -> None:
        while not self.settings.stopped() and self.workers.idle and len(self.running) < self.settings.jobs:
            address, compiled = self.workers.idle.popitem()
            request = self.again.popleft() if self.again else self.queue.next(compiled)
            if request is None:
                self.workers.idle[address] = compiled
                return
            future = self.client.submit(self.settings.work, *request.to_wire(), workers=[address], pure=False)
            self.running[self._watch(future)] = AssignedTrial(address, request, time.monotonic())

    def _watch(self, future: Future) -> Future:
        future.add_done_callback(self.ended.put)
        return future

    def wait(self) -> Iterator[Outcome]:
        """Wait for the task that ends next, at most until the next look; yield its outcome if it is a trial."""
        if not self.running and not self.probes and not self.has_waiting:
            return
        try:
            future = self.ended.get(timeout=POLL_SECONDS)
        except Empty:
            self.warn_of_idleness()
            return
        if future in self.probes:
            self.workers.admit(self.probes.pop(future), future)
        elif future in self.running:
            yield from self._on_finished(future)

    def _on_finished(self, future: Future) -> Iterator[Outcome]:
        running = self.running[future]
        try:
            outcome = Outcome.from_wire(*future.result(timeout=FETCH_SECONDS))
        except (CancelledError, KilledWorker, TimeoutError):
            self.workers.forget(running.address)
            yield from self._on_lost(future)
            return
        except Exception as error:
            outcome = failed_outcome(running.request, "error", error)
        del self.running[future]
        self.workers.idle[running.address] = running.request.trial.subject
        self.start()  # so that the worker is busy while the outcome is stored
        yield outcome

    def _on_lost(self, future: Future) -> Iterator[Outcome]:
        """Put the trial of a lost worker back, as often as `retries` says."""
        running = self.running.pop(future)
        future.cancel()
        self.losses[running.request.trial.id] += 1
        losses = self.losses[running.request.trial.id]
        if losses <= self.settings.retries and not self.settings.stopped():
            self.again.append(running.request)
        else:
            yield ended_outcome(
                running.request, "killed", f"its worker was lost {losses} times, last {running.address}"
            )

    def end_overdue(self) -> Iterator[Outcome]:
        """End the trials that must not run on."""
        if self.settings.stopped():
            for request in [*self.again, *self.terminate(list(self.running))]:
                yield ended_outcome(request, "killed", INTERRUPTED_MESSAGE)
            self.again.clear()
        elif self.settings.timeout is not None:
            earliest = time.monotonic() - self.settings.timeout
            message = f"longer than {self.settings.timeout:g} s; raise --timeout, then --retry failed"
            for request in self.terminate(
                [future for future, running in self.running.items() if running.since < earliest]
            ):
                yield ended_outcome(request, "timeout", message)

    def terminate(self, futures: list[Future]) -> list[Request]:
        """End tasks with the processes that they run in; return their requests."""
        condemned = [self.running.pop(future) for future in futures]
        if condemned:
            self.client.cancel(futures)
            self.workers.end({running.address for running in condemned})
        return [running.request for running in condemned]

    def warn_of_idleness(self) -> None:
        self.idle_polls = 0 if self.running or self.probes else self.idle_polls + 1
        if self.idle_polls == IDLE_POLLS:
            warnings.warn("the scheduler has no workers; waiting for some", WorkerWarning, stacklevel=2)
