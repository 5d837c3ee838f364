"""Tables and figures of a results folder, written in one go."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.errors import ResultsError
from aezoo.messages import GALLERY
from aezoo.npz import Arrays, from_npz
from aezoo.record import Record
from aezoo.store import DamagedRecordWarning, Store


def write_report(store: Store, report_progress: Callable[[str], None]) -> list[Record]:
    """Write the tables and figures of everything in the folder; returns its records.

    A folder without a finished trial gets neither.
    """
    from aezoo.reporting import write_tables

    started = time.perf_counter()
    records = list(store.records())
    if not any(record["status"] == "done" for record in records):
        report_progress("no trial has finished yet: there is nothing to tabulate")
        return records
    write_tables(records, store.folder)
    figures = draw_figures(store, records)
    seconds = time.perf_counter() - started
    places = [f"tables in {store.folder / 'tables'}", *([f"figures in {store.folder / 'figures'}"] if figures else [])]
    report_progress(f"{', '.join(places)}: written in {seconds:.0f} s")
    return records


def draw_figures(store: Store, records: Sequence[Record] | None = None) -> list[Path]:
    """Draw every figure from the galleries of a results folder; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    def gallery(record: Mapping[str, Any]) -> Arrays:
        try:
            content = store.artifact(dict(record), GALLERY)
            return {} if content is None else from_npz(content)
        except (ResultsError, ValueError) as error:
            warnings.warn(f"trial {record['id'][:12]} is in no figure: {error}", DamagedRecordWarning, stacklevel=2)
            return {}

    return write_figures(list(store.records()) if records is None else records, gallery, store.folder / "figures")
