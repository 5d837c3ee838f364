"""Tables and figures of a results folder, written in one go."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aezoo.bench.output import echo
from aezoo.errors import ResultsError
from aezoo.npz import Arrays, from_npz
from aezoo.record import Record
from aezoo.reporting import write_tables
from aezoo.store import DamagedRecordWarning, Store


def write_report(store: Store) -> list[Record]:
    """Write the tables and figures of everything in the folder; returns its records."""
    started = time.perf_counter()
    records = list(store.records())
    write_tables(records, store.folder)
    draw_figures(store, records)
    seconds = time.perf_counter() - started
    echo(f"tables in {store.folder / 'tables'}, figures in {store.folder / 'figures'}: written in {seconds:.0f} s")
    return records


def draw_figures(store: Store, records: list[Record] | None = None) -> list[Path]:
    """Draw every figure from the galleries of a results folder; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    def gallery(record: Mapping[str, Any]) -> Arrays:
        try:
            content = store.artifact(dict(record), "gallery.npz")
            return {} if content is None else from_npz(content)
        except (ResultsError, ValueError) as error:
            warnings.warn(f"trial {record['id'][:12]} is in no figure: {error}", DamagedRecordWarning, stacklevel=2)
            return {}

    return write_figures(list(store.records()) if records is None else records, gallery, store.folder / "figures")
