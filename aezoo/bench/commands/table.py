"""The command `table`: the tables of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DEFAULT_FOLDER, TableFormat


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    format: Annotated[TableFormat, typer.Option(help="The format.")] = TableFormat.md,
) -> None:
    """Print the tables of a results folder."""
    from aezoo.reporting import render_tables, tables
    from aezoo.store import Store

    print(render_tables(tables(Store(folder).records()), format.value))
