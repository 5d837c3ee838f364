"""Documents as Markdown, to be read on a terminal and on GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tabulate import tabulate

from aezoo.reporting.document import Document, Grid, GridCell, PageSection
from aezoo.reporting.formats import FORMATS
from aezoo.reporting.formats.escaping import escape_markdown
from aezoo.reporting.text import EMPTY, TIED


@FORMATS.register("md")
def render_markdown(document: Document) -> str:
    """Write headings, lists of lines and pipe tables; how to read the cells comes last."""
    if not document.sections:
        return EMPTY + "\n"
    return "\n".join(
        block
        for legend, sections in groupby(document.sections, key=lambda section: section.legend)
        for block in [*(block for section in sections for block in _section(section)), *_lines(legend)]
    )


def _section(section: PageSection) -> Iterator[str]:
    yield from _heading(section.heading, section.level)
    yield from _lines(section.lines)
    for grid in section.grids:
        yield from _heading(grid.caption, section.level + 1)
        yield _table(grid)
        yield from _lines([grid.note] if grid.note else [])
    yield from _lines(section.footer)


def _heading(text: str, level: int) -> Iterator[str]:
    if text:
        yield f"{'#' * level} {escape_markdown(text)}\n"


def _lines(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "".join(f"- {escape_markdown(line)}\n" for line in lines)


def _table(grid: Grid) -> str:
    rows: list[list[str]] = []
    for group in grid.groups:
        rows.extend([[""] * len(grid.headings)] if rows else [])
        rows.extend([_cell(cell) for cell in row] for row in group)
    headings = [escape_markdown(heading) for heading in grid.headings]
    align = ["left" if is_text else "right" for is_text in grid.is_text]
    return tabulate(rows, headers=headings, tablefmt="pipe", colalign=align, disable_numparse=True) + "\n"


def _cell(cell: GridCell) -> str:
    text = escape_markdown(cell.text)
    return f"**{text}**" if cell.is_best else f"{text} {TIED}" if cell.is_tied else text
