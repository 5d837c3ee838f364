"""The command `run`: train and score a suite."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Retry(StrEnum):
    """What `run` can run again."""

    failed = "failed"
    code = "code"


def command(
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
