"""The command `verdict`: who wins each question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.format_choices import Everything, WholeFormat, chosen_format
from aezoo.bench.output import DEFAULT_FOLDER


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    sampler: Annotated[
        str | None, typer.Option(help="For sample metrics, of the models that have it. [each model's own]")
    ] = None,
    models: Annotated[
        str | None, typer.Option(help="These alone, comma-separated, beside floors and controls. [all]")
    ] = None,
    everything: Everything = False,
    format: WholeFormat = None,
) -> None:
    """Say who wins each question and how surely, with which samplers, and which metrics disagree."""
    from aezoo.bench.options import parse_models
    from aezoo.bench.output import print_page
    from aezoo.runner.results import load_results

    chosen = chosen_format(everything, format)
    print_page(load_results(folder).verdict(chosen, parse_models("--models", models), sampler), chosen)
