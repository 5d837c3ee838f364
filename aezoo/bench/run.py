"""The command `run`: a sweep, its tables and figures, and what the user sees of it."""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aezoo.bench.display import is_wanted, shown
from aezoo.bench.estimate import plan_lines
from aezoo.bench.halt import Halt
from aezoo.bench.needs import FAILED
from aezoo.bench.plan import Plan, make_plan
from aezoo.bench.progress import Progress, Watched
from aezoo.bench.shards import WHOLE, Shard
from aezoo.bench.streams import say
from aezoo.bench.suite_file import RunOptions
from aezoo.bench.sweep import run_plan
from aezoo.bench.time_left import TimeLeft
from aezoo.datasets import Dataset, load_dataset
from aezoo.engines import Engine, TellsEpochs, engine_named
from aezoo.errors import ResultsError
from aezoo.record import Arrays, Record, unpack
from aezoo.reporting import render_tables, tables, write_tables
from aezoo.store import DamagedRecordWarning, Store
from aezoo.store.suites import save_suite

DEFAULT_FOLDER = Path("aezoo-results")


@dataclass(frozen=True)
class Manner:
    """How a suite is run.

    Attributes:
        retry: what runs again although it has a record.
        timeout: seconds after which a trial is ended.
        fail_fast: begin no trial after the first that fails.
        dry_run: say what would be run, and run nothing.
        engine: where trials run (see `aezoo.engines.engine_named`).
        shard: the part of the suite to run.
        json: print one JSON object about the run instead of the tables.
    """

    retry: tuple[str, ...] = ()
    timeout: float | None = None
    fail_fast: bool = False
    dry_run: bool = False
    engine: str = "local"
    json: bool = False
    shard: Shard = WHOLE


MakeEngine = Callable[[str, int | None, float | None], Engine]


def run_suite(options: RunOptions, manner: Manner, make_engine: MakeEngine = engine_named) -> int:
    """Run a suite and write its tables and figures; returns the exit code."""
    suite, also, halt = options.suite(), options.slow_metrics(), Halt()
    engine = make_engine(manner.engine, options.jobs, manner.timeout)
    store = Store(options.out or DEFAULT_FOLDER, set_aside=not manner.dry_run)
    store.check()
    dataset = load_dataset(suite.dataset, options.data_file)
    if not manner.dry_run:
        store.create()
        save_suite(store, suite, dataset.name)
    plan = make_plan(suite, dataset, store, options.data_file, manner.retry, manner.shard, also)
    say(f"data set {dataset.name} ({dataset.origin}), fingerprint {dataset.fingerprint[:12]}")
    if dataset.note:
        say(dataset.note)
    if manner.dry_run:
        print("\n".join(plan_lines(plan, store, options.jobs or os.cpu_count() or 1)))
        return 0
    say(f"{plan.count('to run')}, {len(plan.kept)} kept, into {store.folder}")
    with halt.on_signals(engine.kill):
        records = [*plan.kept, *_run(plan, store, engine, manner, halt)]
        everything = write_report(store)
    code = exit_code(records, halt)
    print(summary(records, store, dataset, code) if manner.json else render_tables(tables(everything), "md"))
    return code


def summary(records: list[Record], store: Store, dataset: Dataset, code: int) -> str:
    """The run as one line of JSON: the folder, the data set, how many trials ended how, which failed, the exit code."""
    failed = [record["id"] for record in records if record["status"] != "done"]
    facts = {
        "folder": str(store.folder),
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint,
        "trials": dict(Counter(record["status"] for record in records)),
        "failed": failed,
        "exit_code": code,
    }
    return json.dumps(facts)


def _run(plan: Plan, store: Store, engine: Engine, manner: Manner, halt: Halt) -> Iterator[Record]:
    """Run the plan and say how each trial ended; after a failed one, if so wished, begin no other."""
    progress = Progress(plan.requests)
    if isinstance(engine, TellsEpochs):
        engine.on_epoch = progress.epoch_ended
    with _display(progress, plan, manner, halt):
        for record in run_plan(plan, store, Watched(engine, progress), halt, say):
            progress.ended(record)
            say(f"[{progress.done}/{progress.total}] {progress_line(record)}")
            halt.asked = halt.asked or (manner.fail_fast and record["status"] != "done")
            yield record


def _display(progress: Progress, plan: Plan, manner: Manner, halt: Halt) -> AbstractContextManager[None]:
    """On a terminal, a picture of the progress."""
    if manner.json or not plan.requests or not is_wanted(sys.stderr, os.environ):
        return nullcontext()
    return shown(progress, TimeLeft(progress, [*plan.kept, *plan.found.values()]), halt)


def write_report(store: Store) -> list[Record]:
    """Write the tables and figures of everything in the folder; returns its records."""
    started = time.perf_counter()
    records = list(store.records())
    write_tables(records, store.folder)
    draw_figures(store, records)
    seconds = time.perf_counter() - started
    say(f"tables in {store.folder / 'tables'}, figures in {store.folder / 'figures'}: written in {seconds:.0f} s")
    return records


def exit_code(records: list[Record], halt: Halt) -> int:
    """0, or 3 after failed trials, or 128 and the signal's number; says which trials failed."""
    failed = [record for record in records if record["status"] in (*FAILED, "diverged")]
    for record in failed:
        say(f"failed: {progress_line(record)}")
    if halt.signal is not None:
        return 128 + halt.signal
    return 3 if failed else 0


def draw_figures(store: Store, records: list[Record] | None = None) -> list[Path]:
    """Draw every figure from the galleries of a results folder; needs no TensorFlow."""
    from aezoo.reporting.figures import write_figures

    def gallery(record: Mapping[str, Any]) -> Arrays:
        try:
            content = store.artifact(dict(record), "gallery.npz")
            return {} if content is None else unpack(content)
        except (ResultsError, ValueError) as error:
            warnings.warn(f"trial {record['id'][:12]} is in no figure: {error}", DamagedRecordWarning, stacklevel=2)
            return {}

    return write_figures(list(store.records()) if records is None else records, gallery, store.folder / "figures")


def progress_line(record: Record) -> str:
    """A trial in one line: what it was, how it ended, how long it took or why it failed."""
    name = f"{record['label']} seed {record['spec']['seed']}: {record['status']}"
    if record["error"]:
        return f"{name}, {record['error']['type']}: {record['error']['message']}"
    warned = "".join(f"; warning: {text}" for text in record.get("warnings", ()))
    return f"{name}, {record['timing']['total']:.1f} s{warned}"
