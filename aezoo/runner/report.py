"""Tables, figures and page of a results folder, written in one go."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.errors import ResultsError
from aezoo.messages import GALLERY
from aezoo.npz import Arrays, from_npz
from aezoo.record import Record
from aezoo.runner.real_images import RealImages
from aezoo.runner.seed_scores import add_seed_scores, read_results
from aezoo.store import DamagedRecordWarning, Store


def write_report(store: Store, report_progress: Callable[[str], None], data_file: Path | None = None) -> list[Record]:
    """Write the tables, the figures and the page of everything in the folder; returns its records.

    A folder without a finished trial gets none of them. Images of the data set are looked for in `data_file` and in the
    caches, and never downloaded.
    """
    from aezoo.reporting import write_tables

    started = time.perf_counter()
    records = read_results(store)
    if not any(record["status"] == "done" for record in records):
        report_progress("no trial has finished yet: there is nothing to tabulate")
        return records
    write_tables(records, store.folder)
    real = RealImages(data_file)
    figures = draw_figures(store, records, real)
    page = write_page(store, records, real)
    seconds = time.perf_counter() - started
    places = [
        f"tables in {store.folder / 'tables'}",
        *([f"figures in {store.folder / 'figures'}"] if figures else []),
        f"all of it on a page, {page}",
    ]
    report_progress(f"{', '.join(places)}: written in {seconds:.0f} s")
    return records


def draw_figures(
    store: Store,
    records: Sequence[Record] | None = None,
    real: RealImages | None = None,
    png_only: bool = False,
    svg: Collection[str] = (),
    only: Collection[str] = (),
) -> list[Path]:
    """Draw the figures from the galleries of a results folder; needs no TensorFlow.

    Args:
        store: the folder.
        records: its records, if they have been read.
        real: where the images of the data sets are; without them samples do not stand beside training images.
        png_only: write small PNG to publish and no SVG.
        svg: file names of those that are written as SVG nevertheless.
        only: names of those to draw; all, unless there are any. Files of others are left alone.

    Raises:
        UnknownNameError: there is no such figure.
    """
    from aezoo.reporting.figures import write_figures

    found, folder = _records(store, records), store.folder / "figures"
    more = {} if real is None else {"complete": real.with_neighbours}
    return write_figures(found, _galleries(store), folder, png_only, svg=svg, only=only, **more)


def write_page(
    store: Store,
    records: Sequence[Record] | None = None,
    real: RealImages | None = None,
    explore: Sequence[str] = (),
) -> Path:
    """Write ``report.html`` of a results folder, and return its path; needs no TensorFlow.

    Args:
        store: the folder.
        records: its records, if they have been read.
        real: where the images of the data sets are, if not in a cache; without them the page has fewer images.
        explore: labels of the models that the explorer is to hold; its own choice, unless there are any.

    Raises:
        ResultsError: the folder cannot be written, or a model to explore is not among the finished ones.
    """
    from aezoo.reporting.report import few_scores, write_report_page

    # Of very many records the page shows the first scores of each: whole they would take 250 kB of memory, each.
    found = add_seed_scores(store, map(dict, few_scores(store.records()))) if records is None else records
    return write_report_page(found, _galleries(store), store.folder, (real or RealImages()).digits, explore)


def _records(store: Store, records: Sequence[Record] | None) -> Sequence[Record]:
    return read_results(store) if records is None else records


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
