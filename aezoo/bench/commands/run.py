"""The command `run`: train and score a suite."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.options import RunOptions, read_options
from aezoo.bench.output import echo
from aezoo.bench.progress_view import live_view, supports_live_view
from aezoo.bench.report import write_report
from aezoo.datasets import Dataset, load_dataset
from aezoo.engines import Engine, ReportsProgress, get_engine
from aezoo.record import Record
from aezoo.reporting import render_tables, tables
from aezoo.runner.eta import DurationModel, RemainingTime, format_duration
from aezoo.runner.plan import FAILED_STATUSES, FULL_SUITE, Plan, Shard, make_plan
from aezoo.runner.progress import Progress, ProgressEngine
from aezoo.runner.status import to_printable
from aezoo.runner.sweep import StopSignal, run_plan
from aezoo.store import Store
from aezoo.store.suites import save_suite

DEFAULT_FOLDER = Path("aezoo-results")

MakeEngine = Callable[[str, int | None, float | None], Engine]


def plan_lines(plan: Plan, store: Store, jobs: int) -> Iterator[str]:
    """What `run --dry-run` prints: the trials that would run, with their reasons and time."""
    estimate = DurationModel(store.records() if store.trials.is_dir() else ())
    yield f"{plan.count('would run')}, {len(plan.kept)} are kept, in {store.folder}"
    for request in plan.requests:
        seconds = estimate.seconds(request)
        verb = "train and score" if request.metrics is None else f"score {len(request.metrics)} metrics"
        reasons = to_printable("; ".join(plan.reasons[request.trial.id]))
        duration = "time unknown" if seconds is None else f"about {format_duration(seconds)}"
        yield f"  {request.trial.subject.label} seed {request.trial.seed}: {verb}, {duration} ({reasons})"
    if plan.requests:
        total = estimate.total(plan, jobs)
        unknown = "unknown: no earlier trial of this protocol here tells"
        yield f"time with {jobs} jobs: {unknown if total is None else f'about {format_duration(total)}'}"


@dataclass(frozen=True)
class Manner:
    """How a suite is run.

    Attributes:
        retry: what runs again although it has a record.
        timeout: seconds after which a trial is ended.
        fail_fast: begin no trial after the first that fails.
        dry_run: say what would be run, and run nothing.
        engine: where trials run (see `aezoo.engines.get_engine`).
        shard: the part of the suite to run.
        json: print one JSON object about the run instead of the tables.
    """

    retry: tuple[str, ...] = ()
    timeout: float | None = None
    fail_fast: bool = False
    dry_run: bool = False
    engine: str = "local"
    json: bool = False
    shard: Shard = FULL_SUITE


def run_suite(options: RunOptions, manner: Manner, make_engine: MakeEngine = get_engine) -> int:
    """Run a suite and write its tables and figures; returns the exit code."""
    suite, also, halt = options.suite(), options.slow_metrics(), StopSignal()
    engine = make_engine(manner.engine, options.jobs, manner.timeout)
    store = Store(options.out or DEFAULT_FOLDER, set_aside=not manner.dry_run)
    store.check()
    dataset = load_dataset(suite.dataset, options.data_file)
    if not manner.dry_run:
        store.create()
        save_suite(store, suite, dataset.name)
    plan = make_plan(suite, dataset, store, options.data_file, manner.retry, manner.shard, also)
    echo(f"data set {dataset.name} ({dataset.origin}), fingerprint {dataset.fingerprint[:12]}")
    if dataset.note:
        echo(dataset.note)
    if manner.dry_run:
        print("\n".join(plan_lines(plan, store, options.jobs or os.cpu_count() or 1)))
        return 0
    echo(f"{plan.count('to run')}, {len(plan.kept)} kept, into {store.folder}")
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


def _run(plan: Plan, store: Store, engine: Engine, manner: Manner, halt: StopSignal) -> Iterator[Record]:
    """Run the plan and say how each trial ended; after a failed one, if so wished, begin no other."""
    progress = Progress(plan.requests)
    if isinstance(engine, ReportsProgress):
        engine.on_epoch = progress.epoch_ended
    with _display(progress, plan, manner, halt):
        for record in run_plan(plan, store, ProgressEngine(engine, progress), halt, echo):
            progress.ended(record)
            echo(f"[{progress.done}/{progress.total}] {progress_line(record)}")
            halt.asked = halt.asked or (manner.fail_fast and record["status"] != "done")
            yield record


def _display(progress: Progress, plan: Plan, manner: Manner, halt: StopSignal) -> AbstractContextManager[None]:
    """On a terminal, a picture of the progress."""
    if manner.json or not plan.requests or not supports_live_view(sys.stderr, os.environ):
        return nullcontext()
    return live_view(progress, RemainingTime(progress, [*plan.kept, *plan.found.values()]), halt)


def exit_code(records: list[Record], halt: StopSignal) -> int:
    """0, or 3 after failed trials, or 128 and the signal's number; says which trials failed."""
    failed = [record for record in records if record["status"] in (*FAILED_STATUSES, "diverged")]
    for record in failed:
        echo(f"failed: {progress_line(record)}")
    if halt.signal is not None:
        return 128 + halt.signal
    return 3 if failed else 0


def progress_line(record: Record) -> str:
    """A trial in one line: what it was, how it ended, how long it took or why it failed."""
    name = f"{record['label']} seed {record['spec']['seed']}: {record['status']}"
    if record["error"]:
        return f"{name}, {record['error']['type']}: {record['error']['message']}"
    warned = "".join(f"; warning: {text}" for text in record.get("warnings", ()))
    return f"{name}, {record['timing']['total']:.1f} s{warned}"


class Retry(StrEnum):
    """What `run` can run again."""

    failed = "failed"
    code = "code"


def command(
    models: Annotated[
        str | None, typer.Option(help="Names, comma-separated; beta-vae:beta=10 sets a parameter.")
    ] = None,
    seeds: Annotated[str | None, typer.Option(help="0-4 or 0,3,7. [0-2]")] = None,
    dataset: Annotated[str | None, typer.Option(help="auto, mnist, mnist-5k, fashion-mnist ... [auto]")] = None,
    data_file: Annotated[
        Path | None, typer.Option(help="An npz as Keras lays it out, or a folder of IDX files.")
    ] = None,
    protocol: Annotated[str | None, typer.Option(help="chapter, or smoke for a quick look. [chapter]")] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Instead of the protocol's.")] = None,
    out: Annotated[Path | None, typer.Option(help="The results folder. [aezoo-results]")] = None,
    jobs: Annotated[int | None, typer.Option(help="Trials side by side. [the cores]")] = None,
    suite: Annotated[Path | None, typer.Option(help="A TOML file with any of these; options win.")] = None,
    retry: Annotated[list[Retry] | None, typer.Option(help="Run again: failed trials, or those of other code.")] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help="Seconds after which a trial is ended.")] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Begin no trial after one that fails.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run and how long; run nothing.")] = False,
    engine: Annotated[
        str,
        typer.Option(help="Where trials run: local, or dask=tcp://host:8786 for a scheduler that exists."),
    ] = "local",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the tables.")] = False,
    shard: Annotated[str, typer.Option(help="Run part i of n, as i/n; aezoo merge joins them.")] = "1/1",
    also: Annotated[
        str | None, typer.Option(help="Metrics that take long, comma-separated, such as ais; or slow: all of them.")
    ] = None,
) -> None:
    """Train and score a suite of models into a results folder; computes only what is missing."""
    given = {
        "models": models,
        "seeds": seeds,
        "dataset": dataset,
        "data_file": data_file,
        "protocol": protocol,
        "epochs": epochs,
        "latent_dim": latent_dim,
        "out": out,
        "jobs": jobs,
        "also": also,
    }
    again = tuple(choice.value for choice in retry or ())
    manner = Manner(again, timeout, fail_fast, dry_run, engine, json, Shard.parse(shard))
    raise typer.Exit(run_suite(read_options(given, suite), manner))
