"""Mirror of a run in a tracker of experiments. One that fails is left out, and the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO

from aezoo.errors import one_line
from aezoo.record import Record
from aezoo.store import Store
from aezoo.trackers import TRACKERS, tracked_run


class Mirror:
    """A tracker that is shown each record of a run, until it fails.

    Attributes:
        name: the tracker; None where there is none, or none any more.
        store: the results folder.
        warn: called with one line when the tracker fails.
        shown: how many records the tracker has taken.
    """

    def __init__(self, name: str | None, store: Store, warn: Callable[[str], None]) -> None:
        self.name, self.store, self.warn = name, store, warn
        self.shown = 0
        self._place: str | None = None

    def show(self, record: Record) -> None:
        """Mirror the trial of `record` as it stands in the results folder; a run prints nothing, nor does its tracker.

        A failed attempt at a trial that had finished before is no record of the folder, and the finished one is shown.
        """
        if self.name is None:
            return
        try:
            with redirect_stdout(StringIO()):
                stored = self.store.read(record["id"]) or record
                self._place = TRACKERS.get(self.name)(tracked_run(stored), self.store.folder)
            self.shown += 1
        except (Exception, SystemExit) as error:  # a tracker may raise anything
            self._leave_out(error)

    def summary(self) -> str | None:
        """Say how many trials were mirrored and where, in one line; None without a tracker, or after it failed."""
        if self.name is None:
            return None
        place = f" into {self._place}" if self._place is not None else ""
        return f"tracker {self.name}: {self.shown} trial{'' if self.shown == 1 else 's'} mirrored{place}"

    def _leave_out(self, error: BaseException) -> None:
        name, self.name = self.name, None
        absent = isinstance(error, ModuleNotFoundError) and TRACKERS.is_builtin(str(name))
        mend = f"pip install 'aezoo[{name}]', then run" if absent else "mend it, then run"
        self.warn(
            f"tracker {name} is left out from here on: {one_line(error)}; {mend} the same again: that trains nothing "
            "twice and mirrors all trials"
        )
