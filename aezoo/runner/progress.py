"""How far a run is: the trials that run, the last epoch of each, and what there is still to do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aezoo.engines import Admit, Engine
from aezoo.messages import EpochProgress, Outcome, Request
from aezoo.record import Record


@dataclass
class RunningTrial:
    """A trial that runs; times are those of the clock of `Progress`.

    Attributes:
        request: what it was asked for.
        since: when it was given to a worker.
        last: the last epoch that ended; None before, and where nothing is trained or nothing is told.
        told: when that was told.
    """

    request: Request
    since: float
    last: EpochProgress | None = None
    told: float = 0.0

    def tell(self, epoch_end: EpochProgress, now: float) -> None:
        """Note the end of an epoch."""
        self.last, self.told = epoch_end, now

    @property
    def scoring(self) -> bool:
        """Whether its training is over."""
        return self.last is not None and self.last.epoch == self.last.epochs

    def seconds_left(self, now: float, scoring: float) -> float | None:
        """What is left at the pace so far, with `scoring` seconds after the last epoch; None where no pace is known."""
        if self.last is None:
            return None
        training = self.last.seconds / self.last.epoch * (self.last.epochs - self.last.epoch)
        return max(0.0, training + scoring - (now - self.told))


class Progress:
    """What has been done of `requests`, what runs and what waits.

    Attributes:
        waiting, running: by the trial's id.
        total, done: how many trials the run has, and how many of them have ended.
        finished: the records of those.
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
        return len(self.finished)

    def began(self, request: Request) -> None:
        """A trial was given to a worker."""
        self.waiting.pop(request.trial.id, None)
        self.running[request.trial.id] = RunningTrial(request, self.clock())
        self.side_by_side = max(self.side_by_side, len(self.running))

    def epoch_ended(self, epoch_end: EpochProgress) -> None:
        """A trial told how far it is; one that has ended meanwhile is no longer of interest."""
        running = self.running.get(epoch_end.trial_id)
        if running is not None:
            running.tell(epoch_end, self.clock())

    def ended(self, record: Record) -> None:
        """A trial has its record, computed here or by another run."""
        self.waiting.pop(record["id"], None)
        self.running.pop(record["id"], None)
        self.finished.append({**record, "scores": [], "curves": {}})


@dataclass
class ProgressEngine:
    """An engine whose trials are noted in `progress` as they begin."""

    engine: Engine
    progress: Progress

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        def noted(request: Request) -> bool:
            admitted = admit(request)
            if admitted:
                self.progress.began(request)
            return admitted

        return self.engine(requests, noted)

    def kill(self) -> None:
        self.engine.kill()
