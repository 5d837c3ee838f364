"""What a run will compute: the suite, less the records that stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aezoo.controls import CONTROLS
from aezoo.datasets import Dataset
from aezoo.errors import ResultsError, UsageError
from aezoo.messages import WEIGHTS, Request, WeightsFile
from aezoo.metrics import FEATURE_QUESTIONS, Metric
from aezoo.metrics.compute import MISSING_NEEDS_PREFIX, default_metrics
from aezoo.record import Record, environment
from aezoo.samplers import SAMPLERS
from aezoo.spec import FLOORS, Suite
from aezoo.store import Store

FAILED_STATUSES = ("error", "timeout", "killed")

RETRIED_STATUSES = ("killed",)
"""Statuses that run again by themselves; the others stand until they are asked for."""

RETRIES = ("failed", "code")
"""What can be asked to run again: failed trials and metrics, and trials that ran on other code."""

CODE_PACKAGES = ("aezoo", "tensorflow", "keras")

PATTERN = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")

Item = TypeVar("Item")


Stamp = tuple[int, int] | None


@dataclass(frozen=True)
class Action:
    """What is to be computed: `metrics` from saved `weights`, or everything where `metrics` is None."""

    reasons: tuple[str, ...]
    metrics: tuple[str, ...] | None = None
    weights: WeightsFile | None = None


def required_action(
    record: Record | None,
    fingerprint: str | None,
    store: Store,
    retry: Collection[str] = (),
    also: Collection[str] = (),
) -> Action | None:
    """What the trial behind `record` needs; None where the record stands.

    `fingerprint` is that of the data set as it is now; None where it is not known, and then not compared. `also`
    names the slow metrics that are wanted; "failed" in `retry` stands for failed trials and for failed metrics of
    finished ones.
    """
    if record is None:
        return Action(("missing",))
    reasons = tuple(_reasons_to_run(record, fingerprint, retry))
    if reasons:
        return Action(reasons)
    changes = dict(metric_changes(record, also, retry)) if record["status"] == "done" else {}
    return _rescore(record, changes, store) if changes else None


def code_changes(record: Record) -> list[str]:
    """Packages whose version is another now than when the trial ran."""
    now, then = environment(), record["environment"]
    return [
        f"{name} {then[name]}, now {now[name]}" for name in CODE_PACKAGES if name in then and then[name] != now[name]
    ]


def metric_changes(
    record: Record, also: Collection[str] = (), retry: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the metrics to compute again for a finished trial, each with the reason.

    These are the requested metrics that the record lacks or has in another version; those that are asked of generated
    images, where a sampler is new or gone or where the record lacks their scores of one of its samplers; and with
    "failed" in `retry` those that failed.
    """
    samplers = sorted({*SAMPLERS.names()} ^ {*record["samplers"]}) if record["role"] != "oracle" else []
    sampled = {row["sampler"] for row in record["scores"] if row.get("sampler")}
    for metric in default_metrics(also):
        version = record["metrics"].get(metric.name)
        rows = [row for row in record["scores"] if row["family"] == metric.name]
        lacking = sampled - {row["sampler"] for row in rows} if metric.question in FEATURE_QUESTIONS else set()
        if version is None:
            yield metric.name, f"metric {metric.name} is {'asked for' if metric.name in also else 'new'}"
        elif version != metric.version and not _still_not_applicable(record, metric):
            yield metric.name, f"metric {metric.name} has version {version}, now {metric.version}"
        elif samplers and metric.question in FEATURE_QUESTIONS:
            yield metric.name, f"sampler {', '.join(samplers)} is new or gone"
        elif lacking:
            yield metric.name, f"scores of sampler {', '.join(sorted(lacking))} are missing"
        elif "failed" in retry and any(row["state"] == "error" for row in rows):
            yield metric.name, f"metric {metric.name} failed"


def _still_not_applicable(record: Record, metric: Metric) -> bool:
    """Whether the record's model lacked something that the metric's new version needs as well."""
    rows = [row for row in record["scores"] if row["family"] == metric.name]
    lacking = [
        set(row["reason"].removeprefix(MISSING_NEEDS_PREFIX).split(", ")) if row["state"] == "n/a" else set()
        for row in rows
    ]
    return bool(rows) and all(not names.isdisjoint(metric.needs) for names in lacking)


def _reasons_to_run(record: Record, fingerprint: str | None, retry: Collection[str]) -> Iterator[str]:
    found = record["dataset"]["fingerprint"]
    if record["status"] in (FAILED_STATUSES if "failed" in retry else RETRIED_STATUSES):
        yield f"{record['status']}: {record['error']['message'] if record['error'] else 'no reason kept'}"
    if None not in (found, fingerprint) and found != fingerprint:
        yield f"data set had fingerprint {found[:12]}, now {str(fingerprint)[:12]}"
    if "code" in retry:
        yield from (f"code: {change}" for change in code_changes(record))


def _rescore(record: Record, changes: dict[str, str], store: Store) -> Action:
    """Scores alone, from the weights of the record; all of it where they are gone.

    The weights are checked now and read again when they are sent, so that those of all trials never meet in memory.
    """
    reasons = tuple(dict.fromkeys(changes.values()))
    if WEIGHTS not in record["artifacts"]:
        return Action(reasons, tuple(changes)) if record["role"] in ("oracle", "control") else Action(reasons)
    try:
        kept = store.artifact(record, WEIGHTS) is not None
    except ResultsError as error:
        return Action((*reasons, str(error)))
    if not kept:
        return Action((*reasons, "weights.npz is gone"))
    path = store.trials / record["id"] / WEIGHTS
    return Action(reasons, tuple(changes), WeightsFile(path, record["artifacts"][WEIGHTS]["sha256"]))


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count`, counted from 1; the parts of one suite are disjoint and together all of it."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n`` with 1 <= i <= n; raises `UsageError`."""
        match = PATTERN.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(f"shard {text[:80]!r} is not understood; write i/n with i from 1 to n, such as 1/3")
        return cls(int(match[1]), int(match[2]))

    def take(self, items: Sequence[Item]) -> Sequence[Item]:
        """Every `count`-th item from the `index`-th on: models that take long are spread over all parts.

        What a part holds depends on the suite alone, not on what has been run, so that each can be run again.
        """
        return items[self.index - 1 :: self.count]


FULL_SUITE = Shard()


@dataclass
class Plan:
    """What a run will compute, and what it found.

    Attributes:
        requests: what to compute.
        kept: records that stand.
        found: the records behind requests, by id.
        reasons: why each request is to be computed, by id.
        scored_again: ids of trials whose weights are kept, and of which only scores are computed.
        stamps: the state of each request's record when the plan was made, by id.
    """

    requests: list[Request] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)
    found: dict[str, Record] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scored_again: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def count(self, verb: str) -> str:
        """``15 trials to run (9 of models, 6 of floors)``; the oracle counts as a floor."""
        sorts = Counter(_trial_kind(request) for request in self.requests)
        parts = ", ".join(f"{sorts[name]} of {name}" for name in ("models", "floors", "controls") if sorts[name])
        return f"{len(self.requests)} trial{'' if len(self.requests) == 1 else 's'} {verb}{parts and f' ({parts})'}"

    def add(self, request: Request, need: Action, record: Record | None, stamp: Stamp) -> None:
        """Note what is to be computed, why, and what is there already."""
        trial_id = request.trial.id
        self.requests.append(request)
        self.reasons[trial_id], self.stamps[trial_id] = need.reasons, stamp
        if record is not None:
            self.found[trial_id] = record
        if need.metrics is not None:
            self.scored_again.add(trial_id)


def _trial_kind(request: Request) -> str:
    name = request.trial.model
    return "floors" if name in FLOORS else "controls" if name in CONTROLS.names() else "models"


def make_plan(
    suite: Suite,
    dataset: Dataset,
    store: Store,
    data_file: Path | None,
    retry: Collection[str] = (),
    shard: Shard = FULL_SUITE,
    also: tuple[str, ...] = (),
    force: Collection[str] = (),
) -> Plan:
    """Compare the suite, or one part of it, with the records there are.

    `also` names slow metrics that are wanted, `force` models, by name or label, that run again in any case.

    Raises `ResultsError` where a record cannot be read, or a symbolic link has the place of a trial's folder.
    """
    plan, trials = Plan(), shard.take(suite.trials(dataset.name))
    store.refuse_links(trial.id for trial in trials)
    for trial in trials:
        stamp = store.stamp(trial.id)
        record = store.read(trial.id)
        need = required_action(record, dataset.fingerprint, store, retry, also)
        if record is not None and {trial.model, trial.subject.label} & {*force}:
            need = Action(("forced",))
        if need is not None:
            request = Request(trial, dataset.fingerprint, dataset.note, data_file, need.metrics, need.weights, also)
            plan.add(request, need, record, stamp if record else store.stamp(trial.id))
        elif record is not None:
            plan.kept.append(record)
    return plan
