"""The command `score`: images from anybody's generators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.format_choices import Everything, WholeFormat
from aezoo.bench.options import parse_controls, parse_list
from aezoo.bench.output import echo, fit_lines
from aezoo.errors import UsageError
from aezoo.messages import Outcome
from aezoo.reporting import FORMATS, render
from aezoo.scoring.own_dataset import OwnSources
from aezoo.scoring.request import ScoreRequest, choose_dataset
from aezoo.scoring.score import read_both_sides, score_samples
from aezoo.store import Store
from aezoo.threads import limit_threads


class MetricSelection(StrEnum):
    """Selection of the metrics that `score` shows."""

    headline = "headline"
    all = "all"


def command(
    samples: Annotated[
        list[Path] | None,
        typer.Argument(
            help="An .npz or .npy file, or a folder of PNG files: 28 x 28, grey, or any size with --real. "
            "Several: side by side."
        ),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="What the images imitate: mnist, mnist-5k ... [that of --against, or mnist]")
    ] = None,
    data_file: Annotated[Path | None, typer.Option(help="The data set: an npz, or a folder of IDX files.")] = None,
    real: Annotated[
        Path | None, typer.Option(help="Real images of your own in place of a data set: any size, grey or coloured.")
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(help="Images that the generator was trained on, beside --real."),
    ] = None,
    features: Annotated[
        Path | None, typer.Option(help="An npz of features of both sides: real, fake (or names of generators), train.")
    ] = None,
    judge: Annotated[str | None, typer.Option(help="A judge that knows the --real images, such as mnist.")] = None,
    array: Annotated[str | None, typer.Option(help="Which array of an npz with several.")] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="What tables call the samples, once for each. [the file's, or array's]")
    ] = None,
    against: Annotated[
        list[Path] | None, typer.Option(help="A results folder whose models to show beside them. Repeatable.")
    ] = None,
    controls: Annotated[str, typer.Option(help="Names, comma-separated; all or none. At default doses.")] = "all",
    oracle_draws: Annotated[int, typer.Option(help="Draws of real images behind the oracle's band; 0 for none.")] = 10,
    also: Annotated[
        str | None, typer.Option(help="Slow metrics of samples, comma-separated, such as parzen; or slow: all of them.")
    ] = None,
    metrics: Annotated[MetricSelection, typer.Option(help="Which metrics to print.")] = MetricSelection.headline,
    everything: Everything = False,
    format: WholeFormat = None,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A folder for the record, the tables and score.md.")] = None,
) -> None:
    """Score images from any generator beside real ones, the controls and the zoo; trains nothing."""
    sources = OwnSources(real, train, features, judge)
    sources.require_alone(dataset, data_file)
    beside = (_parse_controls(controls), tuple(against or ()), oracle_draws, parse_list("--also", also) if also else [])
    request = ScoreRequest(choose_dataset(dataset, beside[1], sources.are_given), data_file, *beside, seed)
    request.check()
    if format is not None:
        FORMATS.check(format)
    own, images = read_both_sides(sources, _named(samples or [], name or []), array, name[0] if name else None)
    if out is not None:
        Store(out).create()
    limit_threads()
    from aezoo.scoring.result import TABLES_ALONE  # imports TensorFlow

    result = score_samples(images, request, echo, _result_saver(out), own)
    if everything or metrics is MetricSelection.all:
        format = format or "md"
    text = render(result.screen(), "text") if format is None else result.table(format, metrics.value)
    print(fit_lines(text) if format == "md" else text, end="")
    if out is not None:
        result.save(out)
        echo(f"records, tables, score.md and score.json in {out}")
    if format in TABLES_ALONE:
        for finding in result.findings:
            for line in finding.lines:
                echo(f"{finding.samples}: {line}" if len(images) > 1 else line)


def _named(paths: Sequence[Path], names: Sequence[str]) -> list[tuple[str | None, Path]]:
    if names and len(names) != (len(paths) or 1):  # features alone are of one generator, or have names
        raise UsageError(f"--name is given {len(names)} times for {len(paths)} files; give it once for each, or never")
    return list(zip_longest(names, paths)) if paths else []


def _result_saver(out: Path | None) -> Callable[[Outcome], None]:
    """Make what stores each outcome as soon as it is known, so that a run that is ended early leaves it."""

    def keep(outcome: Outcome) -> None:
        if out is not None:
            Store(out).commit(outcome.record, outcome.artifacts)
            if outcome.record["role"] == "samples":
                echo(f"kept in {out}, also if this run is ended now: python -m aezoo.bench table {out} shows it")

    return keep


def _parse_controls(text: str) -> list[str] | None:
    """Read None from "all", an empty list from "none", else names; raises `UsageError` where these are no controls."""
    if text == "all":
        return None
    return [] if text == "none" else parse_controls("--controls", text)
