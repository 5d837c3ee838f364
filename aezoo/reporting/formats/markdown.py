"""Tables as Markdown, to be read on a terminal and on GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from aezoo.reporting.formats.escaping import escape_markdown
from aezoo.reporting.table import Row, Table
from aezoo.reporting.text import (
    EMPTY,
    READING,
    by_question,
    by_role,
    cell_text,
    column_heading,
    has_samplers,
    row_label,
    table_title,
)


def render_markdown(tables: Sequence[Table]) -> str:
    """Each question under its title, its parts one below the other; how to read the cells comes last."""
    if not tables:
        return EMPTY + "\n"
    blocks = [block for parts in by_question(tables) for block in _question(parts)]
    return "\n".join([*blocks, _lines(READING)])


def _question(parts: Sequence[Table]) -> Iterator[str]:
    yield f"## {escape_markdown(table_title(parts[0]))}\n"
    for table in parts:
        if table.part:
            yield f"### {escape_markdown(table.part)}\n"
        yield _grid(table) + "\n"
        if table.note:
            yield _lines([table.note])
    yield _lines(parts[0].footer)


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"- {escape_markdown(line)}\n" for line in lines)


def _grid(table: Table) -> str:
    samplers = ["sampler"] if has_samplers(table) else []
    headers = [
        "model",
        *samplers,
        *(escape_markdown(column_heading(column, table)) for column in table.columns),
        "seeds",
    ]
    rows: list[list[str]] = []
    for group in by_role(table):
        rows.extend([[""] * len(headers)] if rows else [])
        rows.extend(_row(row, bool(samplers)) for row in group)
    align = ["left"] * (1 + len(samplers)) + ["right"] * (len(table.columns) + 1)
    return tabulate(rows, headers=headers, tablefmt="pipe", colalign=align, disable_numparse=True)


def _row(row: Row, with_sampler: bool) -> list[str]:
    names = [row_label(row), *([row.sampler] if with_sampler else [])]
    cells = [f"**{cell_text(cell, row)}**" if cell.best else cell_text(cell, row) for cell in row.cells]
    return [*(escape_markdown(name) for name in names), *cells, f"{row.done}/{row.total}"]
