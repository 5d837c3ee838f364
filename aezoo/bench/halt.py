"""Whether, and why, a sweep begins no new trial."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
NOTICE = b"\nstopping: running trials are ended, finished ones are saved; once more to stop at once\n"


@dataclass
class Halt:
    """Asked for by a signal, by a failed trial or by a results folder that fails.

    Attributes:
        asked: whether no new trial may begin.
        signal: the signal that asked, or None.
        notice: what is written when a signal asks.
    """

    asked: bool = False
    signal: int | None = None
    notice: bytes = NOTICE

    @contextmanager
    def on_signals(self, kill: Callable[[], None]) -> Iterator[None]:
        """Ctrl-C or SIGTERM asks for a halt and calls `kill`; the second one ends this process at once.

        Its workers end with it, and whatever is being written is whole or absent.
        """

        def receive(number: int, _: FrameType | None) -> None:
            if self.signal is not None:
                os._exit(128 + number)
            self.asked, self.signal = True, number
            kill()
            with suppress(BrokenPipeError):
                os.write(2, self.notice)

        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, receive) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
