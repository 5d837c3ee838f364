"""Plain tables of words and numbers as Markdown, for what does not have models in rows and metrics in columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from tabulate import tabulate

from aezoo.errors import UsageError
from aezoo.reporting.formats.escaping import escape_markdown

FORMATS = ("md", "json")


@dataclass(frozen=True)
class PageSection:
    """A heading, lines to read before the table, and the table; the first `text_columns` are words."""

    heading: str
    lines: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text_columns: int = 1
    level: int = 2


def document_to_markdown(sheets: Sequence[PageSection]) -> str:
    """The sheets as Markdown, one below the other."""
    return "\n".join(_sheet(sheet) for sheet in sheets)


def results_to_json(results: Sequence[Any]) -> str:
    """Dataclasses as a JSON array of objects with their fields."""
    if not all(is_dataclass(result) for result in results):
        raise TypeError("results_json takes dataclasses")
    return json.dumps([asdict(result) for result in results], indent=1, allow_nan=False) + "\n"


def check_page_format(format: str) -> None:
    """Raises `UsageError` unless `format` is one of `FORMATS`."""
    if format not in FORMATS:
        raise UsageError(f"format {format[:80]!r} is not known; use one of: {', '.join(FORMATS)}")


def _sheet(sheet: PageSection) -> str:
    parts = [f"{'#' * sheet.level} {escape_markdown(sheet.heading)}\n"]
    if sheet.lines:
        parts.append("".join(f"- {escape_markdown(line)}\n" for line in sheet.lines))
    if sheet.rows:
        headers = [escape_markdown(name) for name in sheet.headers]
        rows = [[escape_markdown(cell) for cell in row] for row in sheet.rows]
        align = ["left" if i < sheet.text_columns else "right" for i in range(len(headers))]
        parts.append(tabulate(rows, headers=headers, tablefmt="pipe", colalign=align, disable_numparse=True) + "\n")
    return "\n".join(parts)
