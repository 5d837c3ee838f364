"""The command `status`: what a results folder holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.output import DEFAULT_FOLDER, fit_lines


def command(
    folder: Annotated[Path, typer.Argument(help="A results folder.")] = DEFAULT_FOLDER,
    why: Annotated[bool, typer.Option("--why", help="For each trial that would run again, what changed.")] = False,
    data_file: Annotated[Path | None, typer.Option(help="The data set, to compare with --why.")] = None,
) -> None:
    """Say what a results folder holds: done, failed, missing, per model, with reasons."""
    from aezoo.runner.status import FolderStatus, reason_lines, status_lines
    from aezoo.store import Store

    holdings = FolderStatus(Store(folder))
    for line in (*status_lines(holdings), *(reason_lines(holdings, data_file) if why else ())):
        print(fit_lines(line))
