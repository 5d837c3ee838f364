"""From the values of an audit to verdicts: what each metric catches, what it is blind to, what fools it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aezoo.reporting.audit.record import Audit, Floats, doses_of
from aezoo.statistics.bands import Band, other_split_factor, verdict
from aezoo.statistics.doses import DoseResponse, dose_response, stable_from
from aezoo.statistics.false_alarms import Alarms, Overall, alarms, overall
from aezoo.statistics.set_cover import Covers, smallest_covers

Scored = dict[str, Any]


@dataclass(frozen=True)
class Response:
    """A metric's answer to a control at one dose.

    Attributes:
        verdict: detects, blind or fooled; n/a or error where a draw has no value.
        z: of each draw; infinite for a metric without spread.
        threshold: above it a draw is detected.
        reason: why there is no verdict.
    """

    verdict: str
    z: tuple[float, ...] = ()
    threshold: float = 0.0
    reason: str = ""

    @property
    def median(self) -> float | None:
        """The median z; None without values."""
        return float(np.median(self.z)) if self.z else None


@dataclass(frozen=True)
class Subject:
    """All that an audit says of one metric in one feature space.

    Attributes:
        score: its description in the record.
        band: on real data; None where it has no value there, for the `reason` given.
        alarms: on fresh draws of real data.
        responses: by control and dose.
        doses: by control, where every dose has values.
        sizes: n, mean and standard deviation over draws of the oracle, from small to large.
        needs: the smallest n audited from which on the mean stays within the band at full n.
        seconds: the median time of its family for one set.
    """

    score: Scored
    band: Band | None
    reason: str
    alarms: Alarms | None
    responses: dict[tuple[str, float | None], Response]
    doses: dict[str, DoseResponse]
    sizes: tuple[tuple[int, float, float], ...]
    needs: int | None
    seconds: float | None

    @property
    def name(self) -> str:
        """The column, for example ``fd_judge``."""
        return str(self.score["name"])

    @property
    def unreliable(self) -> bool:
        """Whether it called real data bad more often than its threshold promises, beyond chance."""
        return self.band is not None and self.alarms is not None and self.alarms.low > self.band.promise

    def verdicts(self, wanted: str) -> list[tuple[str, float | None]]:
        """The controls and doses with this verdict."""
        return [key for key, response in self.responses.items() if response.verdict == wanted]


@dataclass(frozen=True)
class Cover:
    """The smallest sets of metrics that catch all of `wanted`, controls with a dose; `doses` says which, in words."""

    doses: str
    wanted: tuple[tuple[str, float | None], ...]
    found: Covers


@dataclass(frozen=True)
class Findings:
    """An audit's verdicts.

    Attributes:
        subjects: one for each metric and feature space.
        overall: false alarms over all metrics; None where none has values.
        candidates: names of the metrics that the covers are made of: all but the unreliable ones.
        covers: the smallest sets that catch every control at its default dose, at its mildest, and at every dose.
    """

    audit: Audit
    subjects: tuple[Subject, ...]
    overall: Overall | None
    candidates: tuple[str, ...]
    covers: tuple[Cover, ...]

    def subject(self, name: str) -> Subject:
        """What is known of a column."""
        return self.subjects[self.audit.columns[name]]


def find(audit: Audit) -> Findings:
    """The verdicts of an audit."""
    subjects = tuple(_subject(audit, score) for score in audit.scores)
    candidates = [each for each in subjects if each.band is not None and not each.unreliable]
    doses = {control["name"]: doses_of(control) for control in audit.controls}
    wanted = {
        "at its default dose": [(control["name"], control["default"]) for control in audit.controls],
        "at its mildest dose": [(name, of_control[0]) for name, of_control in doses.items()],
        "at every dose": [(name, dose) for name, of_control in doses.items() for dose in of_control],
    }
    return Findings(
        audit=audit,
        subjects=subjects,
        overall=_overall(audit, [each for each in subjects if each.band is not None]),
        candidates=tuple(each.name for each in candidates),
        covers=tuple(Cover(words, tuple(keys), _covers(candidates, keys)) for words, keys in wanted.items()),
    )


def _subject(audit: Audit, score: Scored) -> Subject:
    name = score["name"]
    band_values, fresh = (audit.values(audit.oracle(role), name) for role in ("band", "fresh"))
    missing = _problems(audit.oracle("band") + audit.oracle("fresh"), name)
    if missing:
        state, reason = missing[0]
        no_answer = Response(state, reason=reason)
        responses = {(c["name"], dose): no_answer for c in audit.controls for dose in doses_of(c)}
        return Subject(score, None, f"{state}: {reason}", None, responses, {}, (), None, None)
    band = Band.of(band_values, score["better"], score["ideal"])
    responses = {
        (control["name"], dose): _response(audit, name, band, control, dose)
        for control in audit.controls
        for dose in doses_of(control)
    }
    sizes = tuple(_sizes(audit, name))
    width = max(band.threshold() * band.deviation, 1e-9 * abs(band.mean))
    return Subject(
        score=score,
        band=band,
        reason="",
        alarms=alarms(band, fresh),
        responses=responses,
        doses=dict(_doses(audit, name, band, responses)),
        sizes=sizes,
        needs=stable_from([(n, mean) for n, mean, _ in sizes], band.mean, width),
        seconds=_seconds(audit, score),
    )


def _problems(sets: Sequence[dict[str, Any]], name: str) -> list[tuple[str, str]]:
    return [(each["problems"][name][0], each["problems"][name][1]) for each in sets if name in each["problems"]]


def _response(audit: Audit, name: str, band: Band, control: Scored, dose: float | None) -> Response:
    sets = audit.control(control["name"], dose)
    problems = _problems(sets, name)
    if problems:
        state, reason = problems[0]
        return Response(state, reason=reason if len(problems) == len(sets) else f"{len(problems)} draws: {reason}")
    factor = 1.0
    if control["draws_from"] != "oracle":
        factor = other_split_factor(audit.n, audit.raw["dataset"]["sizes"]["oracle"], band.draws)
    z = band.z(audit.values(sets, name))
    limits = band.threshold() * factor, -factor
    return Response(verdict(z, *limits), tuple(map(float, z)), limits[0])


def _doses(
    audit: Audit, name: str, band: Band, responses: dict[tuple[str, float | None], Response]
) -> Iterator[tuple[str, DoseResponse]]:
    for control in audit.controls:
        doses = doses_of(control)
        of_doses = [responses[(control["name"], dose)] for dose in doses]
        if all(response.z for response in of_doses):
            badness = [band.excess(audit.values(audit.control(control["name"], dose), name)).tolist() for dose in doses]
            yield control["name"], dose_response(badness, [each.verdict == "detects" for each in of_doses])


def _sizes(audit: Audit, name: str) -> Iterator[tuple[int, float, float]]:
    """Means over draws at each size; sizes at which a draw has no value are left out."""
    for n in sorted(audit.raw["spec"]["sizes"]):
        yield from _moments(n, audit.values(audit.oracle("size", n), name))
    yield from _moments(audit.n, audit.values(audit.oracle("band"), name))


def _moments(n: int, values: Floats) -> Iterator[tuple[int, float, float]]:
    if len(values) > 1 and np.isfinite(values).all():
        yield n, float(values.mean()), float(values.std(ddof=1))


def _seconds(audit: Audit, score: Scored) -> float | None:
    key = f"{score['family']}/{score['features'] or 'none'}"
    found = [each["seconds"][key] for each in audit.oracle("fresh") if key in each["seconds"]]
    return float(np.median(found)) if found else None


def _overall(audit: Audit, subjects: Sequence[Subject]) -> Overall | None:
    if not subjects:
        return None
    sets = audit.oracle("band") + audit.oracle("fresh")
    values = np.stack([audit.values(sets, each.name) for each in subjects], axis=1)
    directions = [(each.score["better"], each.score["ideal"]) for each in subjects]
    return overall(values, len(audit.oracle("band")), directions)


def _covers(subjects: Sequence[Subject], wanted: Sequence[tuple[str, float | None]]) -> Covers:
    detects = [[each.responses[key].verdict == "detects" for key in wanted] for each in subjects]
    return smallest_covers(np.array(detects, dtype=bool).reshape(len(subjects), len(wanted)), _costs(subjects))


def _costs(subjects: Sequence[Subject]) -> list[float]:
    return [each.seconds or 0.0 for each in subjects]
