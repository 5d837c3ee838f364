"""The tables of an audit for machines: one line a value, one a verdict, one a metric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from aezoo.audit.report.cards import cards
from aezoo.audit.report.findings import AuditFindings, analyse
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import AuditRecord, doses_of
from aezoo.audit.report.tables import overview
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.formats import render
from aezoo.reporting.formats.csv import csv_chunks
from aezoo.reporting.writer import write_file


def write_audit(audit: AuditRecord, folder: Path) -> list[Path]:
    """Write README.md, audit.csv, tables and cards; returns their paths. Raises `ResultsError`."""
    return list(_written(audit, folder))


def _written(audit: AuditRecord, folder: Path) -> Iterator[Path]:
    findings = analyse(audit)
    written = dict(cards(findings))
    for name, sheets in written.items():
        yield _write_text(folder / "cards" / f"{name}.md", render(Document(tuple(sheets)), "md"))
    frames = {"audit": tidy_values(audit), "verdicts": tidy_verdicts(findings), "metrics": tidy_metrics(findings)}
    for name, frame in frames.items():
        path = folder / f"{name}.csv"
        yield write_file(path, (piece.encode("utf-8", "backslashreplace") for piece in csv_chunks(frame)))
    index = PageSection("Files", tuple(_files(list(written))))
    yield _write_text(folder / "README.md", render(Document((*overview(findings), index)), "md"))


def _files(names: list[str]) -> Iterator[str]:
    yield "audit.json: the record, from which all the rest is made; audit.csv: the same values, one a line"
    yield "verdicts.csv: every metric against every control and dose; metrics.csv: every metric on real data"
    yield f"cards, one for each metric: {', '.join(f'cards/{name}.md' for name in names)}"


def _write_text(path: Path, text: str) -> Path:
    return write_file(path, [text.encode("utf-8", "backslashreplace")])


def tidy_values(audit: AuditRecord) -> pd.DataFrame:
    """Every raw value: role, control, dose, n, draw, metric, value, state."""
    lines = [
        (each["role"], each["control"], each["dose"], each["n"], each["draw"], name, value, state)
        for each in audit.raw["sets"]
        for name, value in zip(audit.columns, each["values"], strict=True)
        for state in (each["problems"].get(name, ["ok"])[0],)
    ]
    return pd.DataFrame(lines, columns=["role", "control", "dose", "n", "draw", "metric", "value", "state"])


def tidy_verdicts(findings: AuditFindings) -> pd.DataFrame:
    """Every score's answer to every control and dose; z is empty where the score has no spread."""
    return pd.DataFrame([line for subject in findings.audited for line in _verdict_lines(findings, subject)])


def _verdict_lines(findings: AuditFindings, subject: MetricAudit) -> Iterator[dict[str, object]]:
    controls = {control["name"]: control for control in findings.audit.controls}
    for (name, dose), given in subject.responses.items():
        control, answer = controls[name], subject.doses.get(name)
        first = None if answer is None or answer.first is None else doses_of(control)[answer.first]
        yield {
            "metric": subject.name,
            "features": subject.score["features"] or "",
            "control": name,
            "dose": dose,
            "default": dose == control["default"],
            "verdict": given.verdict,
            "median_z": given.median if given.median is not None and np.isfinite(given.median) else None,
            "threshold": given.threshold if given.z else None,
            "against": given.against if given.z else None,
            "share_above": float(np.mean(np.array(given.z) > given.threshold)) if given.z else None,
            "first_dose": first,
            "monotone": None if answer is None else answer.monotone,
            "reason": given.reason,
        }


def tidy_metrics(findings: AuditFindings) -> pd.DataFrame:
    """Every score on real data: band, false alarms, what it needs, and its mean and spread at each n."""
    return pd.DataFrame([_metric_line(findings, each) for each in findings.subjects])


def _metric_line(findings: AuditFindings, subject: MetricAudit) -> dict[str, object]:
    line: dict[str, object] = {key: subject.score[key] for key in ("name", "question", "unit", "better", "ideal")}
    line |= {"same_as": findings.aliases.get(subject.name), "reason": subject.reason}
    band, found = subject.band, subject.alarms
    if band is None or found is None:
        return line
    line |= {"mean": band.mean, "sd": band.deviation, "threshold": band.threshold()}
    line |= {"alarms": found.count, "fresh": found.draws, "promise": band.promise}
    line |= {"training_z": _finite(subject.shift), "best_z": _finite(subject.best)}
    line |= {"mean_stable_from_n": subject.stable, "needs_n": subject.needs}
    line |= {"own_seconds": subject.own, "shared_seconds": sum(subject.shared.values())}
    for n, mean, deviation in subject.sizes:
        line |= {f"mean_at_{n}": mean, f"sd_at_{n}": deviation}
    return line | {f"detects_at_{n}": len(names) for n, names in subject.detected}


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value
