"""Files of the checks: the page, and every value behind it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aezoo.audit.checks import load_checks
from aezoo.audit.checks.page import checks_document, checks_frame
from aezoo.audit.checks.reasons import Difference, differences
from aezoo.audit.checks.run import CheckResult, checkable, require_rows, run_checks
from aezoo.engines.parallel_map import parallel_map
from aezoo.reporting.formats import render
from aezoo.reporting.formats.csv import csv_chunks
from aezoo.reporting.writer import write_file
from aezoo.runner.eta import format_duration, format_remaining, remaining_at_pace


def write_checks(
    folder: Path,
    n: int = 1_000,
    seed: int = 0,
    metrics: Sequence[str] | None = None,
    slow: bool = False,
    jobs: int = 1,
    report: Callable[[str], None] = lambda line: None,
) -> tuple[Path, Path]:
    """Run all checks, and write ``checks.md`` and ``checks.csv``; returns their paths.

    Args:
        folder: where to write.
        n: rows on each side.
        seed: of all draws.
        metrics: registered names; None for all sample metrics that are not slow.
        slow: also the slow metrics.
        jobs: processes side by side; the files are the same for any number.
        report: called at the beginning and after each check with a line on how far they are.

    Raises:
        UsageError: too few rows, an unknown metric, or one of another question.
        ResultsError: the folder cannot be written.
    """
    require_rows(n)
    names = list(load_checks())
    ask = functools.partial(_ask, n=n, seed=seed, metrics=metrics, slow=slow)
    chosen, unchecked = checkable(metrics, slow)
    report(f"{len(names)} sanity checks of {len(chosen)} metrics, {n:,} rows a side")
    started = time.perf_counter()
    found: dict[int, tuple[list[CheckResult], list[Difference]]] = {}
    for i, answers in parallel_map(ask, names, jobs) if jobs > 1 else enumerate(map(ask, names)):
        found[i] = answers
        report(progress_line(len(found), len(names), time.perf_counter() - started, names[i]))
    results = [each for i in sorted(found) for each in found[i][0]]
    differing = [each for i in sorted(found) for each in found[i][1]]
    options = [*(["--slow"] if slow else []), *(["--metrics", ",".join(metrics)] if metrics else [])]
    command = " ".join(["python -m aezoo.bench audit --checks --n", str(n), *options])
    document = checks_document(results, differing, unchecked, command, n)
    page = write_file(folder / "checks.md", [render(document, "md").encode()])
    return page, write_file(folder / "checks.csv", (piece.encode() for piece in csv_chunks(checks_frame(results))))


def progress_line(done: int, total: int, seconds: float, name: str) -> str:
    """Write how many checks are done, which was the last, and how long the rest takes; they are not equally long."""
    left = format_remaining(remaining_at_pace(seconds, done, total - done))
    return f"{done} of {total} checks, {format_duration(seconds)}{left}: {name}"


def _ask(
    name: str, n: int, seed: int, metrics: Sequence[str] | None, slow: bool
) -> tuple[list[CheckResult], list[Difference]]:
    results = run_checks(n, seed, metrics, [name], slow)
    return results, list(differences(results, n, seed))
