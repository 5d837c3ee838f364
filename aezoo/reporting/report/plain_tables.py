"""Tables for a reader without scripts: each row is there, of many rows with the metrics to read first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from aezoo.analysis.conventions import headline_metrics
from aezoo.reporting.document import Document, PageSection, tables_document
from aezoo.reporting.markup import environment, to_html
from aezoo.reporting.report.data import headline_place
from aezoo.reporting.table import Table

MANY_ROWS = 40
"""More rows stand with fewer metrics, which would take more room in the page than all the rest."""
FEW_METRICS = 6


def plain_tables(tables: Sequence[Table]) -> Markup:
    """Render the tables of one question, the parts of which have the same rows."""
    if len(tables[0].rows) <= MANY_ROWS:
        document = tables_document(tables)
        return to_html(Document(tuple(PageSection("", tables=each.tables, level=3) for each in document.sections)))
    (grid,) = PageSection("", tables=(first_metrics(tables),)).grids
    macros = environment().get_template("many_rows.html").module
    return Markup(macros.table(grid, sum(len(each.columns) for each in tables)))  # type: ignore[attr-defined]


def first_metrics(tables: Sequence[Table]) -> Table:
    """Make one table of the `FEW_METRICS` metrics to read first, of the parts of a question."""
    first = headline_metrics(tables[0].question)
    columns = [(column, table, i) for table in tables for i, column in enumerate(table.columns)]
    chosen = sorted(columns, key=lambda each: headline_place(each[0], first))[:FEW_METRICS]
    rows = tuple(
        replace(row, cells=tuple(table.rows[place].cells[i] for _, table, i in chosen))
        for place, row in enumerate(tables[0].rows)
    )
    return replace(tables[0], part="", note="", columns=tuple(column for column, _, _ in chosen), rows=rows)
