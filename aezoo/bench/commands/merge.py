"""The command `merge`: join results folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folders: Annotated[list[Path], typer.Argument(help="Results folders.")],
    into: Annotated[Path, typer.Option(help="The results folder that takes their trials.")],
) -> None:
    """Join results folders, such as those of shards, and write the tables and figures of the whole."""
    from aezoo.bench.merge import merge_and_report

    merge_and_report(folders, into)
