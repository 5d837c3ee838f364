"""Documents as plain text, to be read on a terminal: columns side by side, lines that fit."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, zip_longest

from aezoo.reporting.document import Document, Grid, GridCell, PageSection
from aezoo.reporting.formats import FORMATS
from aezoo.reporting.formats.escaping import to_single_line
from aezoo.reporting.text import BOLD, EMPTY, TIED

MAX_WIDTH = 100
"""Of a line, unless the terminal, or COLUMNS, says that there is less room."""

GAP = "  "
NARROW_GAP = " "
"""Between columns that would not fit otherwise; the room for the mark of the best keeps numbers apart."""

INDENT = "  "
BEST = "*"

SHORT_HEADING = len("fd_judge ↓")
"""The length up to which a heading is not broken."""

PIECE = re.compile(r".+?(?:_(?=.)|\s(?![↓↑])|$)")
"""A piece that stays together in a heading that goes on in a new line."""

Block = list[str]
"""Lines that stand together."""


@FORMATS.register("text", suffix="txt", in_folders=False)
def render_text(document: Document) -> str:
    """Write lines and tables of at most 100 characters, or of the terminal's width if that is less.

    ``*`` marks the best. Numbers have at most four significant digits. A model's further samplers stand below it,
    indented. A table that is too wide is set closer, without spaces around ±, and if that is not enough goes on below
    itself; where one column does not fit, its words are broken too.
    """
    if not document.sections:
        return EMPTY + "\n"
    width = min(MAX_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns)
    blocks = [
        block
        for legend, sections in groupby(document.sections, key=lambda section: section.legend)
        for block in [*(block for section in sections for block in _section(section, width)), _legend(legend, width)]
    ]
    return "\n".join("".join(f"{line}\n" for line in block) for block in blocks if block)


def _section(section: PageSection, width: int) -> Iterator[Block]:
    yield [*_heading(section.heading, section.level, width), *_lines(section.lines, width)]
    for grid in section.grids:
        tables = list(_tables(grid, width))
        yield [*_heading(grid.caption, section.level + 1, width), *tables[0]]
        yield from tables[1:]
        yield _lines([grid.note] if grid.note else [], width)
    yield _lines(section.footer, width)


def _heading(text: str, level: int, width: int) -> Block:
    """Underline a heading of the first two levels."""
    lines = textwrap.wrap(to_single_line(text), width)
    return [*lines, *([("=", "-")[level - 1] * max(map(len, lines))] if lines and level <= 2 else [])]


def _lines(lines: Iterable[str], width: int) -> Block:
    return [row for line in lines for row in textwrap.wrap(to_single_line(line), width, subsequent_indent=INDENT)]


def _legend(lines: Sequence[str], width: int) -> Block:
    """Explain the cells; a mark stands for the bold of other formats."""
    return _lines((f"{BEST}{line.removeprefix(BOLD)}" if line.startswith(BOLD) else line for line in lines), width)


def _tables(grid: Grid, width: int) -> Iterator[Block]:
    """Write a table in as many parts as it needs to fit; every part begins with the labels."""
    columns = _columns(grid)
    if _total(columns, GAP) > width and _total(narrow := _columns(grid, spaces=False), NARROW_GAP) <= width:
        yield list(_rows(narrow, [column.width for column in narrow], NARROW_GAP))
        return
    labels, *rest = columns
    while True:
        count, room = 0, width - labels.width
        while count < len(rest) and (room := room - len(GAP) - rest[count].width) >= 0:
            count += 1
        chosen, rest = [labels, *rest[: max(count, 1)]], rest[max(count, 1) :]
        yield list(_rows(chosen, _widths(chosen, width), GAP))
        if not rest:
            return


def _total(columns: Sequence[_Column], gap: str) -> int:
    """Add the widths of columns and of the gaps between them."""
    return sum(column.width for column in columns) + len(gap) * (len(columns) - 1)


def _widths(columns: Sequence[_Column], width: int) -> list[int]:
    """Find the widths with which columns fit: the widest are broken between words where they must be."""
    widths = [column.width for column in columns]
    while sum(widths) + len(GAP) * (len(widths) - 1) > width:
        breakable = [i for i, column in enumerate(columns) if widths[i] > column.longest_word]
        if not breakable:
            break
        widths[max(breakable, key=lambda i: widths[i])] -= 1
    return widths


def _rows(columns: Sequence[_Column], widths: Sequence[int], gap: str) -> Iterator[str]:
    """Write the headings, a rule and the rows; a row has as many lines as its longest cell needs."""
    headings = [_broken(column.heading, width) for column, width in zip(columns, widths, strict=True)]
    height = max(map(len, headings))
    above = [[""] * (height - len(heading)) + heading for heading in headings]
    rules = [["-" * width] for width in widths]
    cells = [
        [_broken([column.cells[i]], width) for column, width in zip(columns, widths, strict=True)]
        for i in range(len(columns[0].cells))
    ]
    for row in (above, rules, *cells):
        for line in zip_longest(*row, fillvalue=""):
            parts = zip(line, columns, widths, strict=True)
            padded = (text.ljust(width) if column.is_text else text.rjust(width) for text, column, width in parts)
            yield gap.join(padded).rstrip()


def _broken(lines: Block, width: int) -> Block:
    """Break lines that are too wide between words; what goes on is indented."""
    return [part for line in lines for part in (_wrapped(line, width) if len(line) > width else [line])]


def _wrapped(line: str, width: int) -> Block:
    indent = " " * (len(line) - len(line.lstrip())) + INDENT
    return textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True)
class _Column:
    heading: Block
    cells: Block
    is_text: bool

    @property
    def width(self) -> int:
        return max(map(len, [*self.heading, *self.cells]))

    @cached_property
    def longest_word(self) -> int:
        """Width below which a word, with the indent of a broken line, would have to be broken."""
        indents = (len(cell) - len(cell.lstrip()) for cell in self.cells)
        words = (len(word) for line in (*self.heading, *self.cells) for word in line.split())
        return max(words, default=0) + max(indents, default=0) + len(INDENT)


def _columns(grid: Grid, spaces: bool = True) -> list[_Column]:
    """Make the columns, those of model and sampler as one; an empty line between groups of rows."""
    groups = [[[_text(cell, spaces) for cell in row] for row in group] for group in grid.groups]
    kept = list(range(len(grid.headings)))
    if grid.labels == 2:
        kept.remove(1)
        groups = [_nested(rows) for rows in groups]
    rows = list(_with_empty_lines(groups, len(kept)))
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(kept)  # a grid may have no rows
    columns = [(grid.headings[i], list(column), grid.is_text[i]) for i, column in zip(kept, cells, strict=True)]
    return [
        _Column(_wrap_heading(name, max(map(len, column), default=1)), column, words) for name, column, words in columns
    ]


def _text(cell: GridCell, spaces: bool) -> str:
    """Write a cell; every number has room for the mark, so that digits stand below each other."""
    text = to_single_line(cell.brief or cell.text)
    if cell.is_number and not spaces:
        text = text.replace(" ± ", "±")
    mark = BEST if cell.is_best else TIED if cell.is_tied else " "
    return text + mark if cell.is_number else text


def _nested(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Join the first two cells of rows, model and sampler: ``vae, prior``, below it ``  gaussian-mixture``."""
    nested: list[list[str]] = []
    before = ""
    for model, sampler, *rest in rows:
        is_own = sampler == model.partition(" (")[0]  # the sampler of a control and of the oracle has its name
        whole = model if is_own else ", ".join(filter(None, [model, sampler]))
        nested.append([f"{INDENT}{sampler}" if model == before and sampler else whole, *rest])
        before = model
    return nested


def _with_empty_lines(groups: Sequence[Sequence[Sequence[str]]], columns: int) -> Iterator[Sequence[str]]:
    for i, rows in enumerate(groups):
        yield from [[""] * columns] if i else []
        yield from rows


def _wrap_heading(heading: str, width: int) -> Block:
    """Break a heading into lines no longer than the cells below it, where that can be; leave a short one whole."""
    width = max(width, SHORT_HEADING)
    lines = [""]
    for piece in PIECE.findall(to_single_line(heading)):
        if lines[-1] and len(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]
