"""The command line: its commands, what stands around them, and errors as one line."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from aezoo import __version__
from aezoo.bench.output import CLOSED_OUTPUT, echo, flush_or_discard
from aezoo.errors import AezooError, UsageError
from aezoo.source import first_sentence

COMMANDS = (
    *("run", "merge", "remove", "list", "status", "table", "figures", "report", "compare"),
    *("agreement", "verdict", "score", "audit", "check"),
    *("sample", "interpolate", "traverse", "export"),
)
DEFAULT_COMMAND = "run"
GROUP_OPTIONS = ("--help", "-h", "--version")
"""Options that belong to no command; a line that begins with another one is for the command `run`."""

PAGE_WIDTH = 100
"""Width of help pages, unless the terminal is narrower or the variable COLUMNS says another."""

EXIT_CODES = """
Exit codes: 0 done, 1 internal error, 2 usage, 3 some trials failed (the others are saved), or checks, 4 a
comparison found a regression, 5 data set or samples, 6 results folder, 130 interrupted, 141 nobody
reads the output any more, 143 terminated.
"""


class PlainCommand(TyperCommand):
    """A command that refuses a value in our words: the parser hands on those of its validator."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            from aezoo.spec import plain_refusal

            error.message = plain_refusal(error.message)
            raise


class LazyCommands(Mapping[str, Any]):
    """The commands by name; the module of each is imported when the command is asked for."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        if name not in COMMANDS:
            raise KeyError(name)
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        single.command(name, cls=PlainCommand)(import_module(f"aezoo.bench.commands.{name}").command)
        return typer.main.get_command(single)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


class CommandGroup(TyperGroup):
    """A group whose page of `--help` needs no module but that of `run`.

    The page shows the first sentence of each command, read from its source, and the options of the command that needs
    no name.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self.commands: Any = LazyCommands()

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        with formatter.section("Commands (COMMAND --help shows the options of each)"):
            formatter.write_dl([(name, read_summary(name)) for name in COMMANDS])
        parameters = self.commands[DEFAULT_COMMAND].get_params(ctx)
        records = [record for parameter in parameters if (record := parameter.get_help_record(ctx))]
        with formatter.section(f"Options of {DEFAULT_COMMAND}, with or without its name"):
            formatter.write_dl([record for record in records if "--help" not in record[0]])


def read_summary(name: str) -> str:
    """Read the first sentence of a command's docstring from its source; imports nothing."""
    source = Path(__file__).parent / "commands" / f"{name}.py"
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            return first_sentence(ast.get_docstring(node) or "")
    return ""


def _page_width() -> int:
    width = os.environ.get("COLUMNS", "")
    return int(width) if width.isdecimal() else PAGE_WIDTH


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"aezoo {__version__}")
        raise typer.Exit


def root(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from; anywhere in the line.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Compare autoencoders: train, score, tabulate. Without a command: run."""


def make_app() -> typer.Typer:
    """Build the command line; its commands are imported one at a time, when they are asked for."""
    app = typer.Typer(
        cls=CommandGroup,
        context_settings={"max_content_width": _page_width(), "help_option_names": ["--help", "-h"]},
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=False,
        help=root.__doc__,
        epilog=EXIT_CODES,
    )
    app.callback()(root)
    return app


def run_app(arguments: list[str]) -> int:
    """Run the command line and return its exit code; an error that the user can mend is one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows its escape
            stream.reconfigure(errors="backslashreplace")
    if os.name == "nt":
        echo("error: aezoo needs Linux or macOS; on Windows use WSL")
        return UsageError.exit_code
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in GROUP_OPTIONS):
        arguments = [DEFAULT_COMMAND, *arguments]
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
        make_app()(arguments, prog_name="python -m aezoo.bench")
    except AezooError as error:
        if debug:
            raise
        echo(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as exit_request:
        if isinstance(exit_request.code, str):
            echo(f"error: {exit_request.code}")
            return 1
        return exit_request.code or 0
    return 0
