"""Tables, figures and page of a results folder, written in one go."""

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
    """Write the tables, the figures and the page of everything in the folder; returns its records.

    A folder without a finished trial gets none of them.
    """
    from aezoo.reporting import write_tables

    started = time.perf_counter()
    records = list(store.records())
    if not any(record["status"] == "done" for record in records):
        report_progress("no trial has finished yet: there is nothing to tabulate")
        return records
    write_tables(records, store.folder)
    figures = draw_figures(store, records)
    page = write_page(store, records)
    seconds = time.perf_counter() - started
    places = [
        f"tables in {store.folder / 'tables'}",
        *([f"figures in {store.folder / 'figures'}"] if figures else []),
        f"all of it on a page, {page}",
    ]
    report_progress(f"{', '.join(places)}: written in {seconds:.0f} s")
    return records


def draw_figures(store: Store, records: Sequence[Record] | None = None) -> list[Path]:
    """Draw every figure from the galleries of a results folder; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    return write_figures(_records(store, records), _galleries(store), store.folder / "figures")


def write_page(store: Store, records: Sequence[Record] | None = None) -> Path:
    """Write ``report.html`` of a results folder, and return its path; needs no TensorFlow."""
    from aezoo.reporting.report import write_report_page

    return write_report_page(_records(store, records), _galleries(store), store.folder)


def _records(store: Store, records: Sequence[Record] | None) -> Sequence[Record]:
    return list(store.records()) if records is None else records


def _galleries(store: Store) -> Callable[[Mapping[str, Any]], Arrays]:
    """Make the function that reads the gallery of a record; one that is damaged is a warning, and empty."""

    def gallery(record: Mapping[str, Any]) -> Arrays:
        try:
            content = store.artifact(dict(record), GALLERY)
            return {} if content is None else from_npz(content)
        except (ResultsError, ValueError) as error:
            warnings.warn(f"trial {record['id'][:12]} is in no figure: {error}", DamagedRecordWarning, stacklevel=2)
            return {}

    return gallery
