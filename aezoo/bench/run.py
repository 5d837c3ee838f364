"""The command `run`: a sweep, its tables and figures, and what the user sees of it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from aezoo.bench.suite_file import RunOptions
from aezoo.bench.sweep import FAILED, make_plan, run_plan
from aezoo.datasets import load_dataset
from aezoo.record import Record, unpack
from aezoo.reporting import write_tables
from aezoo.store import Store

DEFAULT_FOLDER = Path("aezoo-results")


def run_suite(options: RunOptions, retry: bool) -> int:
    """Run a suite and write its tables and figures; returns the exit code."""
    suite = options.suite()
    started = time.perf_counter()
    dataset = load_dataset(suite.dataset, options.data_file)
    store = Store(options.out or DEFAULT_FOLDER)
    store.create()
    plan = make_plan(suite, dataset, store, options.data_file, retry)
    say(f"data set {dataset.name} ({dataset.origin}), fingerprint {dataset.fingerprint[:12]}")
    if dataset.note:
        say(dataset.note)
    say(f"{len(plan.requests)} trials to run, {len(plan.kept)} kept, into {store.folder}")
    records = list(plan.kept)
    for record in run_plan(plan, store, options.jobs or os.cpu_count() or 1):
        records.append(record)
        say(f"[{len(records) - len(plan.kept)}/{len(plan.requests)}] {progress_line(record)}")
    everything = list(store.records())
    write_tables(everything, store.folder)
    draw_figures(store, everything)
    say(
        f"{time.perf_counter() - started:.0f} s; tables in {store.folder / 'tables'}, figures in {store.folder / 'figures'}"
    )
    failed = [record for record in records if record["status"] in (*FAILED, "diverged")]
    for record in failed:
        say(f"failed: {progress_line(record)}")
    return 3 if failed else 0


def draw_figures(store: Store, records: list[Record] | None = None) -> list[Path]:
    """Draw every figure from the galleries of a results folder; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    def gallery(record: Record):  # type: ignore[no-untyped-def]
        content = store.artifact(record, "gallery.npz")
        return {} if content is None else unpack(content)

    return write_figures(list(store.records()) if records is None else records, gallery, store.folder / "figures")


def progress_line(record: Record) -> str:
    """A trial in one line: what it was, how it ended, how long it took or why it failed."""
    name = f"{record['label']} seed {record['spec']['seed']}: {record['status']}"
    if record["error"]:
        return f"{name}, {record['error']['type']}: {record['error']['message']}"
    return f"{name}, {record['timing']['total']:.1f} s"


def say(line: str) -> None:
    """Progress goes to the error stream: what a command prints is its result."""
    print(line, file=sys.stderr, flush=True)
