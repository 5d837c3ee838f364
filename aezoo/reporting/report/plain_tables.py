"""Tables for a reader without scripts: each row is there, of many rows with the metrics to read first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from aezoo.analysis.conventions import headline_place
from aezoo.reporting.document import Document, PageSection, tables_document
from aezoo.reporting.markup import environment, to_html
from aezoo.reporting.table import Table

MANY_ROWS = 40
"""More rows stand with fewer metrics, which would take more room in the page than all the rest."""
FEW_METRICS = 6
FEWEST_METRICS = 3
"""Metrics of the rows of so many models that the page itself has the metrics to read first alone."""


def plain_tables(tables: Sequence[Table], is_reduced: bool = False) -> Markup:
    """Render the tables of one question, the parts of which have the same rows.

    Args:
        tables: of the question.
        is_reduced: whether there are so many models that the tables have the metrics to read first alone.
    """
    if len(tables[0].rows) <= MANY_ROWS:
        document = tables_document(tables)
        return to_html(Document(tuple(PageSection("", tables=each.tables, level=3) for each in document.sections)))
    table = first_metrics(tables, FEWEST_METRICS if is_reduced else FEW_METRICS)
    (grid,) = PageSection("", tables=(table,)).grids
    macros = environment().get_template("many_rows.html").module
    metrics = sum(len(each.columns) for each in tables)
    return Markup(macros.table(grid, metrics, is_reduced))  # type: ignore[attr-defined]


def first_metrics(tables: Sequence[Table], count: int) -> Table:
    """Make one table of the `count` metrics to read first, of the parts of a question."""
    question = tables[0].question
    columns = [(column, table, i) for table in tables for i, column in enumerate(table.columns)]
    chosen = sorted(columns, key=lambda each: headline_place(question, each[0].metric, each[0].features))[:count]
    rows = tuple(
        replace(row, cells=tuple(table.rows[place].cells[i] for _, table, i in chosen))
        for place, row in enumerate(tables[0].rows)
    )
    return replace(tables[0], part="", note="", columns=tuple(column for column, _, _ in chosen), rows=rows)
