"""The command `check`: a registered thing against the contract of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FAILED = 3


def command(
    name: Annotated[str, typer.Argument(help="A registered thing: model, metric, sampler ..., a plug-in's too.")],
    kind: Annotated[
        str | None, typer.Option(help="model, metric, sampler, control or dataset, where several have it.")
    ] = None,
    data_file: Annotated[Path | None, typer.Option(help="The data set's npz, or its folder of IDX files.")] = None,
) -> None:
    """Check a registered thing against its contract: what ran, what is not applicable and why, what failed."""
    from aezoo.threads import limit_threads

    limit_threads()
    from aezoo.testing.check import check, checked_name

    if (metric := checked_name(name, kind)) != name:
        print(f"{name} is a score of the metric {metric}", flush=True)
    result = check(name, kind, data_file=data_file, on_line=lambda line: print(line, flush=True))
    print(result.summary)
    if not result.passed:
        raise typer.Exit(FAILED)
