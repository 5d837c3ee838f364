"""The command `score`: anyone's samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import Format
from aezoo.bench.options import parse_controls
from aezoo.bench.output import echo
from aezoo.engines.threads import limit_threads
from aezoo.messages import Outcome
from aezoo.reporting import FORMATS
from aezoo.scoring.reading import read_samples
from aezoo.scoring.request import ScoreRequest
from aezoo.scoring.score import score_samples
from aezoo.store import Store


@dataclass(frozen=True)
class ScoreOptions:
    """The images, what to score them against, and how to show it; see `aezoo.scoring.score.score`."""

    source: Path
    request: ScoreRequest
    name: str | None = None
    array: str | None = None
    format: str = "md"
    metrics: str = "headline"
    out: Path | None = None


def print_scores(options: ScoreOptions, prepare: Callable[[], None] = limit_threads) -> None:
    """Score and print; `prepare` runs before TensorFlow is used."""
    FORMATS.check(options.format)
    options.request.check()
    samples = read_samples(options.source, options.name, options.array)
    if options.out is not None:
        Store(options.out).create()
    prepare()
    scored = score_samples(samples, options.request, echo, _result_saver(options.out))
    print(scored.table(options.format, options.metrics), end="")
    if options.out is not None:
        scored.save(options.out)
        echo(f"records, tables, score.md and score.json in {options.out}")
    if options.format in ("csv", "latex"):
        for standing in scored.standings:
            echo(standing.sentence)


def _result_saver(out: Path | None) -> Callable[[Outcome], None]:
    """What stores each outcome as soon as it is known, so that a run that is ended early leaves it."""

    def keep(outcome: Outcome) -> None:
        if out is not None:
            Store(out).commit(outcome.record, outcome.artifacts)
            if outcome.record["role"] == "samples":
                echo(f"kept in {out}, also if this run is ended now: python -m aezoo.bench table {out} shows it")

    return keep


def names(text: str | None) -> list[str]:
    """The names between commas."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def named_controls(text: str | None) -> list[str] | None:
    """None for all, an empty list for "none", else the names; raises `UsageError` where these are not controls."""
    if text in (None, "all"):
        return None
    return [] if text == "none" else parse_controls("--controls", text)


class MetricSelection(StrEnum):
    """Which metrics `score` shows."""

    headline = "headline"
    all = "all"


def command(
    samples: Annotated[Path, typer.Argument(help="An .npz or .npy file, or a folder of PNG files: 28 x 28, grey.")],
    dataset: Annotated[str, typer.Option(help="What the images imitate: mnist, mnist-5k, fashion-mnist ...")] = "mnist",
    data_file: Annotated[Path | None, typer.Option(help="The data set: an npz, or a folder of IDX files.")] = None,
    array: Annotated[str | None, typer.Option(help="Which array of an npz with several.")] = None,
    name: Annotated[str | None, typer.Option(help="What tables call the samples. [the file's name]")] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="A results folder whose models to show beside them. Repeatable.")
    ] = None,
    controls: Annotated[str, typer.Option(help="Names, comma-separated; all or none. At default doses.")] = "all",
    oracle_draws: Annotated[int, typer.Option(help="Draws of real images behind the oracle's band; 0 for none.")] = 10,
    also: Annotated[
        str | None, typer.Option(help="Slow metrics of samples, comma-separated, such as parzen; or slow: all of them.")
    ] = None,
    metrics: Annotated[MetricSelection, typer.Option(help="Which metrics to print.")] = MetricSelection.headline,
    format: Format = "md",
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A folder for the record, the tables and score.md.")] = None,
) -> None:
    """Score images from any generator beside real ones, the controls and the zoo; trains nothing."""
    beside = (named_controls(controls), tuple(against or ()), oracle_draws, names(also))
    request = ScoreRequest(dataset, data_file, *beside, seed)
    print_scores(ScoreOptions(samples, request, name, array, format, metrics.value, out))
