"""Findings of an audit: the verdicts of all scores, and the smallest sets of scores that catch every control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.audit.report.calibration import OverallFalseAlarms, overall_false_alarms
from aezoo.audit.report.metric_audit import MetricAudit, audit_metric
from aezoo.audit.report.record import AuditRecord, Dose, doses_of
from aezoo.audit.report.set_cover import SetCoverResult, smallest_covers

Cell = tuple[str, Dose]
"""A control and a dose."""


@dataclass(frozen=True)
class DoseCover:
    """The smallest sets of scores that catch some controls.

    Attributes:
        doses: at which doses, in words.
        cells: the controls with their doses.
        result: the sets, as indices of `AuditFindings.candidates`, and what nothing covers, as indices of `cells`.
    """

    doses: str
    cells: tuple[Cell, ...]
    result: SetCoverResult


@dataclass(frozen=True)
class AuditFindings:
    """The verdicts of an audit.

    Attributes:
        record: that they are made from.
        metrics: the audit of each score in each feature space.
        redundant: by name, the score of which it is another scale: both have the same z everywhere.
        false_alarms: over all distinct scores; None where none has values.
        candidates: names of the scores that the covers are made of: the distinct ones, but for the unreliable.
        covers: the smallest sets that catch every control at its default dose, at its mildest, and at every dose.
    """

    record: AuditRecord
    metrics: tuple[MetricAudit, ...]
    redundant: dict[str, str]
    false_alarms: OverallFalseAlarms | None
    candidates: tuple[str, ...]
    covers: tuple[DoseCover, ...]

    def metric(self, name: str) -> MetricAudit:
        """Return the audit of a column."""
        return self.metrics[self.record.columns[name]]

    @property
    def ranked(self) -> list[MetricAudit]:
        """The scores that rank anything."""
        return [metric for metric in self.metrics if metric.is_ranked]

    @property
    def distinct(self) -> list[MetricAudit]:
        """The ranked scores, those that are another's scale left out."""
        return [metric for metric in self.ranked if metric.name not in self.redundant]

    def detectors(self, cell: Cell) -> list[MetricAudit]:
        """List the distinct scores that detect a control at a dose, first those that detect the fewest cells in all."""
        detecting = [metric for metric in self.distinct if metric.responses[cell].verdict == "detects"]
        return sorted(detecting, key=lambda metric: len(metric.with_verdict("detects")))


def analyse(record: AuditRecord) -> AuditFindings:
    """Work out the verdicts of an audit from its record."""
    metrics = tuple(audit_metric(record, score) for score in record.scores)
    redundant = redundant_scores(metrics)
    distinct = [metric for metric in metrics if metric.band is not None and metric.name not in redundant]
    candidates = [metric for metric in distinct if not metric.is_unreliable]
    doses = {control["name"]: doses_of(control) for control in record.controls}
    cells: dict[str, list[Cell]] = {
        "at its default dose": [(control["name"], control["default"]) for control in record.controls],
        "at its mildest dose": [(name, of_control[0]) for name, of_control in doses.items()],
        "at every dose": [(name, dose) for name, of_control in doses.items() for dose in of_control],
    }
    return AuditFindings(
        record=record,
        metrics=metrics,
        redundant=redundant,
        false_alarms=_overall_false_alarms(record, distinct),
        candidates=tuple(metric.name for metric in candidates),
        covers=tuple(
            DoseCover(text, tuple(chosen), _cover(record, candidates, chosen)) for text, chosen in cells.items()
        ),
    )


def redundant_scores(metrics: Sequence[MetricAudit]) -> dict[str, str]:
    """Find, by name, the earlier score with the same z, up to rounding, on every draw of every control.

    Scores without spread have no z that could differ, so that they are never called the same.
    """
    kept: list[MetricAudit] = []
    redundant: dict[str, str] = {}
    for metric in metrics:
        has_z = any(response.z for response in metric.responses.values())
        if metric.band is None or metric.band.deviation == 0 or not has_z:
            continue
        original = next((other for other in kept if _have_same_z(metric, other)), None)
        if original is None:
            kept.append(metric)
        else:
            redundant[metric.name] = original.name
    return redundant


def _have_same_z(first: MetricAudit, second: MetricAudit) -> bool:
    pairs = [(response, second.responses[cell]) for cell, response in first.responses.items()]
    return all(
        one.verdict == other.verdict and len(one.z) == len(other.z) and np.allclose(one.z, other.z, 1e-6, 1e-6)
        for one, other in pairs
    )


def _overall_false_alarms(record: AuditRecord, metrics: Sequence[MetricAudit]) -> OverallFalseAlarms | None:
    if not metrics:
        return None
    sets = record.oracle("band") + record.oracle("fresh")
    values = np.stack([record.values(sets, metric.name) for metric in metrics], axis=1)
    directions = [(metric.score["better"], metric.score["ideal"]) for metric in metrics]
    return overall_false_alarms(values, len(record.oracle("band")), directions)


def _cover(record: AuditRecord, metrics: Sequence[MetricAudit], cells: Sequence[Cell]) -> SetCoverResult:
    """Find the exact cover; what several scores of a set share, their metric or its inputs, costs once."""
    detects = [[metric.responses[cell].verdict == "detects" for cell in cells] for metric in metrics]
    used = [
        {record.metric_key(metric.score): metric.metric_seconds or 0.0, **metric.shared_seconds} for metric in metrics
    ]
    prices = {key: seconds for of_metric in used for key, seconds in of_metric.items()}
    uses = [[key in of_metric for key in prices] for of_metric in used]
    return smallest_covers(
        np.array(detects, dtype=bool).reshape(len(metrics), len(cells)),
        list(prices.values()),
        np.array(uses, dtype=bool).reshape(len(metrics), len(prices)),
    )
