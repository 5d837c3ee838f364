"""The audit of one score in one feature space: everything that the record says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aezoo.audit.report.calibration import FOOLED_Z, FalseAlarmRate, ReferenceBand, false_alarm_rate
from aezoo.audit.report.dose_response import DoseResponse, dose_response, smallest_stable_n
from aezoo.audit.report.record import AuditRecord, Dose, Floats, doses_of, missing_values
from aezoo.audit.report.responses import ReferenceBands, Response, control_response, reference_bands
from aezoo.statistics.direction import is_ranked

RANKS_NOTHING = "not audited: ranks nothing"

Responses = dict[tuple[str, Dose], Response]


@dataclass(frozen=True)
class MetricAudit:
    """Everything that an audit says of one score in one feature space.

    Attributes:
        score: its description in the record.
        reason: why it has no band; nothing where it has one.
        reference: the bands on real data; None where it has no value there, or ranks nothing.
        false_alarms: on fresh draws of real data.
        responses: by control and dose; none where it ranks nothing.
        dose_responses: by control, where every dose has values.
        moments_by_n: n, mean and standard deviation over draws of the oracle, from small to large.
        stable_n: the smallest n audited from which on the mean stays within the band at full n.
        detected_by_n: at each n, from small to large, which of the controls it detects by default that it detects at
            full n; nothing where that is none, or smaller sets were not scored.
        metric_seconds: the median time of its metric for one set; None where it never gave a value.
        shared_seconds: by what takes it, the time for inputs that it shares with others.
    """

    score: dict[str, Any]
    reason: str = ""
    reference: ReferenceBands | None = None
    false_alarms: FalseAlarmRate | None = None
    responses: Responses = field(default_factory=dict)
    dose_responses: dict[str, DoseResponse] = field(default_factory=dict)
    moments_by_n: tuple[tuple[int, float, float], ...] = ()
    stable_n: int | None = None
    detected_by_n: tuple[tuple[int, tuple[str, ...]], ...] = ()
    metric_seconds: float | None = None
    shared_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The column, for example ``fd_judge``."""
        return str(self.score["name"])

    @property
    def is_ranked(self) -> bool:
        """True if one of its values can be better than another."""
        return is_ranked(self.score["better"])

    @property
    def band(self) -> ReferenceBand | None:
        """The band on draws of the oracle."""
        return None if self.reference is None else self.reference.oracle

    @property
    def is_unreliable(self) -> bool:
        """True if it called real data bad more often than its threshold promises, beyond chance."""
        alarms = self.false_alarms
        return self.band is not None and alarms is not None and alarms.low > self.band.false_alarm_bound

    @property
    def split_shift(self) -> float | None:
        """The z of the mean over draws of training images: how much the training split itself differs."""
        if self.reference is None or self.reference.train is None:
            return None
        return float(self.reference.oracle.z([self.reference.train.mean])[0])

    @property
    def best_z(self) -> float | None:
        """The z of the best value that it can have."""
        if self.band is None:
            return None
        low, high = self.score["range"]
        return self.band.best_z(-np.inf if low is None else low, np.inf if high is None else high)

    @property
    def cannot_be_fooled(self) -> bool:
        """True if even its best value is not so much better than real data that it would be called fooled."""
        return self.best_z is not None and self.best_z >= FOOLED_Z

    @property
    def min_n(self) -> int | None:
        """The smallest n from which on it detects all that it detects at full n; None where that is nothing."""
        if not self.detected_by_n:
            return None
        counts = [(n, float(len(names))) for n, names in self.detected_by_n]
        return smallest_stable_n(counts, counts[-1][1], 0.0)

    def with_verdict(self, verdict: str) -> list[tuple[str, Dose]]:
        """List the controls and doses with this verdict."""
        return [cell for cell, response in self.responses.items() if response.verdict == verdict]

    def taken_for_real(self) -> list[tuple[str, Dose]]:
        """List the controls and doses that look no worse than real data although a milder dose is detected."""
        return list(self._taken_for_real())

    def _taken_for_real(self) -> Iterator[tuple[str, Dose]]:
        detected = set()
        for (control, dose), response in self.responses.items():
            if response.verdict == "detects":
                detected.add(control)
            elif control in detected and response.looks_real:
                yield control, dose


def audit_metric(record: AuditRecord, score: dict[str, Any]) -> MetricAudit:
    """Collect everything that the record says of a score."""
    name = score["name"]
    if not is_ranked(score["better"]):
        return MetricAudit(score, RANKS_NOTHING)
    missing = missing_values(record.oracle("band") + record.oracle("fresh"), name)
    bands = None if missing else reference_bands(record, score, record.n)
    if bands is None:
        state, reason = missing[0] if missing else ("n/a", "fewer than two draws of real data")
        no_answer = Response(state, reason=reason)
        no_answers = {(control["name"], dose): no_answer for control in record.controls for dose in doses_of(control)}
        return MetricAudit(score, f"{state}: {reason}", responses=no_answers)
    responses = {
        (control["name"], dose): control_response(record, bands, name, control, record.control(control["name"], dose))
        for control in record.controls
        for dose in doses_of(control)
    }
    moments = tuple(_moments_by_n(record, name))
    width = max(bands.oracle.threshold() * bands.oracle.deviation, 1e-9 * abs(bands.oracle.mean))
    return MetricAudit(
        score=score,
        reference=bands,
        false_alarms=false_alarm_rate(bands.oracle, record.values(record.oracle("fresh"), name)),
        responses=responses,
        dose_responses=dict(_dose_responses(record, name, bands, responses)),
        moments_by_n=moments,
        stable_n=smallest_stable_n([(n, mean) for n, mean, _ in moments], bands.oracle.mean, width),
        detected_by_n=tuple(_detected_by_n(record, score, responses)),
        metric_seconds=record.seconds(record.metric_key(score)),
        shared_seconds={key: record.seconds(key) or 0.0 for key in record.shared_keys(score)},
    )


def _dose_responses(
    record: AuditRecord, name: str, bands: ReferenceBands, responses: Responses
) -> Iterator[tuple[str, DoseResponse]]:
    for control in record.controls:
        doses = doses_of(control)
        at_doses = [responses[(control["name"], dose)] for dose in doses]
        if all(response.z for response in at_doses):
            values = [record.values(record.control(control["name"], dose), name) for dose in doses]
            losses = [bands.excess_loss(draws, control["draws_from"]) for draws in values]
            yield control["name"], dose_response(losses, [response.verdict == "detects" for response in at_doses])


def _detected_by_n(
    record: AuditRecord, score: dict[str, Any], responses: Responses
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """At each n, from small to large, which of the controls that are detected at full n are detected by default."""
    defaults = [(control["name"], control["default"]) for control in record.controls]
    detected = [name for name, dose in defaults if responses[(name, dose)].verdict == "detects"]
    smaller = list(_detected_at_smaller_n(record, score, detected)) if detected else []
    if smaller:
        yield from smaller
        yield record.n, tuple(detected)


def _detected_at_smaller_n(
    record: AuditRecord, score: dict[str, Any], names: list[str]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    controls = {control["name"]: control for control in record.controls}
    for n in sorted(record.raw["spec"]["sizes"]):
        bands = reference_bands(record, score, n)
        sets = {name: record.smaller(controls[name], n) for name in names}
        if bands is not None and all(sets.values()):
            yield (
                n,
                tuple(
                    name
                    for name in names
                    if control_response(record, bands, score["name"], controls[name], sets[name]).verdict == "detects"
                ),
            )


def _moments_by_n(record: AuditRecord, name: str) -> Iterator[tuple[int, float, float]]:
    """Mean and deviation over draws at each size; sizes at which a draw has no value are left out."""
    for n in sorted(record.raw["spec"]["sizes"]):
        yield from _moments(n, record.values(record.oracle("size", n), name))
    yield from _moments(record.n, record.values(record.oracle("band"), name))


def _moments(n: int, values: Floats) -> Iterator[tuple[int, float, float]]:
    if len(values) > 1 and np.isfinite(values).all():
        yield n, float(values.mean()), float(values.std(ddof=1))
