"""Tables and figures of a results folder, written in one go."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.errors import ResultsError
from aezoo.npz import Arrays, from_npz
from aezoo.record import Record
from aezoo.store import DamagedRecordWarning, Store

FIGURE = re.compile(r"(reconstructions|samples|latent|curves|manifold-.+)\.png")
"""Names that figures have; whatever else a user keeps beside them is left alone."""


def write_report(store: Store, report_progress: Callable[[str], None]) -> list[Record]:
    """Write the tables and figures of everything in the folder; returns its records.

    A folder without a finished trial gets neither. What an earlier run drew, and no record shows any more, is removed.
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
    """Draw every figure from the galleries of a results folder, and remove stale ones; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    def gallery(record: Mapping[str, Any]) -> Arrays:
        try:
            content = store.artifact(dict(record), "gallery.npz")
            return {} if content is None else from_npz(content)
        except (ResultsError, ValueError) as error:
            warnings.warn(f"trial {record['id'][:12]} is in no figure: {error}", DamagedRecordWarning, stacklevel=2)
            return {}

    folder = store.folder / "figures"
    paths = write_figures(list(store.records()) if records is None else records, gallery, folder)
    _remove_stale(folder, paths)
    return paths


def _remove_stale(folder: Path, written: Collection[Path]) -> None:
    """Remove the figures in `folder`, and in its folders of data sets and protocols, that were not written now."""
    for path in [*folder.glob("*.png"), *folder.glob("*/*.png")]:
        if path not in written and FIGURE.fullmatch(path.name) and not path.parent.is_symlink():
            path.unlink(missing_ok=True)
    for path in folder.glob("*/"):
        if not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
