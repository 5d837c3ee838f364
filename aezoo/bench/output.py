"""Output of a command, also when its reader has gone away, as `head` does."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

DEFAULT_FOLDER = Path("aezoo-results")
"""Where results are, unless a command is told otherwise."""

CLOSED_OUTPUT = 141
"""The exit code of a command whose result nobody reads any more: 128 and the number of SIGPIPE."""


def echo(line: str) -> None:
    """Write a line of progress to the error stream: a command prints nothing but its result. Needs no reader."""
    try:
        print(line, file=sys.stderr, flush=True)
    except BrokenPipeError:
        redirect_to_devnull(sys.stderr)


def redirect_to_devnull(stream: TextIO) -> None:
    """Discard what `stream` holds, and whatever is written to it from now on."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def flush_or_discard(output: TextIO) -> bool:
    """Return whether what is left in `output` finds its reader; where not, discard it.

    The command line's library replaces `sys.stdout` once a write has failed for want of a reader.
    """
    try:
        output.flush()
    except BrokenPipeError:
        redirect_to_devnull(output)
        return False
    return sys.stdout is output
