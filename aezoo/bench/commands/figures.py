"""The command `figures`: the figures of a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import DEFAULT_FOLDER


def command(folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER) -> None:
    """Draw the figures of a results folder again."""
    from aezoo.runner.report import draw_figures
    from aezoo.store import Store

    for path in draw_figures(Store(folder)):
        print(path)
