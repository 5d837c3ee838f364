"""The command `merge`: join results folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.output import echo
from aezoo.runner.report import write_report
from aezoo.store import Store
from aezoo.store.merge import merge


def merge_and_report(sources: Sequence[Path], into: Path, packed: bool = False) -> None:
    """`merge`, then the tables and figures of the whole."""
    merged = merge(sources, into, packed)
    print(f"{merged.trials} trials in {into}, {merged.written} of them new")
    write_report(Store(into), echo)


def command(
    folders: Annotated[list[Path], typer.Argument(help="Results folders.")],
    into: Annotated[Path, typer.Option(help="The results folder that takes their trials.")],
    packed: Annotated[bool, typer.Option("--packed", help="To publish: one compressed file, without weights.")] = False,
) -> None:
    """Join results folders, such as those of shards, and write the tables and figures of the whole."""
    merge_and_report(folders, into, packed)
