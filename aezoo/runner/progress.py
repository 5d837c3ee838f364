"""Progress of a run: the trials that run, the last epoch of each, and the trials still to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aezoo.engines import Admit, Engine
from aezoo.messages import EpochProgress, Outcome, Request
from aezoo.record import Record


@dataclass
class RunningTrial:
    """A trial that runs; times are readings of the clock of `Progress`.

    Attributes:
        request: the request that the trial answers.
        since: time at which it was given to a worker.
        last_epoch: the last epoch that ended; None before, and where nothing is trained or nothing is told.
        updated: time at which that was told.
    """

    request: Request
    since: float
    last_epoch: EpochProgress | None = None
    updated: float = 0.0

    def update(self, epoch_end: EpochProgress, now: float) -> None:
        """Note the end of an epoch."""
        self.last_epoch, self.updated = epoch_end, now

    @property
    def scoring(self) -> bool:
        """True once its training is over."""
        return self.last_epoch is not None and self.last_epoch.epoch == self.last_epoch.epochs

    def seconds_left(self, now: float, scoring: float) -> float | None:
        """Estimate what is left at the pace so far, with `scoring` seconds after the last epoch; None if unknown."""
        if self.last_epoch is None:
            return None
        training = self.last_epoch.seconds / self.last_epoch.epoch * (self.last_epoch.epochs - self.last_epoch.epoch)
        return max(0.0, training + scoring - (now - self.updated))


class Progress:
    """Counts of the trials of a run that are done, run and wait.

    Attributes:
        waiting: requests that no worker has, by the trial's id.
        running: trials that run, by id.
        finished: the records of trials that have ended, without their scores.
        total: number of trials of the run.
        side_by_side: the most trials that ran at once.
        clock: seconds that only grow.
    """

    def __init__(self, requests: Sequence[Request], clock: Callable[[], float] = time.monotonic) -> None:
        self.waiting = {request.trial.id: request for request in requests}
        self.running: dict[str, RunningTrial] = {}
        self.finished: list[Record] = []
        self.total, self.side_by_side, self.clock = len(requests), 1, clock

    @property
    def done(self) -> int:
        """Number of trials that have ended."""
        return len(self.finished)

    def began(self, request: Request) -> None:
        """Note that a trial was given to a worker."""
        self.waiting.pop(request.trial.id, None)
        self.running[request.trial.id] = RunningTrial(request, self.clock())
        self.side_by_side = max(self.side_by_side, len(self.running))

    def epoch_ended(self, epoch_end: EpochProgress) -> None:
        """Note the progress of a trial, unless it has ended meanwhile."""
        running = self.running.get(epoch_end.trial_id)
        if running is not None:
            running.update(epoch_end, self.clock())

    def ended(self, record: Record) -> None:
        """Note that a trial has its record, computed here or by another run."""
        self.waiting.pop(record["id"], None)
        self.running.pop(record["id"], None)
        self.finished.append({**record, "scores": [], "curves": {}})


@dataclass
class ProgressEngine:
    """An engine whose trials are noted in `progress` as they begin."""

    engine: Engine
    progress: Progress

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        def admit_and_note(request: Request) -> bool:
            admitted = admit(request)
            if admitted:
                self.progress.began(request)
            return admitted

        return self.engine(requests, admit_and_note)

    def kill(self) -> None:
        self.engine.kill()
