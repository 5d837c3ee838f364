"""Progress on a terminal: a line for the run and one for each trial that runs. Elsewhere there are plain lines only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from aezoo.runner.eta import RemainingTime, format_duration
from aezoo.runner.progress import Progress, RunningTrial
from aezoo.runner.status import to_printable
from aezoo.runner.sweep import NOTICE, StopSignal

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

REFRESHES_PER_SECOND = 2
BAR_WIDTH = 24
LABEL_WIDTH = 40
PLAIN = ("CI", "NO_COLOR")
"""Variables that ask for plain lines, unless they are empty."""


def supports_live_view(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether `stream` is a terminal that can move its cursor, and nobody asked for plain lines."""
    plain = any(environment.get(name) for name in PLAIN) or environment.get("TERM", "dumb") == "dumb"
    return stream.isatty() and not plain


@contextmanager
def live_view(progress: Progress, time_left: RemainingTime, stop: StopSignal) -> Iterator[None]:
    """Show the progress on the error stream until the end; lines that are printed meanwhile stand above it."""
    from rich.live import Live

    view = ProgressView(progress, time_left, stop)
    live = Live(
        console=_console(),
        get_renderable=view.render,
        refresh_per_second=REFRESHES_PER_SECOND,
        transient=True,
        redirect_stdout=False,
    )
    live.start()
    stop.message = b""  # it would be written into the picture, which shows it itself
    try:
        yield
    finally:
        stop.message = NOTICE
        with suppress(OSError):  # a terminal that is gone
            if stop.signal is not None:  # the run may end before the picture is drawn again
                live.refresh()
            live.stop()


def _console() -> Console:
    from rich.console import Console

    class VisibleCursor(Console):
        """A console that leaves the cursor as it is: a run that is ended at once could not bring it back."""

        def show_cursor(self, show: bool = True) -> bool:
            return False

    return VisibleCursor(file=sys.stderr, force_terminal=True)


class ProgressView:
    """A picture of the progress, drawn by a thread of its own."""

    def __init__(self, progress: Progress, time_left: RemainingTime, stop: StopSignal) -> None:
        self.progress, self.time_left, self.stop = progress, time_left, stop
        self._lock = threading.Lock()

    def render(self) -> RenderableType:
        """Draw the picture as it is now."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        with self._lock:
            table = Table.grid(padding=(0, 2))
            for name in ("trial", "bar", "epoch", "loss", "time"):
                table.add_column(no_wrap=True, justify="left" if name in ("trial", "bar") else "right")
            for running in list(self.progress.running.values()):
                table.add_row(*self._row(running))
            return Group(Text(self.headline(), no_wrap=True, overflow="ellipsis"), table)

    def headline(self) -> str:
        """Say ``4 of 15 trials done, about 3 min left``; after Ctrl-C, what happens now."""
        if self.stop.signal is not None:
            return NOTICE.decode().strip()
        left = self.time_left.seconds()
        words = "time left not known yet" if left is None else f"about {format_duration(left)} left"
        return f"{self.progress.done} of {self.progress.total} trials done, {words}"

    def _row(self, running: RunningTrial) -> tuple[RenderableType, ...]:
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        trial, last = running.request.trial, running.last_epoch
        name = Text(to_printable(f"  {trial.subject.label[:LABEL_WIDTH]} seed {trial.seed}"))
        elapsed = Text(format_duration(self.progress.clock() - running.since))
        if last is None:
            return name, Text(), Text(), Text(), elapsed
        bar = ProgressBar(total=last.epochs, completed=last.epoch, width=BAR_WIDTH)
        step = "scoring" if running.scoring else f"epoch {last.epoch}/{last.epochs}"
        return name, bar, Text(step), Text(f"loss {last.loss:.2f} nats"), elapsed
