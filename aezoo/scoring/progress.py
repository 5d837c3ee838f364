"""How far scoring is, and how long it still takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

SLOW_DRAW_SECONDS = 2.0
"""Seconds of one draw from which on each is told."""
ROUND_FROM_SECONDS = 100
"""Seconds from which on an estimate is told in tens."""


class ScoringProgress:
    """Tells of each step that ends, with what is left at the pace so far.

    Args:
        tell: is called with each line.
        rows: how many sets of images will be scored after the samples.
        draws: how many draws of the oracle's band will follow.
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
        """A step begins now."""
        self.began = self.clock()

    def row_ended(self, name: str, headline: float) -> None:
        """The row `name` is scored; its headline scores, which are those of a draw, took `headline` seconds."""
        self.row_seconds.append(self._elapsed())
        self.draw_guess = headline
        self.tell(f"{name}: {self.row_seconds[-1]:.1f} s{self._left()}")

    def draw_ended(self) -> None:
        """One more draw of the oracle's band is scored; told if it was slow, or the last."""
        self.draw_seconds.append(self._elapsed())
        if self.draw_seconds[-1] > SLOW_DRAW_SECONDS or len(self.draw_seconds) == self.draws:
            self.tell(f"oracle's band: draw {len(self.draw_seconds)} of {self.draws}{self._left()}")

    def seconds_left(self) -> float:
        """At the pace of the rows, and of the draws or else `draw_guess`."""
        rows, draws = self.rows - len(self.row_seconds), self.draws - len(self.draw_seconds)
        of_row = median(self.row_seconds) if self.row_seconds else 0.0
        of_draw = median(self.draw_seconds[1:] or [self.draw_guess])  # the first one holds the preparation
        # Before its first draw the band searches the neighbours of twice as many images as a row has.
        preparing = 2 * of_row if self.draws and not self.draw_seconds else 0.0
        return rows * of_row + preparing + draws * of_draw

    def _elapsed(self) -> float:
        now = self.clock()
        seconds, self.began = now - self.began, now
        return seconds

    def _left(self) -> str:
        seconds = self.seconds_left()
        if seconds < 1:
            return ""
        return f", about {round(seconds, -1) if seconds >= ROUND_FROM_SECONDS else seconds:.0f} s left"
