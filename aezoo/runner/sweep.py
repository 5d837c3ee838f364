"""Sweep: a plan computed into a results folder, one record at a time, beside other runs; and its stop signal."""

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
from aezoo.errors import ResultsError
from aezoo.messages import GALLERY, Outcome, Request, describe_artifact
from aezoo.npz import from_npz, to_npz
from aezoo.record import Record
from aezoo.runner.plan import Plan
from aezoo.runner.rescored import add_samplers, merge_scores
from aezoo.store import Claims, FallbackStore, Store

SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTICE = b"\nstopping: trials are ended, finished ones are saved; once more to stop at once\n"

POLL_SECONDS = 1.0
"""Interval between looks whether another run has finished a trial that both want."""


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
    """Run what the plan asks for; yield every record once it is on disk, also those that another run computed.

    Raises:
        ResultsError: the results folder failed; trials that finished afterwards are where its message says.
    """
    with Claims(store) as claims:
        claims.remove_stale(record["id"] for record in plan.kept)
        sweep = Sweep(plan, claims, FallbackStore(store), stop)
        waiting = plan.requests
        while waiting and not stop.requested:
            for outcome in engine(waiting, sweep.admit):
                yield sweep.commit(outcome)
            yield from sweep.load_foreign_results()
            waiting = sweep.wait_for_claims(tell)
    sweep.fallback.check()


class Sweep:
    """The part of a run that shares a results folder with other runs."""

    def __init__(self, plan: Plan, claims: Claims, fallback: FallbackStore, stop: StopSignal) -> None:
        self.plan, self.claims, self.fallback, self.stop = plan, claims, fallback, stop
        self.store = fallback.store
        self.claimed_elsewhere: list[Request] = []
        self.foreign: list[Record] = []

    def admit(self, request: Request) -> bool:
        """Return whether this run computes the trial: nothing stops it, and no other run does it or did it."""
        trial_id = request.trial.id
        if self.stop.requested:
            return False
        try:
            if not self.claims.take(trial_id):
                self.claimed_elsewhere.append(request)
                return False
        except OSError as error:
            self.fallback.fail(error)
            self.stop.requested = True
            return False
        return not self._has_result(trial_id)

    def commit(self, outcome: Outcome) -> Record:
        """Write an outcome where it belongs; return the record that the run goes on with."""
        trial_id = outcome.record["id"]
        record, artifacts = self._resolve(outcome)
        if artifacts is not None:
            self.fallback.commit(record, artifacts)
        self.claims.release(trial_id)
        self.stop.requested = self.stop.requested or self.fallback.failure is not None
        return record

    def load_foreign_results(self) -> Iterator[Record]:
        """Yield the records that other runs have written since the plan was made."""
        while self.foreign:
            yield self.foreign.pop()

    def wait_for_claims(self, tell: Callable[[str], None]) -> list[Request]:
        """Return the trials that other runs had claimed, once at least one of them is no longer claimed."""
        waiting, self.claimed_elsewhere = self.claimed_elsewhere, []
        has_told = False
        while waiting and not self.stop.requested:
            holders = [self.claims.holder_of(request.trial.id) for request in waiting]
            if None in holders:
                break
            if not has_told:
                tell(f"waiting for {len(waiting)} trials that {holders[0]} computes")
                has_told = True
            time.sleep(POLL_SECONDS)
        return waiting

    def _has_result(self, trial_id: str) -> bool:
        """Return whether another run has written the record since the plan was made; a killed trial is no result."""
        if self.store.modification_stamp(trial_id) == self.plan.stamps[trial_id]:
            return False
        record = self.store.read(trial_id)
        if record is None or record["status"] == "killed":
            return False
        self.foreign.append(record)
        self.claims.release(trial_id)
        return True

    def _resolve(self, outcome: Outcome) -> tuple[Record, dict[str, bytes] | None]:
        """Choose the record to go on with, and its artifacts; None where nothing is to be written.

        A failed attempt never replaces a finished trial, nor does a trial that another run took over and finished.
        """
        record, earlier = outcome.record, self.plan.found.get(outcome.record["id"])
        if not self.claims.owns(record["id"]) and self._has_result(record["id"]):
            return self.foreign.pop(), None
        if earlier is None or earlier["status"] != "done":
            return record, outcome.artifacts
        if record["status"] not in ("done", "diverged"):
            return record, None
        if record["id"] in self.plan.added:
            return self._with_samplers(earlier, outcome)
        scored_only = record["id"] in self.plan.scored_again
        return (merge_scores(earlier, record) if scored_only else record), outcome.artifacts

    def _with_samplers(self, earlier: Record, outcome: Outcome) -> tuple[Record, dict[str, bytes]]:
        """Add further samplers to a finished trial; their images join those of its gallery, if that is whole."""
        record, artifacts = outcome.record, dict(outcome.artifacts)
        with suppress(ResultsError, ValueError):
            kept = self.store.artifact(earlier, GALLERY)
            if kept is not None and GALLERY in artifacts:
                artifacts[GALLERY] = to_npz({**from_npz(kept), **from_npz(artifacts[GALLERY])})
        described = {name: describe_artifact(content) for name, content in artifacts.items()}
        return add_samplers(earlier, {**record, "artifacts": described}), artifacts
