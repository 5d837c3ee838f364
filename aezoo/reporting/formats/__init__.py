"""Tables as Markdown, CSV, LaTeX and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict

from aezoo.errors import UsageError
from aezoo.reporting.formats.csv import render_csv
from aezoo.reporting.formats.latex import render_latex
from aezoo.reporting.formats.markdown import render_markdown
from aezoo.reporting.table import Table

Renderer = Callable[[Sequence[Table]], str]


def render_json(tables: Sequence[Table]) -> str:
    """The tables as one JSON array of objects with the fields of `Table`."""
    return json.dumps([asdict(table) for table in tables], indent=1, allow_nan=False) + "\n"


FORMATS: dict[str, Renderer] = {
    "md": render_markdown,
    "csv": render_csv,
    "latex": render_latex,
    "json": render_json,
}


def render_tables(tables: Sequence[Table], format: str) -> str:
    """All tables in one text; `format` is a key of `FORMATS`. Raises `UsageError` for another."""
    if format not in FORMATS:
        raise UsageError(f"table format {format[:80]!r} is not known; use one of: {', '.join(FORMATS)}")
    return FORMATS[format](tables)


def render(table: Table, format: str) -> str:
    """One table as text; raises `UsageError` for an unknown `format`."""
    return render_tables([table], format)
