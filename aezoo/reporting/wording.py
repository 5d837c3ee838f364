"""The words of a table that Markdown and LaTeX share; each escapes them in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from aezoo.reporting.grid import Cell, Column, Row, Table
from aezoo.reporting.numbers import format_mean

READING = (
    "cells: mean over seeds ± half the width of its 95 % Student t interval, which covers only the spread "
    "from seed to seed; without ± there is one seed and no interval; (k of N): k of N seeds have a value",
    "bold: best mean among the models, where several differ; floors and the oracle (held-out real images) never "
    "compete",
)
EMPTY = "No trials: there is nothing to compare yet."
ARROWS = {"lower": "↓", "higher": "↑"}


def joined(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def title(table: Table) -> str:
    """``Samples on mnist-5k, protocol chapter``."""
    return f"{table.question.capitalize()} on {table.dataset}, protocol {table.protocol.split(' (')[0]}"


def heading(column: Column, table: Table) -> str:
    """The metric with its direction: ``nll ↓``, ``ssim ↑``, ``density → 1``, ``vendi → oracle``.

    What ranks nothing, and a target without an ideal in a table without an oracle, has no arrow.
    """
    if column.better == "neither":
        return column.metric
    if column.better == "target":
        if column.ideal is None:
            return f"{column.metric} → oracle" if has_oracle(table) else column.metric
        return f"{column.metric} → {column.ideal:g}"
    return f"{column.metric} {ARROWS[column.better]}"


def subject(row: Row) -> str:
    """The label, marked as floor or oracle unless it says so itself."""
    return row.model if row.role in ("model", row.model) else f"{row.model} ({row.role})"


def cell_text(cell: Cell, row: Row) -> str:
    """``170.31 ± 0.42``, with ``(4 of 5)`` where the row has more seeds; "n/a" or "error", never 0."""
    if cell.mean is None:
        return "–" if cell.state == "missing" else cell.state
    text = format_mean(cell.mean, cell.half_width)
    return text if cell.n == row.done else f"{text} ({cell.n} of {row.total})"


def has_oracle(table: Table) -> bool:
    return any(row.role == "oracle" for row in table.rows)


def has_samplers(table: Table) -> bool:
    return any(row.sampler for row in table.rows)


def by_role(table: Table) -> Iterator[list[Row]]:
    """The rows, models, floors and oracle apart."""
    for _, rows in groupby(table.rows, key=lambda row: row.role):
        yield list(rows)


def by_question(tables: Iterable[Table]) -> Iterator[Sequence[Table]]:
    """Consecutive tables that share a title and a footer."""
    for _, parts in groupby(tables, key=lambda table: (table.question, table.dataset, table.footer)):
        yield list(parts)
