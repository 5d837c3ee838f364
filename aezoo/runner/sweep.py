"""Run a plan into a results folder: only what is missing, one record at a time, beside other runs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from aezoo.engines import Engine
from aezoo.messages import Outcome, Request
from aezoo.record import Record, merge_scores
from aezoo.runner.plan import Plan
from aezoo.store import Claims, FallbackStore, Store

SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTICE = b"\nstopping: running trials are ended, finished ones are saved; once more to stop at once\n"

POLL_SECONDS = 1.0
"""How often a run looks whether another has finished a trial that both want."""


@dataclass
class StopSignal:
    """The wish that a run ends: of a signal, after a failed trial, or where the results folder cannot be written.

    Attributes:
        requested: whether no new trial may begin.
        signal: the signal that requested it, or None.
        message: written to the error stream when a signal arrives.
    """

    requested: bool = False
    signal: int | None = None
    message: bytes = b""

    @contextmanager
    def on_signals(self, kill: Callable[[], None]) -> Iterator[None]:
        """Stop on Ctrl-C or SIGTERM while the context lasts, and call `kill`; a second one ends this process at once.

        Its workers end with it, and whatever is being written is whole or absent.
        """

        def receive(number: int, _: FrameType | None) -> None:
            if self.signal is not None:
                os._exit(128 + number)
            self.requested, self.signal = True, number
            kill()
            with suppress(BrokenPipeError):
                os.write(2, self.message)

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, receive) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def run_plan(
    plan: Plan, store: Store, engine: Engine, stop: StopSignal, tell: Callable[[str], None] = lambda line: None
) -> Iterator[Record]:
    """Run what the plan asks for; yields every record once it is on disk, also those that another run computed.

    Raises:
        ResultsError: the results folder failed; trials that finished afterwards are where its message says.
    """
    with Claims(store) as claims:
        claims.tidy(record["id"] for record in plan.kept)
        sweep = Sweep(plan, claims, FallbackStore(store), stop)
        waiting = plan.requests
        while waiting and not stop.requested:
            for outcome in engine(waiting, sweep.admit):
                yield sweep.commit(outcome)
            yield from sweep.computed_elsewhere()
            waiting = sweep.wait_for_others(tell)
    sweep.rescue.check()


class Sweep:
    """The part of a run that shares a results folder with other runs."""

    def __init__(self, plan: Plan, claims: Claims, rescue: FallbackStore, stop: StopSignal) -> None:
        self.plan, self.claims, self.rescue, self.stop = plan, claims, rescue, stop
        self.store = rescue.store
        self.busy: list[Request] = []
        self.elsewhere: list[Record] = []

    def admit(self, request: Request) -> bool:
        """Whether this run computes the trial: nothing stops it, nobody else does it, and nobody else did."""
        trial_id = request.trial.id
        if self.stop.requested:
            return False
        try:
            if not self.claims.take(trial_id):
                self.busy.append(request)
                return False
        except OSError as error:
            self.rescue.fail(error)
            self.stop.requested = True
            return False
        return not self._was_computed(trial_id)

    def commit(self, outcome: Outcome) -> Record:
        """Write an outcome where it belongs; returns the record that the run goes on with."""
        trial_id = outcome.record["id"]
        record, artifacts = self._settled(outcome)
        if artifacts is not None:
            self.rescue.commit(record, artifacts)
        self.claims.release(trial_id)
        self.stop.requested = self.stop.requested or self.rescue.failure is not None
        return record

    def computed_elsewhere(self) -> Iterator[Record]:
        """Records that other runs have written since the plan was made."""
        while self.elsewhere:
            yield self.elsewhere.pop()

    def wait_for_others(self, tell: Callable[[str], None]) -> list[Request]:
        """The trials that other runs had claimed, once at least one of them is no longer claimed."""
        waiting, self.busy = self.busy, []
        told = False
        while waiting and not self.stop.requested:
            holders = [self.claims.busy(request.trial.id) for request in waiting]
            if None in holders:
                break
            if not told:
                tell(f"waiting for {len(waiting)} trials that {holders[0]} computes")
                told = True
            time.sleep(POLL_SECONDS)
        return waiting

    def _was_computed(self, trial_id: str) -> bool:
        """Whether another run has written the record since the plan was made; one that was killed is no result."""
        if self.store.stamp(trial_id) == self.plan.stamps[trial_id]:
            return False
        record = self.store.read(trial_id)
        if record is None or record["status"] == "killed":
            return False
        self.elsewhere.append(record)
        self.claims.release(trial_id)
        return True

    def _settled(self, outcome: Outcome) -> tuple[Record, dict[str, bytes] | None]:
        """The record to go on with, and its artifacts; None where nothing is to be written.

        A failed attempt never replaces a finished trial, nor does a trial that another run took over and finished.
        """
        record, found = outcome.record, self.plan.found.get(outcome.record["id"])
        if not self.claims.owns(record["id"]) and self._was_computed(record["id"]):
            return self.elsewhere.pop(), None
        if found is None or found["status"] != "done":
            return record, outcome.artifacts
        if record["status"] not in ("done", "diverged"):
            return record, None
        scored_only = record["id"] in self.plan.scored_again
        return (merge_scores(found, record) if scored_only else record), outcome.artifacts
