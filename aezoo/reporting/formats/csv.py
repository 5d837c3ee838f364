"""Documents and data frames as CSV: plain numbers in full precision, text that no spreadsheet runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from aezoo.reporting.document import Document, PageSection, label_fields
from aezoo.reporting.formats import FORMATS
from aezoo.reporting.formats.escaping import escape_csv
from aezoo.reporting.table import Cell, Row, Table

CHUNK_ROWS = 50_000

SECTION_FIELDS = ("question", "dataset", "fingerprint", "protocol")

WORD_COLUMNS = ("page", "section")

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]\d+)?")
"""A number as tables write it; a name such as 007 is none."""


def frame_to_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV; numbers round-trip exactly, missing ones are empty, text is escaped."""
    return "".join(csv_chunks(frame))


def csv_chunks(frame: pd.DataFrame) -> Iterator[str]:
    """Write as `frame_to_csv` in pieces, so that half a million rows never stand in memory as one text."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe = frame.assign(**{name: _escape_column(frame[name]) for name in text})
    for start in range(0, max(len(safe), 1), CHUNK_ROWS):
        piece = safe.iloc[start : start + CHUNK_ROWS]
        yield str(piece.to_csv(index=False, header=start == 0, lineterminator="\n"))


@FORMATS.register("csv")
def render_csv(document: Document) -> str:
    """Write one line for each row of the tables, and one for each line of text.

    Tables of models and metrics: all parts of a question stand side by side. Each metric has the columns ``<metric>``
    (mean over seeds), ``<metric>_low`` and ``<metric>_high`` (its 95 % Student t interval) and ``<metric>_n`` (seeds).
    A mean that does not exist says "n/a", "error" or "missing". ``best`` lists the metrics in which the row is the best
    model, ``tied`` those in which five seeds or more do not tell it from the best; ``notes`` says where the numbers
    come from. ``<metric>_remark`` says what to know of a value, where there is something.

    Tables of words: a column for each heading, ``page`` and ``section`` for the titles over them. A line of text stands
    in ``notes``.
    """
    scores = [line for section in document.sections for line in _score_lines(section)]
    words = list(_word_lines(document.sections))
    first = [*([*SECTION_FIELDS, *label_fields()] if scores or not words else ()), *(WORD_COLUMNS if words else ())]
    last = [*(["best", "tied"] if scores or not words else []), "notes"]
    names = dict.fromkeys([*first, *(name for line in [*scores, *words] for name in line)])
    columns = [*(name for name in names if name not in last), *last]
    return frame_to_csv(pd.DataFrame([*scores, *words], columns=columns, dtype=object))


def _score_lines(section: PageSection) -> Iterator[dict[str, object]]:
    if not section.tables:
        return
    first = section.tables[0]
    notes = "; ".join(dict.fromkeys([*(table.note for table in section.tables if table.note), *section.footer]))
    for j, row in enumerate(first.rows):
        line: dict[str, object] = {name: getattr(first, name) for name in SECTION_FIELDS}
        line |= {name: value(row) for name, value in label_fields().items()}
        marked: dict[str, list[str]] = {"best": [], "tied": []}
        for table in section.tables:
            line |= _values(table, table.rows[j])
            for mark, metrics in marked.items():
                cells = zip(table.columns, table.rows[j].cells, strict=True)
                metrics += [column.metric for column, cell in cells if getattr(cell, mark)]
        yield line | {mark: "; ".join(metrics) for mark, metrics in marked.items()} | {"notes": notes}


def _values(table: Table, row: Row) -> dict[str, object]:
    values: dict[str, object] = {}
    for column, cell in zip(table.columns, row.cells, strict=True):
        low, high = _bounds(cell)
        values[column.metric] = cell.state if cell.mean is None else cell.mean
        values |= {f"{column.metric}_remark": cell.remark} if cell.remark else {}
        values |= {f"{column.metric}_low": low, f"{column.metric}_high": high, f"{column.metric}_n": cell.n}
    return values


def _bounds(cell: Cell) -> tuple[float | None, float | None]:
    if cell.mean is None or cell.half_width is None:
        return None, None
    return cell.mean - cell.half_width, cell.mean + cell.half_width


def _word_lines(sections: Sequence[PageSection]) -> Iterator[dict[str, object]]:
    """List lines and rows of words, each with the title of its page and of its section."""
    page, level = "", 0
    for section in sections:
        if not page or section.level <= level:
            page, level = section.heading, section.level
        titles: dict[str, object] = {"page": page, "section": section.heading}
        yield from (titles | {"notes": line} for line in section.lines)
        headers = _numbered(section.headers)
        for row in section.rows:
            yield titles | dict(zip(headers, map(_plain_number, row), strict=True))
        if not section.tables:
            yield from (titles | {"notes": line} for line in section.footer)


def _numbered(headers: Sequence[str]) -> list[str]:
    """Number headers of an equal name, all but the first: no column of a row replaces another."""
    counts = [headers[: i + 1].count(name) for i, name in enumerate(headers)]
    return [name if count == 1 else f"{name} ({count})" for name, count in zip(headers, counts, strict=True)]


def _plain_number(text: str) -> object:
    """Read a number as a number, so that no minus sign is taken for a formula; leave any other text."""
    if not NUMBER.fullmatch(text):
        return text
    return float(text) if set(text) & set(".e") else int(text)


def _escape_column(column: pd.Series[Any]) -> pd.Series[Any]:
    """Escape each distinct text once, and touch only columns that need it."""
    texts = {text: escape_csv(text) for text in column.unique() if isinstance(text, str)}
    changed = {text: escaped for text, escaped in texts.items() if escaped != text}
    return column.map(lambda value: changed.get(value, value)) if changed else column
