"""Claims: leases on trials, so that two runs share a folder without computing anything twice.

Written by hand beside the dependency `filelock`, whose locks tell neither a dead holder on another machine of a network
file system nor one before a restart.

A claim is the file claim.json in a trial's folder, made with O_CREAT|O_EXCL. It says who made it, and its time of
modification is refreshed every 10 s. It is stale when its process is dead (on the same machine), or when it was not
refreshed for 5 minutes (on any other). Ages are differences between times of the same file system, so that clocks
that disagree do no harm.

A stale claim is taken over by renaming it, which only one of many can do, and then making a new one. Between finding
a claim stale and renaming it, another run may have taken it over: then what was renamed is the other's fresh claim,
and it is given back. In the moment in which it is away, or for good if the giver is killed in it, a third run can
make a claim of its own. Then two runs compute the same trial. No result is lost or half written by this: records are
replaced whole, a run whose claim is gone prefers a record that another has written meanwhile (see `Sweep`), and
artifacts count only with the hashes that the record names.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from aezoo.files import read_regular
from aezoo.store.process import ProcessIdentity
from aezoo.store.store import Store

CLAIM = "claim.json"
HEARTBEAT_SECONDS = 10.0
STALE_SECONDS = max(300.0, 10 * HEARTBEAT_SECONDS)
MAX_CLAIM_BYTES = 10_000


class Claims:
    """Claims of this process on trials of one results folder; refreshed by a thread, released at the end."""

    def __init__(self, store: Store) -> None:
        self.store, self.trials = store, store.trials
        self.me = ProcessIdentity.this_process()
        self._held: set[str] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._heartbeat, daemon=True)

    def __enter__(self) -> Claims:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        for trial_id in list(self._held):
            self.release(trial_id)

    def take(self, trial_id: str) -> bool:
        """Claim a trial, taking over a stale claim; False where another holds it. Raises `OSError`."""
        path = self.store.trial_folder(trial_id) / CLAIM
        if not self._create(path) and not (self._take_over_stale(path) and self._create(path)):
            return False
        with self._lock:
            self._held.add(trial_id)
        for leftover in path.parent.glob("tmp-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        for leftover in path.parent.glob(f"{CLAIM}.*.stale"):
            leftover.unlink(missing_ok=True)
        return True

    def owns(self, trial_id: str) -> bool:
        """Return whether the claim on a trial is still this process's: nobody took it over."""
        return trial_id in self._held and read_holder(self.trials / trial_id / CLAIM) == self.me

    def release(self, trial_id: str) -> None:
        """Give up a claim; one that another has taken over is left alone."""
        if self.owns(trial_id):
            with suppress(OSError):
                (self.trials / trial_id / CLAIM).unlink()
        with self._lock:
            self._held.discard(trial_id)

    def remove_stale(self, trial_ids: Iterable[str]) -> None:
        """Remove stale claims and half-written files that killed runs left beside the finished trials `trial_ids`."""
        for trial_id in trial_ids:
            with suppress(OSError):
                names = os.listdir(self.trials / trial_id)
                if any(name.startswith(("tmp-", CLAIM)) for name in names) and self.take(trial_id):
                    self.release(trial_id)

    def holder_of(self, trial_id: str) -> str | None:
        """Name the process that computes the trial now; None where nobody does."""
        path = self.trials / trial_id / CLAIM
        try:
            stale = self._is_stale(path)
        except FileNotFoundError:
            return None
        return None if stale else str(read_holder(path) or "an unknown process")

    def _create(self, path: Path) -> bool:
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.me.model_dump_json().encode())
        return True

    def _take_over_stale(self, path: Path) -> bool:
        """Rename a stale claim away; False where it is not stale, or another was first (see above for the gap)."""
        aside = path.with_name(f"{CLAIM}.{uuid.uuid4().hex}.stale")
        try:
            if not self._is_stale(path):
                return False
            holder = read_holder(path)
            os.rename(path, aside)
        except FileNotFoundError:
            return not path.exists()
        if read_holder(aside) != holder:  # another took it over in between: give it back
            with suppress(FileExistsError):
                os.link(aside, path)
            aside.unlink()
            return False
        aside.unlink()
        return True

    def _is_stale(self, path: Path) -> bool:
        refreshed = os.lstat(path).st_mtime
        if path.is_symlink():
            return True
        holder = read_holder(path)
        if holder is not None and holder.shares_pid_namespace(self.me):
            return not holder.is_alive()
        return self._now() - refreshed > STALE_SECONDS

    def _now(self) -> float:
        """Return the time of the file system; where it can only be read, the time of this machine."""
        try:
            with tempfile.TemporaryFile(dir=self.trials) as file:
                file.write(b" ")
                file.flush()
                return os.fstat(file.fileno()).st_mtime
        except OSError:
            return time.time()

    def _heartbeat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            with self._lock:
                held = list(self._held)
            for trial_id in held:
                if self.owns(trial_id):
                    with suppress(OSError):
                        os.utime(self.trials / trial_id / CLAIM)


def read_holder(path: Path) -> ProcessIdentity | None:
    """Read who made a claim; None where it cannot be told."""
    try:
        return ProcessIdentity.model_validate_json(read_regular(path, MAX_CLAIM_BYTES))
    except (OSError, ValueError, ValidationError):
        return None
