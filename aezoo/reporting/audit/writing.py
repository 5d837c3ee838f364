"""Writes what an audit found into its folder, each file whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aezoo.reporting.audit.cards import cards
from aezoo.reporting.audit.findings import find
from aezoo.reporting.audit.record import Audit
from aezoo.reporting.audit.sheets import overview
from aezoo.reporting.audit.tidy import tidy_metrics, tidy_values, tidy_verdicts
from aezoo.reporting.comma_separated import csv_chunks
from aezoo.reporting.files import write_file
from aezoo.reporting.sheets import Sheet, render_sheets


def write_audit(audit: Audit, folder: Path) -> list[Path]:
    """Write README.md, audit.csv, tables and cards; returns their paths. Raises `ResultsError`."""
    return list(_written(audit, folder))


def _written(audit: Audit, folder: Path) -> Iterator[Path]:
    findings = find(audit)
    written = dict(cards(findings))
    for name, sheets in written.items():
        yield _write_text(folder / "cards" / f"{name}.md", render_sheets(sheets))
    frames = {"audit": tidy_values(audit), "verdicts": tidy_verdicts(findings), "metrics": tidy_metrics(findings)}
    for name, frame in frames.items():
        path = folder / f"{name}.csv"
        yield write_file(path, (piece.encode("utf-8", "backslashreplace") for piece in csv_chunks(frame)))
    index = Sheet("Files", tuple(_files(list(written))))
    yield _write_text(folder / "README.md", render_sheets([*overview(findings), index]))


def _files(names: list[str]) -> Iterator[str]:
    yield "audit.json: the record, from which all the rest is made; audit.csv: the same values, one a line"
    yield "verdicts.csv: every metric against every control and dose; metrics.csv: every metric on real data"
    yield f"cards, one for each metric: {', '.join(f'cards/{name}.md' for name in names)}"


def _write_text(path: Path, text: str) -> Path:
    return write_file(path, [text.encode("utf-8", "backslashreplace")])
