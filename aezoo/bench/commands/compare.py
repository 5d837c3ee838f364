"""The command `compare`: two models or two results folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import ResultFormat


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder: the baseline, where there are two.")],
    other: Annotated[Path | None, typer.Argument(help="The candidate's results folder.")] = None,
    models: Annotated[
        str | None, typer.Option(help="Within one folder: BASELINE,CANDIDATE. Of two: which models. [all]")
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            help="mse:+5% or nll:+1.5: exit 4 if it gets worse by more, or cannot be checked; kd_judge:+5%:certain: "
            "only if the interval over seeds lies beyond that. Repeatable."
        ),
    ] = None,
    format: Annotated[ResultFormat, typer.Option(help="The format.")] = ResultFormat.md,
) -> None:
    """Compare two models or two results folders, paired by seed; refuses what is not alike."""
    from aezoo.bench.compare import compare as compare_results

    raise typer.Exit(compare_results(folder, other, models, fail_on or (), format.value))
