"""The command `report`: the page of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DataFile
from aezoo.bench.options import parse_models
from aezoo.bench.output import DEFAULT_FOLDER, echo


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    explore: Annotated[
        str | None, typer.Option(help="Models whose networks the page holds, comma-separated. [a few]")
    ] = None,
    data_file: DataFile = None,
) -> None:
    """Write the page report.html of a results folder again."""
    from aezoo.reporting.report import has_explorer
    from aezoo.runner.real_images import RealImages
    from aezoo.runner.report import write_page
    from aezoo.store import Store

    explored = parse_models("--explore", explore)
    had_explorer = has_explorer(folder)
    page = write_page(Store(folder), real=RealImages(data_file), explore=explored)
    if had_explorer and not has_explorer(folder):
        echo(
            f"warning: the page that was replaced had an explorer, and {folder} has no weights to make one from: "
            "run its models into a new folder, which keeps their weights, or bring back the old page"
        )
    print(page)
