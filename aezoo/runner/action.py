"""Action that one trial needs: none, scores from saved weights, or a run; with the reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from aezoo.errors import ResultsError
from aezoo.messages import WEIGHTS, WeightsFile
from aezoo.metrics import FEATURE_QUESTIONS, Metric
from aezoo.metrics.compute import MISSING_NEEDS_PREFIX, default_metrics
from aezoo.provenance import SCORING_KINDS, CodeChange, CurrentCode
from aezoo.record import LACKING_DATA, TRAINED_ROLES, Record
from aezoo.samplers import SAMPLERS, default_samplers
from aezoo.store import Store

FAILED_STATUSES = ("error", "timeout", "killed")

RETRIED_STATUSES = ("killed",)
"""Statuses that run again by themselves; the others stand until they are asked for."""


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

    A failure of other code runs again by itself.

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
    has_failed = record["status"] in FAILED_STATUSES  # then nobody wants the old reason once the code is another
    changed = (code or CurrentCode()).changes(record) if has_failed or "code" in retry else []
    reasons = tuple(_reasons_to_run(record, fingerprint, retry, changed))
    if reasons:
        return Action(reasons)
    if record["status"] != "done":
        return None
    changes = dict(metric_changes(record, also, retry, changed, samplers, questions))
    if not changes:
        return None
    action = _rescore(record, changes, store)
    if action.metrics is None and {*changes} <= {*unscored_metrics(record, questions)}:
        return None  # nobody asked for a metric that is new, and a training may take hours
    missing = missing_samplers(record, samplers)
    with_them = {**record, "samplers": [*record["samplers"], *missing]}
    only_these = bool(missing) and not dict(metric_changes(with_them, also, retry, changed, samplers, questions))
    return replace(action, added=tuple(missing)) if only_these and action.metrics is not None else action


def wanted_samplers(role: str, record: Record | None, requested: Collection[str] = ()) -> list[str]:
    """List the samplers of a trial: those that are not optional, what its record has, and, of a model, requested ones.

    Controls and the oracle have none.
    """
    if role not in TRAINED_ROLES:
        return []
    kept = {*record["samplers"]} & {*SAMPLERS.names()} if record is not None else set()
    return sorted({*default_samplers(), *kept, *(requested if role == "model" else ())})


def missing_samplers(record: Record, requested: Collection[str] = ()) -> list[str]:
    """List the samplers that the record's model is to be sampled by, and was not."""
    return [name for name in wanted_samplers(record["role"], record, requested) if name not in record["samplers"]]


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
    gone = {*record["samplers"]} - {*SAMPLERS.names()} if record["role"] in TRAINED_ROLES else set()
    new = [name for name in missing if name not in requested]
    for names, what in (([n for n in missing if n in requested], "asked for"), (new, "new"), (sorted(gone), "gone")):
        if names:
            yield f"sampler {', '.join(names)} is {what}"


def unscored_metrics(record: Record, questions: Collection[str] = ()) -> list[str]:
    """List the metrics that are not slow, of `questions` if any is given, and that the record knows nothing of."""
    return [metric.name for metric in default_metrics((), questions) if metric.name not in record["metrics"]]


def _still_not_applicable(record: Record, metric: Metric) -> bool:
    """Return whether model or data set lacked something that the metric's new version needs as well."""
    rows = [row for row in record["scores"] if row["family"] == metric.name]
    return bool(rows) and all(row["state"] == "n/a" and _still_lacking(row["reason"], metric) for row in rows)


def _still_lacking(reason: str, metric: Metric) -> bool:
    needs = reason.removeprefix(MISSING_NEEDS_PREFIX).split(", ")
    return reason.startswith(LACKING_DATA) or not {*needs}.isdisjoint(metric.needs)


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
