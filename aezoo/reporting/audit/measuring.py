"""From the record of an audit to what it says of one score: bands, verdicts, doses, sizes and seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from aezoo.reporting.audit.record import Audit, Dose, Floats, doses_of, problems
from aezoo.reporting.audit.responses import Response, Yardsticks, response, yardsticks
from aezoo.reporting.audit.subjects import Subject
from aezoo.statistics.doses import DoseResponse, dose_response, stable_from
from aezoo.statistics.false_alarms import alarms

RANKS_NOTHING = "not audited: ranks nothing"


def subject(audit: Audit, score: dict[str, Any]) -> Subject:
    """What the record says of a score."""
    name = score["name"]
    if score["better"] == "neither":
        return Subject(score, RANKS_NOTHING)
    missing = problems(audit.oracle("band") + audit.oracle("fresh"), name)
    bands = None if missing else yardsticks(audit, score, audit.n)
    if bands is None:
        state, reason = missing[0] if missing else ("n/a", "fewer than two draws of real data")
        no_answer = Response(state, reason=reason)
        responses = {(c["name"], dose): no_answer for c in audit.controls for dose in doses_of(c)}
        return Subject(score, f"{state}: {reason}", responses=responses)
    responses = {
        (control["name"], dose): response(audit, bands, name, control, audit.control(control["name"], dose))
        for control in audit.controls
        for dose in doses_of(control)
    }
    sizes = tuple(_sizes(audit, name))
    width = max(bands.oracle.threshold() * bands.oracle.deviation, 1e-9 * abs(bands.oracle.mean))
    return Subject(
        score=score,
        bands=bands,
        alarms=alarms(bands.oracle, audit.values(audit.oracle("fresh"), name)),
        responses=responses,
        doses=dict(_doses(audit, name, bands, responses)),
        sizes=sizes,
        stable=stable_from([(n, mean) for n, mean, _ in sizes], bands.oracle.mean, width),
        detected=tuple(_detected(audit, score, responses)),
        own=audit.seconds(audit.own(score)),
        shared={key: audit.seconds(key) or 0.0 for key in audit.shared(score)},
    )


def _doses(
    audit: Audit, name: str, bands: Yardsticks, responses: dict[tuple[str, Dose], Response]
) -> Iterator[tuple[str, DoseResponse]]:
    for control in audit.controls:
        doses = doses_of(control)
        of_doses = [responses[(control["name"], dose)] for dose in doses]
        if all(each.z for each in of_doses):
            values = [audit.values(audit.control(control["name"], dose), name) for dose in doses]
            badness = [bands.badness(of_dose, control["draws_from"]) for of_dose in values]
            yield control["name"], dose_response(badness, [each.verdict == "detects" for each in of_doses])


def _detected(
    audit: Audit, score: dict[str, Any], responses: dict[tuple[str, Dose], Response]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    defaults = [(control["name"], control["default"]) for control in audit.controls]
    wanted = [name for name, dose in defaults if responses[(name, dose)].verdict == "detects"]
    smaller = list(_detected_at(audit, score, wanted)) if wanted else []
    if smaller:
        yield from smaller
        yield audit.n, tuple(wanted)


def _detected_at(audit: Audit, score: dict[str, Any], wanted: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
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


def _sizes(audit: Audit, name: str) -> Iterator[tuple[int, float, float]]:
    """Means over draws at each size; sizes at which a draw has no value are left out."""
    for n in sorted(audit.raw["spec"]["sizes"]):
        yield from _moments(n, audit.values(audit.oracle("size", n), name))
    yield from _moments(audit.n, audit.values(audit.oracle("band"), name))


def _moments(n: int, values: Floats) -> Iterator[tuple[int, float, float]]:
    if len(values) > 1 and np.isfinite(values).all():
        yield n, float(values.mean()), float(values.std(ddof=1))
