"""The command `audit`: metrics against generators of known quality."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.audit.report import read_audit, write_audit, write_record
from aezoo.audit.report.record import FILE, require_same_data, require_writable
from aezoo.bench.options import parse_controls, parse_metrics
from aezoo.bench.output import echo
from aezoo.datasets import load_dataset
from aezoo.errors import UsageError
from aezoo.machine import cores
from aezoo.threads import limit_threads

DRAWS = 5
"""Sets of each control at each dose."""
CHECKED_ROWS = 1_000
"""Rows on each side of a sanity check, as in the paper."""


def rewrite_report(folder: Path) -> None:
    """Make tables and cards from the record in `folder`, and print where they are; raises `ResultsError`."""
    written = write_audit(read_audit(folder), folder)
    print(f"{written[-1]} and {len(written) - 1} other files")


def run_and_write_checks(folder: Path, n: int, metrics: list[str] | None, slow: bool, jobs: int) -> None:
    """Run the sanity checks and write their page and values; prints where they are."""
    require_writable(folder)
    from aezoo.audit.checks.write import write_checks

    page, values = write_checks(folder, n, metrics=metrics, slow=slow, jobs=jobs, report=echo)
    print(f"{page} and {values.name}")


def _refuse_beside_checks(given: dict[str, object]) -> None:
    named = [option for option, value in given.items() if value]
    if named:
        raise UsageError(f"--checks draws from formulas and has no use for {', '.join(named)}; leave that out")


def command(
    dataset: Annotated[str, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ...")] = "auto",
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option(
            help="Images in a set. [2000, or half of the oracle split if less]; with --checks rows of a side. [1000]"
        ),
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Sets of each control at each dose. [5]")] = None,
    metrics: Annotated[str | None, typer.Option(help="Names, comma-separated. [all that are not slow]")] = None,
    controls: Annotated[str | None, typer.Option(help="Names, comma-separated; at all doses. [all]")] = None,
    slow: Annotated[bool, typer.Option("--slow", help="Also the slow metrics.")] = False,
    jobs: Annotated[int | None, typer.Option(help="Processes side by side. [the cores]")] = None,
    out: Annotated[Path, typer.Option(help="The folder for record, tables and cards.")] = Path("aezoo-audit"),
    checks: Annotated[
        bool,
        typer.Option("--checks", help="Instead: published sanity checks on laws drawn by formula, into checks.md."),
    ] = False,
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Make tables and cards again from the record in --out.")
    ] = False,
) -> None:
    """Hold every sample metric against generators of known quality: what it catches, what fools it."""

    if checks:
        images = {"--dataset": dataset != "auto", "--data-file": data_file, "--controls": controls}
        _refuse_beside_checks({**images, "--draws": draws is not None, "--tables-only": tables_only})
        names = None if metrics is None else parse_metrics("--metrics", metrics)
        run_and_write_checks(out, CHECKED_ROWS if n is None else n, names, slow, jobs or cores())
    elif tables_only:
        rewrite_report(out)
    else:
        metric_names = None if metrics is None else parse_metrics("--metrics", metrics)
        control_names = None if controls is None else parse_controls("--controls", controls)
        require_writable(out)
        if (out / FILE).is_file():
            asked = load_dataset(dataset, data_file)
            require_same_data(out, asked.name, asked.fingerprint)
        limit_threads()
        from aezoo.audit.run import run_audit  # TensorFlow must not be imported before its threads are capped

        sets = DRAWS if draws is None else draws
        write_record(run_audit(dataset, data_file, n, sets, metric_names, control_names, slow, jobs, echo), out)
        rewrite_report(out)
