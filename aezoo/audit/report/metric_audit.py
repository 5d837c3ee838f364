"""All that an audit says of one score in one feature space."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aezoo.audit.report.calibration import FOOLED_Z, FalseAlarmRate, ReferenceBand, false_alarm_rate
from aezoo.audit.report.dose_response import DoseResponse, dose_response, smallest_stable_n
from aezoo.audit.report.record import AuditRecord, Dose, Floats, doses_of, missing_values
from aezoo.audit.report.responses import ReferenceBands, Response, response, yardsticks
from aezoo.statistics.direction import is_ranked

RANKS_NOTHING = "not audited: ranks nothing"


def audit_metric(audit: AuditRecord, score: dict[str, Any]) -> MetricAudit:
    """What the record says of a score."""
    name = score["name"]
    if not is_ranked(score["better"]):
        return MetricAudit(score, RANKS_NOTHING)
    missing = missing_values(audit.oracle("band") + audit.oracle("fresh"), name)
    bands = None if missing else yardsticks(audit, score, audit.n)
    if bands is None:
        state, reason = missing[0] if missing else ("n/a", "fewer than two draws of real data")
        no_answer = Response(state, reason=reason)
        responses = {(c["name"], dose): no_answer for c in audit.controls for dose in doses_of(c)}
        return MetricAudit(score, f"{state}: {reason}", responses=responses)
    responses = {
        (control["name"], dose): response(audit, bands, name, control, audit.control(control["name"], dose))
        for control in audit.controls
        for dose in doses_of(control)
    }
    sizes = tuple(_sizes(audit, name))
    width = max(bands.oracle.threshold() * bands.oracle.deviation, 1e-9 * abs(bands.oracle.mean))
    return MetricAudit(
        score=score,
        bands=bands,
        alarms=false_alarm_rate(bands.oracle, audit.values(audit.oracle("fresh"), name)),
        responses=responses,
        doses=dict(_doses(audit, name, bands, responses)),
        sizes=sizes,
        stable=smallest_stable_n([(n, mean) for n, mean, _ in sizes], bands.oracle.mean, width),
        detected=tuple(_detected(audit, score, responses)),
        own=audit.seconds(audit.own(score)),
        shared={key: audit.seconds(key) or 0.0 for key in audit.shared(score)},
    )


def _doses(
    audit: AuditRecord, name: str, bands: ReferenceBands, responses: dict[tuple[str, Dose], Response]
) -> Iterator[tuple[str, DoseResponse]]:
    for control in audit.controls:
        doses = doses_of(control)
        of_doses = [responses[(control["name"], dose)] for dose in doses]
        if all(each.z for each in of_doses):
            values = [audit.values(audit.control(control["name"], dose), name) for dose in doses]
            badness = [bands.badness(of_dose, control["draws_from"]) for of_dose in values]
            yield control["name"], dose_response(badness, [each.verdict == "detects" for each in of_doses])


def _detected(
    audit: AuditRecord, score: dict[str, Any], responses: dict[tuple[str, Dose], Response]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    defaults = [(control["name"], control["default"]) for control in audit.controls]
    wanted = [name for name, dose in defaults if responses[(name, dose)].verdict == "detects"]
    smaller = list(_detected_at(audit, score, wanted)) if wanted else []
    if smaller:
        yield from smaller
        yield audit.n, tuple(wanted)


def _detected_at(audit: AuditRecord, score: dict[str, Any], wanted: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """At each smaller n, from small to large, which of the controls `wanted` are detected at their default doses."""
    controls = {control["name"]: control for control in audit.controls}
    for n in sorted(audit.raw["spec"]["sizes"]):
        bands = yardsticks(audit, score, n)
        of_controls = {name: audit.smaller(controls[name], n) for name in wanted}
        if bands is not None and all(of_controls.values()):
            answers = {
                name: response(audit, bands, score["name"], controls[name], sets) for name, sets in of_controls.items()
            }
            yield n, tuple(name for name, given in answers.items() if given.verdict == "detects")


def _sizes(audit: AuditRecord, name: str) -> Iterator[tuple[int, float, float]]:
    """Means over draws at each size; sizes at which a draw has no value are left out."""
    for n in sorted(audit.raw["spec"]["sizes"]):
        yield from _moments(n, audit.values(audit.oracle("size", n), name))
    yield from _moments(audit.n, audit.values(audit.oracle("band"), name))


def _moments(n: int, values: Floats) -> Iterator[tuple[int, float, float]]:
    if len(values) > 1 and np.isfinite(values).all():
        yield n, float(values.mean()), float(values.std(ddof=1))


@dataclass(frozen=True)
class MetricAudit:
    """All that an audit says of one score in one feature space.

    Attributes:
        score: its description in the record.
        reason: why it has no band; nothing where it has one.
        bands: on real data; None where it has no value there, or ranks nothing.
        alarms: on fresh draws of real data.
        responses: by control and dose; none where it ranks nothing.
        doses: by control, where every dose has values.
        sizes: n, mean and standard deviation over draws of the oracle, from small to large.
        stable: the smallest n audited from which on the mean stays within the band at full n.
        detected: at each n, from small to large, which of the controls it detects by default that it detects at
            full n; nothing where that is none, or smaller sets were not scored.
        own: the median time of its metric for one set; None where it never gave a value.
        shared: by what takes it, the time for inputs that it shares with others.
    """

    score: dict[str, Any]
    reason: str = ""
    bands: ReferenceBands | None = None
    alarms: FalseAlarmRate | None = None
    responses: dict[tuple[str, Dose], Response] = field(default_factory=dict)
    doses: dict[str, DoseResponse] = field(default_factory=dict)
    sizes: tuple[tuple[int, float, float], ...] = ()
    stable: int | None = None
    detected: tuple[tuple[int, tuple[str, ...]], ...] = ()
    own: float | None = None
    shared: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The column, for example ``fd_judge``."""
        return str(self.score["name"])

    @property
    def ranks(self) -> bool:
        """Whether one of its values can be better than another."""
        return is_ranked(self.score["better"])

    @property
    def band(self) -> ReferenceBand | None:
        """On draws of the oracle."""
        return None if self.bands is None else self.bands.oracle

    @property
    def unreliable(self) -> bool:
        """Whether it called real data bad more often than its threshold promises, beyond chance."""
        return self.band is not None and self.alarms is not None and self.alarms.low > self.band.promise

    @property
    def shift(self) -> float | None:
        """The z of the mean over draws of training digits: how much the training split itself differs."""
        if self.bands is None or self.bands.train is None:
            return None
        return float(self.bands.oracle.z([self.bands.train.mean])[0])

    @property
    def best(self) -> float | None:
        """The z of the best value that it can have."""
        if self.band is None:
            return None
        low, high = self.score["range"]
        return self.band.best(-np.inf if low is None else low, np.inf if high is None else high)

    @property
    def cannot_be_fooled(self) -> bool:
        """Whether even its best value is not so much better than real data that it would be called fooled."""
        return self.best is not None and self.best >= FOOLED_Z

    @property
    def needs(self) -> int | None:
        """The smallest n from which on it detects all that it detects at full n; None where that is nothing."""
        if not self.detected:
            return None
        found = [(n, float(len(names))) for n, names in self.detected]
        return smallest_stable_n(found, found[-1][1], 0.0)

    def verdicts(self, wanted: str) -> list[tuple[str, Dose]]:
        """The controls and doses with this verdict."""
        return [key for key, response in self.responses.items() if response.verdict == wanted]

    def taken_for_real(self) -> list[tuple[str, Dose]]:
        """The controls and doses that look no worse than real data although a milder dose is detected."""
        return list(self._taken_for_real())

    def _taken_for_real(self) -> Iterator[tuple[str, Dose]]:
        seen = set()
        for (control, dose), given in self.responses.items():
            if given.verdict == "detects":
                seen.add(control)
            elif control in seen and given.real:
                yield control, dose
