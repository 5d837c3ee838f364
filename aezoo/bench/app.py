"""Commands and options; what they do is elsewhere, and is imported when a command runs, so that --help is quick."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from aezoo.errors import AezooError

DEFAULT_FOLDER = Path("aezoo-results")
COMMANDS = ("run", "list", "table", "figures")

EXIT_CODES = """
Exit codes: 0 done, 1 internal error, 2 usage, 3 some trials failed (the others are saved), 5 data set, 6 results
folder, 130 interrupted, 143 terminated.
"""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    help="Compare autoencoders: train, score, tabulate. Without a command: run.",
    epilog=EXIT_CODES,
)


class Kind(str, Enum):
    """What `list` can list."""

    models = "models"
    metrics = "metrics"
    datasets = "datasets"
    samplers = "samplers"
    controls = "controls"
    protocols = "protocols"


class Format(str, Enum):
    """What `table` can write."""

    md = "md"
    csv = "csv"
    latex = "latex"
    json = "json"


@app.command()
def run(
    models: Annotated[
        str | None, typer.Option(help="Names, comma-separated; beta-vae:beta=10 sets a parameter.")
    ] = None,
    seeds: Annotated[str | None, typer.Option(help="0-4 or 0,3,7. [0-2]")] = None,
    dataset: Annotated[
        str | None, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ... [auto]")
    ] = None,
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="chapter, or smoke for a quick look. [chapter]")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    out: Annotated[Path | None, typer.Option(help="The results folder. [aezoo-results]")] = None,
    jobs: Annotated[int | None, typer.Option(help="Trials side by side. [the cores]")] = None,
    suite: Annotated[Path | None, typer.Option(help="A TOML file with any of these; options win.")] = None,
    retry: Annotated[bool, typer.Option("--retry-failed", help="Run failed trials again.")] = False,
) -> None:
    """Train and score a suite of models into a results folder; computes only what is missing."""
    from aezoo.bench.run import run_suite
    from aezoo.bench.suite_file import read_options

    given = {
        "models": models,
        "seeds": seeds,
        "dataset": dataset,
        "data_file": data_file,
        "protocol": protocol,
        "epochs": epochs,
        "latent_dim": latent_dim,
        "out": out,
        "jobs": jobs,
    }
    raise typer.Exit(run_suite(read_options(given, suite), retry))


@app.command("list")
def list_names(kind: Annotated[Kind | None, typer.Argument(help="All of them without this.")] = None) -> None:
    """List what is registered, with a line on each."""
    from aezoo.bench.listing import listing

    for line in listing(None if kind is None else kind.value):
        print(line)


@app.command()
def table(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    format: Annotated[Format, typer.Option(help="The format.")] = Format.md,
) -> None:
    """Print the tables of a results folder."""
    from aezoo.reporting import render_tables, tables
    from aezoo.store import Store

    print(render_tables(tables(list(Store(folder).records())), format.value))


@app.command()
def figures(folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER) -> None:
    """Draw the figures of a results folder again."""
    from aezoo.bench.run import draw_figures
    from aezoo.store import Store

    for path in draw_figures(Store(folder)):
        print(path)


def run_app(arguments: list[str]) -> int:
    """Run the command line and return its exit code; an error that the user can mend is one line."""
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h")):
        arguments = ["run", *arguments]
    try:
        app(arguments, prog_name="aezoo")
    except AezooError as error:
        if debug:
            raise
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except SystemExit as exit_request:
        return exit_request.code if isinstance(exit_request.code, int) else 0
    return 0
