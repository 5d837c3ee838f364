"""The command line: its commands, what stands around them, and errors as one line."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated

import typer

from aezoo.bench.help import HelpGroup
from aezoo.bench.output import CLOSED_OUTPUT, echo, flush_or_discard
from aezoo.errors import AezooError

COMMANDS = ("run", "merge", "list", "status", "table", "figures", "compare", "agreement", "verdict", "score", "audit")

EXIT_CODES = """
Exit codes: 0 done, 1 internal error, 2 usage, 3 some trials failed (the others are saved), 4 a comparison found a
regression, 5 data set or samples, 6 results folder, 130 interrupted, 141 nobody
reads the output any more, 143 terminated.
"""

app = typer.Typer(
    cls=HelpGroup,
    context_settings={"max_content_width": 100},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    help="Compare autoencoders: train, score, tabulate. Without a command: run.",
    epilog=EXIT_CODES,
)


@app.callback()
def root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from; anywhere in the line.")
    ] = False,
) -> None:
    """Compare autoencoders: train, score, tabulate. Without a command: run."""


for name in COMMANDS:
    app.command(name)(import_module(f"aezoo.bench.commands.{name}").command)


def run_app(arguments: list[str]) -> int:
    """Run the command line and return its exit code; an error that the user can mend is one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows its escape
            stream.reconfigure(errors="backslashreplace")
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h")):
        arguments = ["run", *arguments]
    output = sys.stdout
    try:
        code = _run(arguments, debug)
        return code if flush_or_discard(output) else CLOSED_OUTPUT
    except BrokenPipeError:
        flush_or_discard(output)
        return CLOSED_OUTPUT
    finally:
        sys.stdout = output


def _run(arguments: list[str], debug: bool) -> int:
    try:
        app(arguments, prog_name="aezoo")
    except AezooError as error:
        if debug:
            raise
        echo(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as exit_request:
        return exit_request.code if isinstance(exit_request.code, int) else 0
    return 0
