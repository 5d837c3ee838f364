"""The command `table`: the tables of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DEFAULT_FOLDER, Format


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    format: Format = "md",
) -> None:
    """Print the tables of a results folder."""
    from aezoo.reporting import FORMATS, render_tables, tables
    from aezoo.store import Store

    FORMATS.check(format)
    print(render_tables(tables(Store(folder).records()), format))
