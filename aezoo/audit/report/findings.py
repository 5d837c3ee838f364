"""From the values of an audit to verdicts: what each score catches, what it is blind to, what fools it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.audit.report.calibration import OverallFalseAlarms, overall_false_alarms
from aezoo.audit.report.metric_audit import MetricAudit, audit_metric
from aezoo.audit.report.record import AuditRecord, Dose, doses_of
from aezoo.audit.report.set_cover import SetCoverResult, smallest_covers

Cell = tuple[str, Dose]


@dataclass(frozen=True)
class DoseCover:
    """The smallest sets of scores that catch all of `wanted`, controls with a dose; `doses` says which, in words."""

    doses: str
    wanted: tuple[Cell, ...]
    found: SetCoverResult


@dataclass(frozen=True)
class AuditFindings:
    """An audit's verdicts.

    Attributes:
        subjects: one for each score and feature space.
        aliases: by name, the score of which it is another scale: both have the same z everywhere.
        overall: false alarms over all different scores; None where none has values.
        candidates: names of the scores that the covers are made of: the different ones, but for the unreliable.
        covers: the smallest sets that catch every control at its default dose, at its mildest, and at every dose.
    """

    audit: AuditRecord
    subjects: tuple[MetricAudit, ...]
    aliases: dict[str, str]
    overall: OverallFalseAlarms | None
    candidates: tuple[str, ...]
    covers: tuple[DoseCover, ...]

    def subject(self, name: str) -> MetricAudit:
        """What is known of a column."""
        return self.subjects[self.audit.columns[name]]

    @property
    def audited(self) -> list[MetricAudit]:
        """The scores that rank anything."""
        return [each for each in self.subjects if each.ranks]

    @property
    def different(self) -> list[MetricAudit]:
        """The audited scores, those that are another's scale left out."""
        return [each for each in self.audited if each.name not in self.aliases]

    def detectors(self, cell: Cell) -> list[MetricAudit]:
        """The different scores that detect a control at a dose, first those that detect the fewest cells in all."""
        found = [each for each in self.different if each.responses[cell].verdict == "detects"]
        return sorted(found, key=lambda each: len(each.verdicts("detects")))


def analyse(audit: AuditRecord) -> AuditFindings:
    """The verdicts of an audit."""
    subjects = tuple(audit_metric(audit, score) for score in audit.scores)
    aliases = redundant_scores(subjects)
    different = [each for each in subjects if each.band is not None and each.name not in aliases]
    candidates = [each for each in different if not each.unreliable]
    doses = {control["name"]: doses_of(control) for control in audit.controls}
    wanted: dict[str, list[Cell]] = {
        "at its default dose": [(control["name"], control["default"]) for control in audit.controls],
        "at its mildest dose": [(name, of_control[0]) for name, of_control in doses.items()],
        "at every dose": [(name, dose) for name, of_control in doses.items() for dose in of_control],
    }
    return AuditFindings(
        audit=audit,
        subjects=subjects,
        aliases=aliases,
        overall=_overall(audit, different),
        candidates=tuple(each.name for each in candidates),
        covers=tuple(DoseCover(words, tuple(keys), _covers(audit, candidates, keys)) for words, keys in wanted.items()),
    )


def redundant_scores(subjects: Sequence[MetricAudit]) -> dict[str, str]:
    """By name, the earlier score with the same z, up to rounding, on every draw of every control.

    Scores without spread have no z that could differ, so that they are never called the same.
    """
    kept: list[MetricAudit] = []
    found: dict[str, str] = {}
    for each in subjects:
        if each.band is None or each.band.deviation == 0 or not any(given.z for given in each.responses.values()):
            continue
        twin = next((other for other in kept if _same(each, other)), None)
        if twin is None:
            kept.append(each)
        else:
            found[each.name] = twin.name
    return found


def _same(first: MetricAudit, second: MetricAudit) -> bool:
    pairs = [(given, second.responses[cell]) for cell, given in first.responses.items()]
    return all(
        one.verdict == other.verdict and len(one.z) == len(other.z) and np.allclose(one.z, other.z, 1e-6, 1e-6)
        for one, other in pairs
    )


def _overall(audit: AuditRecord, subjects: Sequence[MetricAudit]) -> OverallFalseAlarms | None:
    if not subjects:
        return None
    sets = audit.oracle("band") + audit.oracle("fresh")
    values = np.stack([audit.values(sets, each.name) for each in subjects], axis=1)
    directions = [(each.score["better"], each.score["ideal"]) for each in subjects]
    return overall_false_alarms(values, len(audit.oracle("band")), directions)


def _covers(audit: AuditRecord, subjects: Sequence[MetricAudit], wanted: Sequence[Cell]) -> SetCoverResult:
    """Exact; what several scores of a set share, their metric or its inputs, costs once."""
    detects = [[each.responses[key].verdict == "detects" for key in wanted] for each in subjects]
    used = [{audit.own(each.score): each.own or 0.0, **each.shared} for each in subjects]
    prices = {key: seconds for of_score in used for key, seconds in of_score.items()}
    uses = [[key in of_score for key in prices] for of_score in used]
    return smallest_covers(
        np.array(detects, dtype=bool).reshape(len(subjects), len(wanted)),
        list(prices.values()),
        np.array(uses, dtype=bool).reshape(len(subjects), len(prices)),
    )
