"""Files of the checks: the page, and every value behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aezoo.audit.checks.page import checks_document, checks_frame
from aezoo.audit.checks.published import differences
from aezoo.audit.checks.run import checkable, run_checks
from aezoo.reporting.formats import render
from aezoo.reporting.formats.csv import csv_chunks
from aezoo.reporting.writer import write_file


def write_checks(
    folder: Path, n: int = 1_000, seed: int = 0, metrics: Sequence[str] | None = None, slow: bool = False
) -> tuple[Path, Path]:
    """Run all checks, and write ``checks.md`` and ``checks.csv``; returns their paths.

    Args:
        folder: where to write.
        n: rows on each side.
        seed: of all draws.
        metrics: registered names; None for all sample metrics that are not slow.
        slow: also the slow metrics.

    Raises:
        ResultsError: the folder cannot be written.
    """
    results = run_checks(n, seed, metrics, slow=slow)
    options = [*(["--slow"] if slow else []), *(["--metrics", ",".join(metrics)] if metrics else [])]
    command = " ".join(["python -m aezoo.bench audit --checks --n", str(n), *options])
    document = checks_document(results, list(differences(results, n, seed)), checkable(metrics, slow)[1], command)
    page = write_file(folder / "checks.md", [render(document, "md").encode()])
    return page, write_file(folder / "checks.csv", (piece.encode() for piece in csv_chunks(checks_frame(results))))
