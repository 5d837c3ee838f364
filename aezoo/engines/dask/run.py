"""One run of requests on the workers of a scheduler: waiting, running on a worker, or ended."""

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

from aezoo.engines.base import INTERRUPTED_MESSAGE, Admit
from aezoo.engines.dask.workers import POLL_SECONDS, Prepare, Workers, WorkerWarning
from aezoo.engines.queue import TrialQueue
from aezoo.messages import Outcome, Request, Wire
from aezoo.record import failed_record

Work = Callable[[str, dict[str, bytes]], Wire]

IDLE_POLLS = 10
RESTART_SECONDS = 10.0
FETCH_SECONDS = 60.0
"""An outcome that takes longer to come was lost with its worker, after the trial had ended."""


class EndedError(Exception):
    """A trial that was ended from outside."""


def ended_outcome(request: Request, status: str, message: str) -> Outcome:
    """The outcome of a trial that was ended from outside."""
    return Outcome(failed_record(request.trial, status, EndedError(message)))


@dataclass(frozen=True)
class DaskSettings:
    """How to run; `DaskEngine` says what each of these is."""

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
    """Gives trials to workers and takes their outcomes."""

    def __init__(self, client: Client, requests: Sequence[Request], admit: Admit, manner: DaskSettings) -> None:
        self.client, self.manner = client, manner
        self.queue, self.queue_is_empty = TrialQueue(requests, admit), False
        self.again: deque[Request] = deque()
        self.losses: Counter[str] = Counter()
        data = {request.trial.dataset: request.fingerprint for request in requests}
        self.workers = Workers(client, manner.prepare, data)
        self.asked: dict[Future, str] = {}
        self.running: dict[Future, AssignedTrial] = {}
        self.ended: SimpleQueue[Future] = SimpleQueue()
        self.idle_looks = 0

    def outcomes(self) -> Iterator[Outcome]:
        try:
            while self.running or self.again or not (self.queue_is_empty or self.manner.stopped()):
                yield from chain(self.look(), self.wait())
        finally:
            self.client.cancel([*self.running, *self.asked])

    def look(self) -> Iterator[Outcome]:
        """Take notice of workers that came or went and of trials that must end, and give trials to idle workers."""
        came, gone = self.workers.look()
        self.asked = {future: address for future, address in self.asked.items() if address not in gone}
        for address in came:
            self.asked[self.watched(self.workers.ask(address))] = address
        for future in [future for future, running in self.running.items() if running.address in gone]:
            yield from self.lost(future)
        yield from self.enforce()
        self.start()
        if not self.running and not self.asked:
            self.workers.check_some_left()

    def start(self) -> None:
        while not self.manner.stopped() and self.workers.idle and len(self.running) < self.manner.jobs:
            address, compiled = self.workers.idle.popitem()
            request = self.again.popleft() if self.again else self.queue.take(compiled)
            if request is None:
                self.workers.idle[address], self.queue_is_empty = compiled, True
                return
            future = self.client.submit(self.manner.work, *request.to_wire(), workers=[address], pure=False)
            self.running[self.watched(future)] = AssignedTrial(address, request, time.monotonic())

    def watched(self, future: Future) -> Future:
        future.add_done_callback(self.ended.put)
        return future

    def wait(self) -> Iterator[Outcome]:
        """The outcome of the task that ends next; nothing if it is no trial, or if none ends until the next look."""
        if not self.running and not self.asked and self.queue_is_empty:
            return
        try:
            future = self.ended.get(timeout=POLL_SECONDS)
        except Empty:
            self.warn_of_idleness()
            return
        if future in self.asked:
            self.workers.admit(self.asked.pop(future), future)
        elif future in self.running:
            yield from self.finished(future)

    def finished(self, future: Future) -> Iterator[Outcome]:
        running = self.running[future]
        try:
            outcome = Outcome.from_wire(*future.result(timeout=FETCH_SECONDS))
        except (CancelledError, KilledWorker, TimeoutError):
            self.workers.forget(running.address)
            yield from self.lost(future)
            return
        except Exception as error:
            outcome = Outcome(failed_record(running.request.trial, "error", error))
        del self.running[future]
        self.workers.idle[running.address] = running.request.trial.subject
        self.start()  # so that the worker is busy while the outcome is stored
        yield outcome

    def lost(self, future: Future) -> Iterator[Outcome]:
        """Put the trial of a lost worker back, as often as `retries` says."""
        running = self.running.pop(future)
        future.cancel()
        self.losses[running.request.trial.id] += 1
        losses = self.losses[running.request.trial.id]
        if losses <= self.manner.retries and not self.manner.stopped():
            self.again.append(running.request)
        else:
            yield ended_outcome(
                running.request, "killed", f"its worker was lost {losses} times, last {running.address}"
            )

    def enforce(self) -> Iterator[Outcome]:
        """End the trials that must not run on."""
        if self.manner.stopped():
            for request in [*self.again, *self.end(list(self.running))]:
                yield ended_outcome(request, "killed", INTERRUPTED_MESSAGE)
            self.again.clear()
        elif self.manner.timeout is not None:
            earliest = time.monotonic() - self.manner.timeout
            message = f"longer than {self.manner.timeout:g} s; raise --timeout, then --retry failed"
            for request in self.end([future for future, running in self.running.items() if running.since < earliest]):
                yield ended_outcome(request, "timeout", message)

    def end(self, futures: list[Future]) -> list[Request]:
        """End tasks with the processes that they run in, which only their nannies can; returns their requests."""
        condemned = [self.running.pop(future) for future in futures]
        if condemned:
            self.client.cancel(futures)
            addresses = [running.address for running in condemned]
            for address in addresses:
                self.workers.forget(address)
            self.client.restart_workers(addresses, timeout=RESTART_SECONDS, raise_for_error=False)
        return [running.request for running in condemned]

    def warn_of_idleness(self) -> None:
        self.idle_looks = 0 if self.running or self.asked else self.idle_looks + 1
        if self.idle_looks == IDLE_POLLS:
            warnings.warn("the scheduler has no workers; waiting for some", WorkerWarning, stacklevel=2)
