"""Tables and tidy scores as CSV: plain numbers in full precision, text that no spreadsheet runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from aezoo.reporting.formats.escaping import escape_csv
from aezoo.reporting.table import Cell, Row, Table
from aezoo.reporting.text import by_question

CHUNK_ROWS = 50_000
PLACE = (
    "question",
    "dataset",
    "fingerprint",
    "protocol",
    "role",
    "model",
    "sampler",
    "seeds_done",
    "seeds_total",
)


def frame_to_csv(frame: pd.DataFrame) -> str:
    """`frame` as CSV; numbers round-trip exactly, missing ones are empty, text is escaped."""
    return "".join(csv_chunks(frame))


def csv_chunks(frame: pd.DataFrame) -> Iterator[str]:
    """`frame_to_csv` in pieces, so that half a million rows never stand in memory as one text."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    safe = frame.assign(**{name: _escape_column(frame[name]) for name in text})
    for start in range(0, max(len(safe), 1), CHUNK_ROWS):
        piece = safe.iloc[start : start + CHUNK_ROWS]
        yield str(piece.to_csv(index=False, header=start == 0, lineterminator="\n"))


def render_csv(tables: Sequence[Table]) -> str:
    """One line per row of the tables, all parts of a question side by side.

    Each metric has the columns ``<metric>`` (mean over seeds), ``<metric>_low`` and ``<metric>_high`` (its
    95 % Student t interval) and ``<metric>_n`` (seeds). A mean that does not exist says "n/a", "error" or
    "missing". ``best`` lists the metrics in which the row is the best model; ``notes`` says where the numbers
    come from.
    """
    lines = [line for parts in by_question(tables) for line in _lines(parts)]
    metrics = dict.fromkeys(name for line in lines for name in line if name not in {*PLACE, "best", "notes"})
    return frame_to_csv(pd.DataFrame(lines, columns=[*PLACE, *metrics, "best", "notes"], dtype=object))


def _lines(parts: Sequence[Table]) -> list[dict[str, object]]:
    first = parts[0]
    notes = "; ".join(dict.fromkeys([*(table.note for table in parts if table.note), *first.footer]))
    lines = []
    for j, row in enumerate(first.rows):
        line: dict[str, object] = {"question": first.question, "dataset": first.dataset}
        line |= {
            "fingerprint": first.fingerprint,
            "protocol": first.protocol,
            "role": row.role,
            "model": row.model,
        }
        line |= {"sampler": row.sampler, "seeds_done": row.done, "seeds_total": row.total}
        best: list[str] = []
        for table in parts:
            line |= _values(table, table.rows[j])
            best += [c.metric for c, cell in zip(table.columns, table.rows[j].cells, strict=True) if cell.best]
        lines.append(line | {"best": "; ".join(best), "notes": notes})
    return lines


def _values(table: Table, row: Row) -> dict[str, object]:
    found: dict[str, object] = {}
    for column, cell in zip(table.columns, row.cells, strict=True):
        low, high = _bounds(cell)
        found[column.metric] = cell.state if cell.mean is None else cell.mean
        found |= {f"{column.metric}_low": low, f"{column.metric}_high": high, f"{column.metric}_n": cell.n}
    return found


def _bounds(cell: Cell) -> tuple[float | None, float | None]:
    if cell.mean is None or cell.half_width is None:
        return None, None
    return cell.mean - cell.half_width, cell.mean + cell.half_width


def _escape_column(column: pd.Series[Any]) -> pd.Series[Any]:
    """Escapes each distinct text once, and touches only columns that need it."""
    texts = {text: escape_csv(text) for text in column.unique() if isinstance(text, str)}
    changed = {text: escaped for text, escaped in texts.items() if escaped != text}
    return column.map(lambda value: changed.get(value, value)) if changed else column
