"""Metric cards: of each metric in a report its definition, what it catches, what fools it, how many images it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aezoo.analysis.conventions import question_key
from aezoo.reporting.report.audit import audit_digest
from aezoo.reporting.report.catalogue import MetricEntry, metric_entries
from aezoo.reporting.report.data import metric_families
from aezoo.reporting.report.parts import Part
from aezoo.statistics.direction import describe

NOT_AUDITED = "not in the audit that comes with this version: what it catches and what fools it is not measured"


@dataclass(frozen=True)
class Finding:
    """The audit's sentences on one score: what it catches, what fools it, what it needs."""

    score: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A registered metric and its scores.

    Attributes:
        name: of the metric.
        question: which question it belongs to.
        entry: its documentation; None where the metric is not installed here.
        scores: name, unit and direction of each of its scores in these results.
        minimum_n: the smallest sensible number of images; None where any will do, or nobody says.
        findings: of the audit, for those of its scores that were audited.
    """

    name: str
    question: str
    entry: MetricEntry | None
    scores: tuple[tuple[str, str, str], ...]
    minimum_n: int | None
    findings: tuple[Finding, ...]


def metric_cards(parts: Sequence[Part]) -> list[Card]:
    """Make a card for each metric that the results have scores of, question by question."""
    scores: dict[tuple[str, str], dict[str, tuple[str, str, str]]] = {}
    for part in parts:
        families = metric_families(part.records)
        for table in part.tables:
            for column in table.columns:
                known = scores.setdefault((table.question, families.get(column.metric, column.metric)), {})
                known[column.metric] = (column.metric, column.unit, describe(column.better, column.ideal))
    ordered = sorted(scores, key=lambda each: (question_key(each[0]), each[1]))
    return [_card(question, name, tuple(scores[question, name].values())) for question, name in ordered]


def _card(question: str, name: str, scores: tuple[tuple[str, str, str], ...]) -> Card:
    entry = metric_entries().get(name)
    audited = audit_digest()["metrics"]
    found = [(score, audited[score]) for score, _, _ in scores if score in audited]
    minimum = entry.minimum_n if entry is not None else None
    return Card(
        name=name,
        question=question,
        entry=entry,
        scores=scores,
        minimum_n=minimum if minimum is not None else next((each["minimum_n"] for _, each in found), None),
        findings=tuple(Finding(score, tuple(each["statements"][:4])) for score, each in found),
    )
