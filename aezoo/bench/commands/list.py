"""The command `list`: what is registered."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """What `list` can list."""

    models = "models"
    metrics = "metrics"
    datasets = "datasets"
    samplers = "samplers"
    controls = "controls"
    protocols = "protocols"


def command(kind: Annotated[Kind | None, typer.Argument(help="All of them without this.")] = None) -> None:
    """List what is registered, with what each of them is."""
    from aezoo.bench.listing import listing

    for line in listing(None if kind is None else kind.value):
        print(line)
