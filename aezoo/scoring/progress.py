"""Progress of scoring: each step that ends, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from aezoo.runner.eta import format_remaining

SLOW_DRAW_SECONDS = 2.0
"""Seconds of one draw from which on each is reported."""


class ScoringProgress:
    """Reporter of each step that ends, with the time that is left at the pace so far.

    Args:
        tell: called with each line.
        rows: number of sets of images that will be scored after the samples.
        draws: number of draws of the oracle's interval that will follow.
        clock: seconds since some moment.
    """

    def __init__(
        self, tell: Callable[[str], None], rows: int, draws: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.tell, self.rows, self.draws, self.clock = tell, rows, draws, clock
        self.row_seconds: list[float] = []
        self.draw_seconds: list[float] = []
        self.draw_guess = 0.0
        self.began = clock()

    def begin(self) -> None:
        """Start the clock of the first step."""
        self.began = self.clock()

    def row_ended(self, name: str, headline: float) -> None:
        """Report that a row is scored; its headline scores, which are those of a draw, took `headline` seconds."""
        self.row_seconds.append(self._elapsed())
        self.draw_guess = headline
        self.tell(f"{name}: {self.row_seconds[-1]:.1f} s{format_remaining(self.seconds_left())}")

    def draws_begin(self) -> None:
        """Report that the draws of the oracle's interval begin, with the time that they will take where it is known."""
        self.tell(f"oracle's band: {self.draws} draws{format_remaining(self.seconds_left())}")

    def draw_ended(self) -> None:
        """Count one more draw of the oracle's interval; reported if it was slow, or the last."""
        self.draw_seconds.append(self._elapsed())
        if self.draw_seconds[-1] > SLOW_DRAW_SECONDS or len(self.draw_seconds) == self.draws:
            self.tell(
                f"oracle's band: draw {len(self.draw_seconds)} of {self.draws}{format_remaining(self.seconds_left())}"
            )

    def seconds_left(self) -> float:
        """Estimate the time that is left, at the pace of the rows, and of the draws or else of `draw_guess`."""
        rows, draws = self.rows - len(self.row_seconds), self.draws - len(self.draw_seconds)
        row = median(self.row_seconds) if self.row_seconds else 0.0
        draw = median(self.draw_seconds[1:] or [self.draw_guess])  # the first one holds the preparation
        # Before the first draw the interval searches the neighbours of twice as many images as a row has.
        preparing = 2 * row if self.draws and not self.draw_seconds else 0.0
        return rows * row + preparing + draws * draw

    def _elapsed(self) -> float:
        now = self.clock()
        seconds, self.began = now - self.began, now
        return seconds
