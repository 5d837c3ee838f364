"""Commands and options; what they do is elsewhere, and is imported when a command runs, so that --help is quick."""

from __future__ import annotations

import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.help import Commands
from aezoo.errors import AezooError

DEFAULT_FOLDER = Path("aezoo-results")
COMMANDS = ("run", "merge", "list", "status", "table", "figures", "compare", "agreement", "verdict", "score", "audit")

EXIT_CODES = """
Exit codes: 0 done, 1 internal error, 2 usage, 3 some trials failed (the others are saved), 4 a comparison found a
regression, 5 data set or samples, 6 results folder, 130 interrupted, 143 terminated.
"""

app = typer.Typer(
    cls=Commands,
    context_settings={"max_content_width": 100},
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    help="Compare autoencoders: train, score, tabulate. Without a command: run.",
    epilog=EXIT_CODES,
)


@app.callback()
def everything(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from; anywhere in the line.")
    ] = False,
) -> None:
    """Compare autoencoders: train, score, tabulate. Without a command: run."""


class Kind(StrEnum):
    """What `list` can list."""

    models = "models"
    metrics = "metrics"
    datasets = "datasets"
    samplers = "samplers"
    controls = "controls"
    protocols = "protocols"


class Retry(StrEnum):
    """What `run` can run again."""

    failed = "failed"
    code = "code"


class Format(StrEnum):
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
    dataset: Annotated[str | None, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ... [auto]")] = None,
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    protocol: Annotated[str | None, typer.Option(help="chapter, or smoke for a quick look. [chapter]")] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    out: Annotated[Path | None, typer.Option(help="The results folder. [aezoo-results]")] = None,
    jobs: Annotated[int | None, typer.Option(help="Trials side by side. [the cores]")] = None,
    suite: Annotated[Path | None, typer.Option(help="A TOML file with any of these; options win.")] = None,
    retry: Annotated[list[Retry] | None, typer.Option(help="Run again: failed trials, or those of other code.")] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help="Seconds after which a trial is ended.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Begin no trial after one that fails.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run and how long; run nothing.")] = False,
    engine: Annotated[
        str,
        typer.Option(help="Where trials run: local, or dask=tcp://host:8786 for a scheduler that exists."),
    ] = "local",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the tables.")] = False,
    shard: Annotated[str, typer.Option(help="Run part i of n, as i/n; aezoo merge joins them.")] = "1/1",
    also: Annotated[
        str | None, typer.Option(help="Metrics that take long, comma-separated, such as ais; or slow: all of them.")
    ] = None,
) -> None:
    """Train and score a suite of models into a results folder; computes only what is missing."""
    from aezoo.bench.run import Manner, run_suite
    from aezoo.bench.shards import Shard
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
        "also": also,
    }
    again = tuple(choice.value for choice in retry or ())
    manner = Manner(again, timeout, fail_fast, dry_run, engine, json, Shard.parse(shard))
    raise typer.Exit(run_suite(read_options(given, suite), manner))


@app.command("merge")
def merge_folders(
    folders: Annotated[list[Path], typer.Argument(help="Results folders.")],
    into: Annotated[Path, typer.Option(help="The results folder that takes their trials.")],
) -> None:
    """Join results folders, such as those of shards, and write the tables and figures of the whole."""
    from aezoo.bench.merge import merge_and_report

    merge_and_report(folders, into)


@app.command("list")
def list_names(kind: Annotated[Kind | None, typer.Argument(help="All of them without this.")] = None) -> None:
    """List what is registered, with what each of them is."""
    from aezoo.bench.listing import listing

    for line in listing(None if kind is None else kind.value):
        print(line)


@app.command()
def status(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    why: Annotated[bool, typer.Option("--why", help="For each trial that would run again, what changed.")] = False,
    data_file: Annotated[Path | None, typer.Option(help="The data set, to compare with --why.")] = None,
) -> None:
    """Say what a results folder holds: done, failed, missing, per model, with reasons."""
    from aezoo.bench.status import Holdings, status_lines
    from aezoo.store import Store

    holdings = Holdings(Store(folder))
    for line in status_lines(holdings):
        print(line)
    if why:
        from aezoo.bench.why import why_lines

        for line in why_lines(holdings, data_file):
            print(line)


@app.command()
def table(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    format: Annotated[Format, typer.Option(help="The format.")] = Format.md,
) -> None:
    """Print the tables of a results folder."""
    from aezoo.reporting import render_tables, tables
    from aezoo.store import Store

    print(render_tables(tables(Store(folder).records()), format.value))


@app.command()
def figures(folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER) -> None:
    """Draw the figures of a results folder again."""
    from aezoo.bench.run import draw_figures
    from aezoo.store import Store

    for path in draw_figures(Store(folder)):
        print(path)


class ResultFormat(StrEnum):
    """What `compare`, `agreement` and `verdict` can write."""

    md = "md"
    json = "json"


@app.command()
def compare(
    folder: Annotated[Path, typer.Argument(help="A results folder: the baseline, where there are two.")],
    other: Annotated[Path | None, typer.Argument(help="The candidate's results folder.")] = None,
    models: Annotated[
        str | None, typer.Option(help="Within one folder: BASELINE,CANDIDATE. Of two: which models. [all]")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(help="mse:+5% or nll:+1.5: exit 4 if it gets worse by more. Repeatable."),
    ] = None,
    format: Annotated[ResultFormat, typer.Option(help="The format.")] = ResultFormat.md,
) -> None:
    """Compare two models or two results folders, paired by seed; refuses what is not alike."""
    from aezoo.bench.compare import compare as compare_results

    raise typer.Exit(compare_results(folder, other, models, fail_on or (), format.value))


@app.command()
def agreement(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    sampler: Annotated[str | None, typer.Option(help="For sample metrics. [each model's own]")] = None,
    format: Annotated[ResultFormat, typer.Option(help="The format.")] = ResultFormat.md,
) -> None:
    """Say whether the metrics agree about the models: rank correlation, winners, reversals."""
    from aezoo.bench.compare import print_agreement

    print_agreement(folder, sampler, format.value)


@app.command()
def verdict(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    sampler: Annotated[str | None, typer.Option(help="For sample metrics. [each model's own]")] = None,
    format: Annotated[ResultFormat, typer.Option(help="The format.")] = ResultFormat.md,
) -> None:
    """Say who wins each question and how surely, and which metrics disagree about it."""
    from aezoo.bench.compare import print_verdict

    print_verdict(folder, sampler, format.value)


@app.command()
def audit(
    dataset: Annotated[str, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ...")] = "auto",
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    n: Annotated[int | None, typer.Option(help="Images in a set. [2000, or half of the oracle split if less]")] = None,
    draws: Annotated[int, typer.Option(help="Sets of each control at each dose.")] = 5,
    metrics: Annotated[str | None, typer.Option(help="Names, comma-separated. [all that are not slow]")] = None,
    controls: Annotated[str | None, typer.Option(help="Names, comma-separated. [all]")] = None,
    slow: Annotated[bool, typer.Option("--slow", help="Also the slow metrics.")] = False,
    jobs: Annotated[int | None, typer.Option(help="Processes side by side. [the cores]")] = None,
    out: Annotated[Path, typer.Option(help="The folder for record, tables and cards.")] = Path("aezoo-audit"),
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Make tables and cards again from the record in --out.")
    ] = False,
) -> None:
    """Hold every sample metric against generators of known quality: what it catches, what fools it."""
    from aezoo.bench.audit import Wanted, rewrite, run_audit

    if tables_only:
        rewrite(out)
    else:
        run_audit(Wanted(dataset, data_file, n, draws, metrics, controls, slow, jobs, out))


class Extent(StrEnum):
    """Which metrics `score` shows."""

    headline = "headline"
    all = "all"


@app.command()
def score(
    samples: Annotated[Path, typer.Argument(help="An .npz or .npy file, or a folder of PNG files: 28 x 28, grey.")],
    dataset: Annotated[str, typer.Option(help="What the images imitate: mnist, mnist-5k, fashion-mnist ...")] = "mnist",
    data_file: Annotated[Path | None, typer.Option(help="The data set: an npz, or a folder of IDX files.")] = None,
    array: Annotated[str | None, typer.Option(help="Which array of an npz with several.")] = None,
    name: Annotated[str | None, typer.Option(help="What tables call the samples. [the file's name]")] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="A results folder whose models to show beside them. Repeatable.")
    ] = None,
    controls: Annotated[str, typer.Option(help="Names, comma-separated; all or none.")] = "all",
    oracle_draws: Annotated[int, typer.Option(help="Draws of real images behind the oracle's band; 0 for none.")] = 10,
    metrics: Annotated[Extent, typer.Option(help="Which metrics to print.")] = Extent.headline,
    format: Annotated[Format, typer.Option(help="The format.")] = Format.md,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A folder for the record, the tables and score.md.")] = None,
) -> None:
    """Score images from any generator beside real ones, the controls and the zoo; trains nothing."""
    from aezoo.bench.score import ScoreOptions, print_scores

    place = (samples, dataset, name, array, data_file, controls, against or ())
    print_scores(ScoreOptions(*place, oracle_draws, seed, format.value, metrics.value, out))


def run_app(arguments: list[str]) -> int:
    """Run the command line and return its exit code; an error that the user can mend is one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a character shows its escape
            stream.reconfigure(errors="backslashreplace")
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
