"""The command `audit`: metrics against generators of known quality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    dataset: Annotated[str, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ...")] = "auto",
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    n: Annotated[int | None, typer.Option(help="Images in a set. [2000, or half of the oracle split if less]")] = None,
    draws: Annotated[int, typer.Option(help="Sets of each control at each dose.")] = 5,
    metrics: Annotated[str | None, typer.Option(help="Names, comma-separated. [all that are not slow]")] = None,
    controls: Annotated[str | None, typer.Option(help="Names, comma-separated; at all doses. [all]")] = None,
    slow: Annotated[bool, typer.Option("--slow", help="Also the slow metrics.")] = False,
    jobs: Annotated[int | None, typer.Option(help="Processes side by side. [the cores]")] = None,
    out: Annotated[Path, typer.Option(help="The folder for record, tables and cards.")] = Path("aezoo-audit"),
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Make tables and cards again from the record in --out.")
    ] = False,
) -> None:
    """Hold every sample metric against generators of known quality: what it catches, what fools it."""
    from aezoo.bench.audit import rewrite, run_audit
    from aezoo.bench.audit_options import Wanted

    if tables_only:
        rewrite(out)
    else:
        run_audit(Wanted(dataset, data_file, n, draws, metrics, controls, slow, jobs, out))
