"""What a trial needs before it stands in the tables, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from aezoo.errors import ResultsError
from aezoo.metrics import Metric
from aezoo.metrics.rows import LACKS, default_metrics
from aezoo.record import Record, environment
from aezoo.samplers import SAMPLERS
from aezoo.store import Store
from aezoo.work import WEIGHTS, SavedWeights

FAILED = ("error", "timeout", "killed")
NO_RESULT = ("killed",)
"""Statuses that run again by themselves; the others stand until they are asked for."""

CODE = ("aezoo", "tensorflow", "keras")


@dataclass(frozen=True)
class Need:
    """What is to be computed: `metrics` from saved `weights`, or everything where `metrics` is None."""

    reasons: tuple[str, ...]
    metrics: tuple[str, ...] | None = None
    weights: SavedWeights | None = None


def find_need(
    record: Record | None,
    fingerprint: str | None,
    store: Store,
    retry: Collection[str] = (),
    also: Collection[str] = (),
) -> Need | None:
    """What the trial behind `record` needs; None where the record stands.

    `fingerprint` is that of the data set as it is now; None where it is not known, and then not compared. `also`
    names the slow metrics that are wanted.
    """
    if record is None:
        return Need(("missing",))
    reasons = tuple(_reasons_to_run(record, fingerprint, retry))
    if reasons:
        return Need(reasons)
    changes = dict(metric_changes(record, also)) if record["status"] == "done" else {}
    return _scoring(record, changes, store) if changes else None


def code_changes(record: Record) -> list[str]:
    """Packages whose version is another now than when the trial ran."""
    now, then = environment(), record["environment"]
    return [f"{name} {then[name]}, now {now[name]}" for name in CODE if name in then and then[name] != now[name]]


def metric_changes(record: Record, also: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Wanted metrics that the record lacks or has in another version; all sample metrics after a new sampler."""
    samplers = sorted({*SAMPLERS.names()} ^ {*record["samplers"]}) if record["role"] != "oracle" else []
    for metric in default_metrics(also):
        found = record["metrics"].get(metric.name)
        if found is None:
            yield metric.name, f"metric {metric.name} is {'asked for' if metric.name in also else 'new'}"
        elif found != metric.version and not _still_not_applicable(record, metric):
            yield metric.name, f"metric {metric.name} has version {found}, now {metric.version}"
        elif samplers and metric.question == "samples":
            yield metric.name, f"sampler {', '.join(samplers)} is new or gone"


def _still_not_applicable(record: Record, metric: Metric) -> bool:
    """Whether the record's model lacked something that the metric's new version needs as well."""
    rows = [row for row in record["scores"] if row["family"] == metric.name]
    lacking = [set(row["reason"].removeprefix(LACKS).split(", ")) if row["state"] == "n/a" else set() for row in rows]
    return bool(rows) and all(not names.isdisjoint(metric.needs) for names in lacking)


def _reasons_to_run(record: Record, fingerprint: str | None, retry: Collection[str]) -> Iterator[str]:
    found = record["dataset"]["fingerprint"]
    if record["status"] in (FAILED if "failed" in retry else NO_RESULT):
        yield f"{record['status']}: {record['error']['message'] if record['error'] else 'no reason kept'}"
    if None not in (found, fingerprint) and found != fingerprint:
        yield f"data set had fingerprint {found[:12]}, now {str(fingerprint)[:12]}"
    if "code" in retry:
        yield from (f"code: {change}" for change in code_changes(record))


def _scoring(record: Record, changes: dict[str, str], store: Store) -> Need:
    """Scores alone, from the weights of the record; all of it where they are gone.

    The weights are checked now and read again when they are sent, so that those of all trials never meet in memory.
    """
    reasons = tuple(dict.fromkeys(changes.values()))
    if WEIGHTS not in record["artifacts"]:
        return Need(reasons, tuple(changes)) if record["role"] in ("oracle", "control") else Need(reasons)
    try:
        kept = store.artifact(record, WEIGHTS) is not None
    except ResultsError as error:
        return Need((*reasons, str(error)))
    if not kept:
        return Need((*reasons, "weights.npz is gone"))
    path = store.trials / record["id"] / WEIGHTS
    return Need(reasons, tuple(changes), SavedWeights(path, record["artifacts"][WEIGHTS]["sha256"]))
