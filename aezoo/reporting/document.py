"""The document: every page and every table, in the one shape that all formats render."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aezoo.reporting.table import Cell, Row, Table
from aezoo.reporting.text import (
    by_question,
    by_role,
    cell_text,
    column_heading,
    has_samplers,
    reading,
    row_label,
    section_names,
)


@dataclass(frozen=True)
class LabelColumn:
    """A column of every table of models and metrics that is no metric.

    Attributes:
        heading: its name.
        text: its cell in a row, for readers.
        fields: its values in a row, for machines, by the name of the field.
        is_shown: tells whether a table needs it.
        is_text: set to the left, as words are.
    """

    heading: str
    text: Callable[[Row], str]
    fields: Mapping[str, Callable[[Row], object]]
    is_shown: Callable[[Table], bool] = field(default=lambda table: True)
    is_text: bool = True


LEADING = (
    LabelColumn("model", row_label, {"role": lambda row: row.role, "model": lambda row: row.model}),
    LabelColumn("sampler", lambda row: row.sampler, {"sampler": lambda row: row.sampler}, has_samplers),
)

TRAILING = (
    LabelColumn(
        "seeds",
        lambda row: f"{row.done}/{row.total}",
        {"seeds_done": lambda row: row.done, "seeds_total": lambda row: row.total},
        is_shown=lambda table: bool(table.question) or any(row.done < row.total for row in table.rows),
        is_text=False,
    ),
)


def label_fields() -> dict[str, Callable[[Row], object]]:
    """Collect the fields of all label columns, by name, in the order of the columns."""
    return {name: value for column in (*LEADING, *TRAILING) for name, value in column.fields.items()}


@dataclass(frozen=True)
class GridCell:
    """A cell as it is printed.

    Attributes:
        text: all of it.
        is_number: tells a value of a metric from words.
        is_best: marks the best value of a column.
        is_tied: marks a value that is not told from the best.
        brief: the same in fewer digits, for narrow places; "" where there is no shorter text.
    """

    text: str
    is_number: bool = False
    is_best: bool = False
    brief: str = ""
    is_tied: bool = False


@dataclass(frozen=True)
class Grid:
    """A table as it is printed.

    Attributes:
        caption: what part of its section it is; "" for all of it.
        headings: one for each column.
        is_text: for each column, whether it is set to the left, as words are.
        groups: rows that belong together, group by group.
        note: a line below it, or "".
        labels: how many of the first columns name the row.
    """

    caption: str
    headings: tuple[str, ...]
    is_text: tuple[bool, ...]
    groups: tuple[tuple[tuple[GridCell, ...], ...], ...]
    note: str = ""
    labels: int = 1


@dataclass(frozen=True)
class PageSection:
    """A part of a document: a heading and lines, then a table of words or the tables of one question.

    Attributes:
        heading: its title; "" for a section that goes on with the one before.
        lines: sentences to read before its tables.
        headers, rows: a table of words; the first `text_columns` and the last `text_at_end` are set to the left, the
            others to the right.
        level: 1 for the title of a page, 2 for its parts, and so on.
        tables: models x metrics, the parts of one question.
        footer: lines below all of the tables.
        legend: how to read the tables; said once for sections in a row that share it.
    """

    heading: str
    lines: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    text_columns: int = 1
    text_at_end: int = 0
    level: int = 2
    tables: tuple[Table, ...] = ()
    footer: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """Its tables as they are printed."""
        return (*([_word_grid(self)] if self.rows else []), *map(_score_grid, self.tables))


@dataclass(frozen=True)
class Document:
    """Sections one below the other, and the results that they show.

    Attributes:
        sections: in reading order.
        data: what the document holds for machines, written as JSON: dataclasses and values of JSON, nested in any
            way. None where the sections themselves say it all.
    """

    sections: tuple[PageSection, ...]
    data: object = None


def tables_document(tables: Sequence[Table]) -> Document:
    """Make a document of tables: a section for each question of each data set and protocol."""
    names = section_names(table.section for table in tables)
    sections = (
        PageSection(
            heading=f"{parts[0].question.capitalize()} on {names[parts[0].section]}",
            tables=tuple(parts),
            footer=parts[0].footer,
            legend=reading(parts[0].section),
        )
        for parts in by_question(tables)
    )
    return Document(tuple(sections), tuple(tables))


def _word_grid(section: PageSection) -> Grid:
    columns, last = len(section.headers), section.text_at_end
    is_text = tuple(i < section.text_columns or i >= columns - last for i in range(columns))
    return Grid("", section.headers, is_text, (tuple(tuple(map(GridCell, row)) for row in section.rows),))


def _score_grid(table: Table) -> Grid:
    """Make the grid of a table of models and metrics, with its labels."""
    leading = [column for column in LEADING if column.is_shown(table)]
    trailing = [column for column in TRAILING if column.is_shown(table)]
    metrics = [column_heading(column, table) for column in table.columns]
    return Grid(
        caption=table.part,
        headings=(*(each.heading for each in leading), *metrics, *(each.heading for each in trailing)),
        is_text=(*(each.is_text for each in leading), *(False for _ in metrics), *(each.is_text for each in trailing)),
        groups=tuple(tuple(_grid_row(row, leading, trailing) for row in rows) for rows in by_role(table)),
        note=table.note,
        labels=len(leading),
    )


def _grid_row(row: Row, leading: Sequence[LabelColumn], trailing: Sequence[LabelColumn]) -> tuple[GridCell, ...]:
    return (
        *(GridCell(column.text(row)) for column in leading),
        *(_grid_cell(cell, row) for cell in row.cells),
        *(GridCell(column.text(row)) for column in trailing),
    )


def _grid_cell(cell: Cell, row: Row) -> GridCell:
    return GridCell(
        text=cell_text(cell, row),
        is_number=cell.mean is not None,
        is_best=cell.best,
        brief=cell_text(cell, row, brief=True),
        is_tied=cell.tied,
    )
