"""Plan of a run: each trial of a suite is kept, scored again from saved weights, or run; and shards of a suite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from aezoo.controls import role_of
from aezoo.datasets import Dataset
from aezoo.errors import ResultsError, UsageError
from aezoo.messages import WEIGHTS, Request, WeightsFile
from aezoo.metrics import FEATURE_QUESTIONS, Metric
from aezoo.metrics.compute import MISSING_NEEDS_PREFIX, default_metrics
from aezoo.provenance import SCORING_KINDS, CodeChange, CurrentCode
from aezoo.record import Record
from aezoo.samplers import SAMPLERS, default_samplers
from aezoo.spec import Suite
from aezoo.store import Store

FAILED_STATUSES = ("error", "timeout", "killed")

RETRIED_STATUSES = ("killed",)
"""Statuses that run again by themselves; the others stand until they are asked for."""

RETRIES = ("failed", "code")
"""Words for what runs again on request: failed trials and metrics, and trials that ran on other code."""

SAMPLED_ROLES = ("model", "floor")
"""Roles of what samplers draw codes for; controls and the oracle have images of their own. Floors, which learn next to
nothing, are sampled by no optional sampler."""

NAMED_CHANGES = 4
"""The most changes of code that one line names."""

SHARD_PATTERN = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")

Item = TypeVar("Item")
Stamp = tuple[int, int] | None


@dataclass(frozen=True)
class Action:
    """Computation that a trial needs: `metrics` from saved `weights`, or everything where `metrics` is None.

    Where `added` names samplers, their scores alone are needed, and are added to what the record has.
    """

    reasons: tuple[str, ...]
    metrics: tuple[str, ...] | None = None
    weights: WeightsFile | None = None
    added: tuple[str, ...] = ()


def required_action(
    record: Record | None,
    fingerprint: str | None,
    store: Store,
    retry: Collection[str] = (),
    also: Collection[str] = (),
    code: CurrentCode | None = None,
    samplers: Collection[str] = (),
    questions: Collection[str] = (),
) -> Action | None:
    """Decide what the trial behind `record` needs; None where the record stands.

    Args:
        record: the record, or None where there is none.
        fingerprint: of the data set as it is now; None where it is not known, and then not compared.
        store: where the trial's weights are.
        retry: "failed" for failed trials and for failed metrics of finished ones; "code" for trials, metrics and
            samplers whose code is another now.
        also: the slow metrics that are wanted.
        code: the code as it is now, which many records can share.
        samplers: those that are asked for, beside the ones that are not optional.
        questions: those whose metrics are wanted; () for all.
    """
    if record is None:
        return Action(("missing",))
    changed = (code or CurrentCode()).changes(record) if "code" in retry else []
    reasons = tuple(_reasons_to_run(record, fingerprint, retry, changed))
    if reasons:
        return Action(reasons)
    if record["status"] != "done":
        return None
    changes = dict(metric_changes(record, also, retry, changed, samplers, questions))
    if not changes:
        return None
    action = _rescore(record, changes, store)
    missing = missing_samplers(record, samplers)
    with_them = {**record, "samplers": [*record["samplers"], *missing]}
    only_these = bool(missing) and not dict(metric_changes(with_them, also, retry, changed, samplers, questions))
    return replace(action, added=tuple(missing)) if only_these and action.metrics is not None else action


def wanted_samplers(role: str, record: Record | None, requested: Collection[str] = ()) -> list[str]:
    """List the samplers of a trial: those that are not optional, what its record has, and, of a model, requested ones.

    Controls and the oracle have none.
    """
    if role not in SAMPLED_ROLES:
        return []
    kept = {*record["samplers"]} & {*SAMPLERS.names()} if record is not None else set()
    return sorted({*default_samplers(), *kept, *(requested if role == "model" else ())})


def missing_samplers(record: Record, requested: Collection[str] = ()) -> list[str]:
    """List the samplers that the record's model is to be sampled by, and was not."""
    return [name for name in wanted_samplers(record["role"], record, requested) if name not in record["samplers"]]


def code_change_line(records: Sequence[Record]) -> str | None:
    """Return the line for records that stand although parameters or sources are others now: how many, and which."""
    code = CurrentCode()
    found = [[change.text for change in code.source_changes(record)] for record in records]
    count = sum(map(bool, found))
    if not count:
        return None
    texts = list(dict.fromkeys(text for changes in found for text in changes))
    more = f"; and {len(texts) - NAMED_CHANGES} more" if len(texts) > NAMED_CHANGES else ""
    trials = f"{count} kept trial{'' if count == 1 else 's'}"
    return f"{trials} ran on other code ({'; '.join(texts[:NAMED_CHANGES])}{more}); --retry code runs what is outdated"


def metric_changes(
    record: Record,
    also: Collection[str] = (),
    retry: Collection[str] = (),
    changed: Sequence[CodeChange] = (),
    requested: Collection[str] = (),
    questions: Collection[str] = (),
) -> Iterator[tuple[str, str]]:
    """Yield the metrics to compute again for a finished trial, each with the reason.

    These are the wanted metrics, of `questions` if any is given, that the record lacks or has in another version; those
    that are asked of generated images, where a sampler is new, `requested` or gone, or where the record lacks their
    scores of one of its samplers; with "failed" in `retry` those that failed; and those whose own code, or that of a
    sampler whose images they are asked of, is among `changed`.
    """
    outdated = {change.name: change.text for change in changed if change.kind == "metric"}
    resampled = [change.text for change in changed if change.kind == "sampler"]
    samplers = list(_sampler_changes(record, requested))
    also = {*also, *(record["metrics"] if resampled or samplers else outdated)}
    sampled = {row["sampler"] for row in record["scores"] if row.get("sampler")}
    for metric in default_metrics(also, questions):
        version = record["metrics"].get(metric.name)
        rows = [row for row in record["scores"] if row["family"] == metric.name]
        lacking = sampled - {row["sampler"] for row in rows} if metric.question in FEATURE_QUESTIONS else set()
        if version is None:
            yield metric.name, f"metric {metric.name} is {'asked for' if metric.name in also else 'new'}"
        elif version != metric.version and not _still_not_applicable(record, metric):
            yield metric.name, f"metric {metric.name} has version {version}, now {metric.version}"
        elif samplers and metric.question in FEATURE_QUESTIONS:
            yield metric.name, "; ".join(samplers)
        elif lacking:
            yield metric.name, f"scores of sampler {', '.join(sorted(lacking))} are missing"
        elif "failed" in retry and (failed := [row["reason"] for row in rows if row["state"] == "error"]):
            yield metric.name, f"scores failed: {failed[0]}"  # one reason for all that a broken sampler costs
        elif metric.name in outdated:
            yield metric.name, f"code: {outdated[metric.name]}"
        elif resampled and metric.question in FEATURE_QUESTIONS:
            yield metric.name, f"code: {'; '.join(resampled)}"


def _sampler_changes(record: Record, requested: Collection[str]) -> Iterator[str]:
    """Say which samplers the record lacks, or has although nothing has the name any more."""
    missing = missing_samplers(record, requested)
    gone = {*record["samplers"]} - {*SAMPLERS.names()} if record["role"] in SAMPLED_ROLES else set()
    new = [name for name in missing if name not in requested]
    for names, what in (([n for n in missing if n in requested], "asked for"), (new, "new"), (sorted(gone), "gone")):
        if names:
            yield f"sampler {', '.join(names)} is {what}"


def _still_not_applicable(record: Record, metric: Metric) -> bool:
    """Return whether the record's model lacked something that the metric's new version needs as well."""
    rows = [row for row in record["scores"] if row["family"] == metric.name]
    lacking = [
        set(row["reason"].removeprefix(MISSING_NEEDS_PREFIX).split(", ")) if row["state"] == "n/a" else set()
        for row in rows
    ]
    return bool(rows) and all(not names.isdisjoint(metric.needs) for names in lacking)


def _reasons_to_run(
    record: Record, fingerprint: str | None, retry: Collection[str], changed: Sequence[CodeChange]
) -> Iterator[str]:
    found = record["dataset"]["fingerprint"]
    if record["status"] in (FAILED_STATUSES if "failed" in retry else RETRIED_STATUSES):
        yield f"{record['status']}: {record['error']['message'] if record['error'] else 'no reason kept'}"
    if None not in (found, fingerprint) and found != fingerprint:
        yield f"data set had fingerprint {found[:12]}, now {str(fingerprint)[:12]}"
    yield from (f"code: {change.text}" for change in changed if change.kind not in SCORING_KINDS)


def _rescore(record: Record, changes: dict[str, str], store: Store) -> Action:
    """Ask for scores alone, from the weights of the record; for everything where these are gone.

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
    """Part `index` of `count` of a suite, counted from 1; the parts are disjoint and together the whole suite."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n`` with 1 <= i <= n; raises `UsageError`."""
        match = SHARD_PATTERN.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(f"shard {text[:80]!r} is not understood; write i/n with i from 1 to n, such as 1/3")
        return cls(int(match[1]), int(match[2]))

    def select(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return every `count`-th item from the `index`-th on: models that take long are spread over all parts.

        A part depends on the suite alone, and not on what has been run, so that it can be run again.
        """
        return items[self.index - 1 :: self.count]


FULL_SUITE = Shard()


@dataclass
class Plan:
    """Requests of a run, and the records that stand.

    Attributes:
        requests: the trials to compute.
        kept: records that stand.
        found: earlier records of the trials to compute, by the trial's id.
        reasons: why each trial is to be computed, by id.
        scored_again: ids of trials of which only scores are computed, from saved weights.
        added: ids of those among them whose scores are of further samplers alone.
        stamps: modification stamp of each trial's record when the plan was made, by id.
    """

    requests: list[Request] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)
    found: dict[str, Record] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scored_again: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def count(self, verb: str) -> str:
        """Count the requests: ``15 trials to run (9 of models, 6 of floors)``; the oracle counts as a floor."""
        kinds = Counter(_trial_kind(request) for request in self.requests)
        parts = ", ".join(f"{kinds[name]} of {name}" for name in ("models", "floors", "controls") if kinds[name])
        return f"{len(self.requests)} trial{'' if len(self.requests) == 1 else 's'} {verb}{parts and f' ({parts})'}"

    def add(self, request: Request, action: Action, record: Record | None, stamp: Stamp) -> None:
        """Add a trial to compute, the reasons, and its earlier record."""
        trial_id = request.trial.id
        self.requests.append(request)
        self.reasons[trial_id], self.stamps[trial_id] = action.reasons, stamp
        if record is not None:
            self.found[trial_id] = record
        if action.metrics is not None:
            self.scored_again.add(trial_id)
        if action.added:
            self.added.add(trial_id)


def _trial_kind(request: Request) -> str:
    return {"model": "models", "control": "controls"}.get(role_of(request.trial.model), "floors")


def make_plan(
    suite: Suite,
    dataset: Dataset,
    store: Store,
    data_file: Path | None,
    retry: Collection[str] = (),
    shard: Shard = FULL_SUITE,
    also: tuple[str, ...] = (),
    force: Collection[str] = (),
    samplers: Collection[str] = (),
    questions: tuple[str, ...] = (),
) -> Plan:
    """Compare the suite, or one part of it, with the records of `store`.

    `also` names slow metrics to compute, `force` models, by name or label, that run again in any case, and `samplers`
    those that models are sampled by beside the ones that are not optional and those that their records have. With
    `questions`, only metrics of these are computed.

    Raises `ResultsError` where a record cannot be read, or a symbolic link has the place of a trial's folder.
    """
    plan, trials = Plan(), shard.select(suite.trials(dataset.name))
    store.reject_links(trial.id for trial in trials)
    code = CurrentCode()
    for trial in trials:
        stamp = store.modification_stamp(trial.id)
        record = store.read(trial.id)
        action = required_action(record, dataset.fingerprint, store, retry, also, code, samplers, questions)
        if record is not None and {trial.model, trial.subject.label} & {*force}:
            action = Action(("forced",))
        if action is not None:
            drawn_by = action.added or tuple(wanted_samplers(role_of(trial.model), record, samplers)) or None
            request = Request(
                *(trial, dataset.fingerprint, dataset.note, data_file, action.metrics, action.weights, also, drawn_by),
                questions=questions,
            )
            plan.add(request, action, record, stamp if record else store.modification_stamp(trial.id))
        elif record is not None:
            plan.kept.append(record)
    return plan
