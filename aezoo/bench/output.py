"""Output of a command, also when its reader has gone away, as `head` does."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TextIO

DEFAULT_FOLDER = Path("aezoo-results")
"""Where results are, unless a command is told otherwise."""

CLOSED_OUTPUT = 141
"""The exit code of a command whose result nobody reads any more: 128 and the number of SIGPIPE."""


def echo(line: str) -> None:
    """Write a line of progress to the error stream: a command prints nothing but its result. Needs no reader."""
    try:
        print(fit_message(line), file=sys.stderr, flush=True)
    except BrokenPipeError:
        redirect_to_devnull(sys.stderr)


def fit_message(line: str) -> str:
    """Break a message that is wider than the terminal of the error stream, or than the variable COLUMNS.

    In a log, without either, it stays one line.
    """
    try:
        width = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stderr.fileno()).columns)
    except (OSError, ValueError, AttributeError):
        width = 0
    return "\n".join(_fit_line(part, width) for part in line.split("\n")) if width > 0 else line


def fit_lines(text: str) -> str:
    """Break lines of prose, also Markdown's, that are wider than the terminal, or than the variable COLUMNS.

    Without either, nothing is broken: it goes into a file or a pipe. Headings and tables of Markdown keep their lines.
    """
    width = shutil.get_terminal_size((0, 0)).columns
    return "\n".join(_fit_line(line, width) for line in text.split("\n")) if width else text


def print_page(text: str, format: str | None) -> None:
    """Print a page; lines of Markdown fit the terminal, but for those of its tables, for which text is there."""
    print(fit_lines(text) if format == "md" else text, end="")


def _fit_line(line: str, width: int) -> str:
    if len(line) <= width or line.startswith(("|", "#")):
        return line
    indent = " " * (len(line) - len(line.lstrip())) + "  "
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


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
