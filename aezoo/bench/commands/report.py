"""The command `report`: the page of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DEFAULT_FOLDER


def command(folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER) -> None:
    """Write the page report.html of a results folder again."""
    from aezoo.runner.report import write_page
    from aezoo.store import Store

    print(write_page(Store(folder)))
