"""Run a suite into a results folder: only what is missing, one record at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aezoo.datasets import Dataset
from aezoo.engines.local import run_local
from aezoo.metrics.rows import default_metrics
from aezoo.record import Record, merged
from aezoo.samplers import SAMPLERS
from aezoo.spec import Suite
from aezoo.store import Store
from aezoo.work import Outcome, Request

Report = Callable[[Record], None]

RUNS_AGAIN = ("killed",)
"""Statuses that are no result; the others stand until `retry` asks for them."""

FAILED = ("error", "timeout", "killed")


@dataclass
class Plan:
    """What a run will compute, and what it found."""

    requests: list[Request] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)
    scored_again: dict[str, Record] = field(default_factory=dict)


def make_plan(suite: Suite, dataset: Dataset, store: Store, data_file: Path | None, retry: bool) -> Plan:
    """Compare the suite with the records there are."""
    plan = Plan()
    for trial in suite.trials(dataset.name):
        record = store.read(trial.id)
        request = Request(trial, dataset.fingerprint, dataset.note, data_file)
        if record is None or _must_run(record, dataset, retry):
            plan.requests.append(request)
            continue
        outdated = outdated_metrics(record) if record["status"] == "done" else ()
        if outdated:
            weights = store.artifact(record, "weights.npz")
            plan.requests.append(
                Request(trial, dataset.fingerprint, dataset.note, data_file, outdated, weights)
            )
            plan.scored_again[trial.id] = record
        else:
            plan.kept.append(record)
    return plan


def run_plan(plan: Plan, store: Store, jobs: int) -> Iterator[Record]:
    """Run what the plan asks for; yields every record once it is on disk."""
    for outcome in run_local(plan.requests, jobs) if plan.requests else ():
        yield _commit(outcome, plan, store)


def outdated_metrics(record: Record) -> tuple[str, ...]:
    """Registered metrics that the record lacks or has in another version; all sample metrics after a new sampler."""
    new_sampler = record["role"] != "oracle" and record["samplers"] != SAMPLERS.names()
    return tuple(
        metric.name
        for metric in default_metrics()
        if record["metrics"].get(metric.name) != metric.version
        or (new_sampler and metric.question == "samples")
    )


def _must_run(record: Record, dataset: Dataset, retry: bool) -> bool:
    if record["status"] in (FAILED if retry else RUNS_AGAIN):
        return True
    return record["status"] == "done" and record["dataset"]["fingerprint"] != dataset.fingerprint


def _commit(outcome: Outcome, plan: Plan, store: Store) -> Record:
    """Write an outcome; a failed attempt to score again never replaces the scores there are."""
    old = plan.scored_again.get(outcome.record["id"])
    if old is None:
        store.commit(outcome.record, outcome.artifacts)
        return outcome.record
    if outcome.record["status"] != "done":
        return outcome.record
    record = merged(old, outcome.record)
    store.commit(record, {})
    return record
