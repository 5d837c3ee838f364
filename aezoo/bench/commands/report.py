"""The command `report`: the page of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DEFAULT_FOLDER, DataFile
from aezoo.bench.options import split_names


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    explore: Annotated[
        str | None, typer.Option(help="Models whose networks the page holds, comma-separated. [a few]")
    ] = None,
    data_file: DataFile = None,
) -> None:
    """Write the page report.html of a results folder again."""
    from aezoo.runner.real_images import RealImages
    from aezoo.runner.report import write_page
    from aezoo.store import Store

    print(write_page(Store(folder), real=RealImages(data_file), explore=split_names(explore)))
