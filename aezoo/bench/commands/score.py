"""The command `score`: anyone's samples."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import Format


class Extent(StrEnum):
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
    metrics: Annotated[Extent, typer.Option(help="Which metrics to print.")] = Extent.headline,
    format: Annotated[Format, typer.Option(help="The format.")] = Format.md,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A folder for the record, the tables and score.md.")] = None,
) -> None:
    """Score images from any generator beside real ones, the controls and the zoo; trains nothing."""
    from aezoo.bench.score import ScoreOptions, named_controls, names, print_scores
    from aezoo.scoring.request import ScoreRequest

    beside = (named_controls(controls), tuple(against or ()), oracle_draws, names(also))
    request = ScoreRequest(dataset, data_file, *beside, seed)
    print_scores(ScoreOptions(samples, request, name, array, format.value, metrics.value, out))
