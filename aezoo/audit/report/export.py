"""Files of an audit: the page, the cards, and tables for machines with a line a value, a verdict and a score."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from aezoo.audit.report.cards import cards
from aezoo.audit.report.findings import AuditFindings, analyse
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import AuditRecord, doses_of
from aezoo.audit.report.tables import main_finding, overview_tables
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.formats import render
from aezoo.reporting.formats.csv import csv_chunks
from aezoo.reporting.formats.escaping import escape_markdown
from aezoo.reporting.writer import write_file


def write_audit(record: AuditRecord, folder: Path) -> list[Path]:
    """Write README.md, audit.csv, tables and cards; return their paths, README.md last. Raises `ResultsError`."""
    return list(_write_files(record, folder))


def _write_files(record: AuditRecord, folder: Path) -> Iterator[Path]:
    findings = analyse(record)
    card_sections = dict(cards(findings))
    for name, sections in card_sections.items():
        yield _write_text(folder / "cards" / f"{name}.md", render(Document(tuple(sections)), "md"))
    frames = {"audit": tidy_values(record), "verdicts": tidy_verdicts(findings), "metrics": tidy_metrics(findings)}
    for name, frame in frames.items():
        path = folder / f"{name}.csv"
        yield write_file(path, (piece.encode("utf-8", "backslashreplace") for piece in csv_chunks(frame)))
    yield write_page(findings, folder)


def write_page(findings: AuditFindings, folder: Path) -> Path:
    """Write README.md, with links to the figures that `folder` holds; return its path. Raises `ResultsError`."""
    finding, *rest = overview_tables(findings)
    names = [name for name, _ in cards(findings)]
    index = PageSection("Files", tuple(_file_lines()))
    parts = (
        render(Document((finding,)), "md"),
        *_figure_lines(findings, folder),
        f"Cards, one for each metric: {', '.join(f'[{escape_markdown(name)}](cards/{name}.md)' for name in names)}.\n",
        *(["[Checks](checks.md) on laws drawn by formula, without images.\n"] * (folder / "checks.md").is_file()),
        render(Document((*rest, index)), "md"),
    )
    return _write_text(folder / "README.md", "\n".join(parts))


def _figure_lines(findings: AuditFindings, folder: Path) -> Iterator[str]:
    """Say what the figures in `folder` show and where they are; nothing without any."""
    if not (folder / "figures").is_dir():
        return
    from aezoo.audit.report.figures import FOLDER, HEAT_MAP, sheet_names  # matplotlib is slow to import

    place = f"{FOLDER}/{HEAT_MAP}.png"
    if (folder / place).is_file():
        yield f"![Heat map: {escape_markdown(main_finding(findings))}]({place})\n"
    if (folder / (vector := f"{FOLDER}/{HEAT_MAP}.svg")).is_file():
        yield f"The heat map [as SVG]({vector}).\n"
    sheets = {name: f"{FOLDER}/{stem}.png" for name, stem in sheet_names(findings).items()}
    links = [f"[{escape_markdown(name)}]({path})" for name, path in sheets.items() if (folder / path).is_file()]
    if links:
        yield f"Metrics against the dose of {', '.join(links)}.\n"


def _file_lines() -> Iterator[str]:
    yield "audit.json: the record, from which all the rest is made; audit.csv: the same values, one a line"
    yield "figures: python -m aezoo.bench figures FOLDER draws a heat map and the dose response of each control"
    yield "verdicts.csv: every metric against every control and dose; metrics.csv: every metric on real data"


def _write_text(path: Path, text: str) -> Path:
    return write_file(path, [text.encode("utf-8", "backslashreplace")])


def tidy_values(record: AuditRecord) -> pd.DataFrame:
    """Tabulate every raw value: role, control, dose, n, draw, metric, value, state."""
    lines = [
        (drawn["role"], drawn["control"], drawn["dose"], drawn["n"], drawn["draw"], name, value, state)
        for drawn in record.raw["sets"]
        for name, value in zip(record.columns, drawn["values"], strict=True)
        for state in (drawn["problems"].get(name, ["ok"])[0],)
    ]
    return pd.DataFrame(lines, columns=["role", "control", "dose", "n", "draw", "metric", "value", "state"])


def tidy_verdicts(findings: AuditFindings) -> pd.DataFrame:
    """Tabulate every score's answer to every control and dose; z is empty where the score has no spread."""
    return pd.DataFrame([line for metric in findings.ranked for line in _verdict_lines(findings, metric)])


def _verdict_lines(findings: AuditFindings, metric: MetricAudit) -> Iterator[dict[str, object]]:
    controls = {control["name"]: control for control in findings.record.controls}
    for (name, dose), response in metric.responses.items():
        control, by_dose = controls[name], metric.dose_responses.get(name)
        first = None if by_dose is None or by_dose.first is None else doses_of(control)[by_dose.first]
        yield {
            "metric": metric.name,
            "features": metric.score["features"] or "",
            "control": name,
            "dose": dose,
            "default": dose == control["default"],
            "verdict": response.verdict,
            "median_z": _finite(response.median),
            "threshold": response.threshold if response.z else None,
            "against": response.reference if response.z else None,
            "share_above": float(np.mean(np.array(response.z) > response.threshold)) if response.z else None,
            "first_dose": first,
            "monotone": None if by_dose is None else by_dose.monotone,
            "reason": response.reason,
        }


def tidy_metrics(findings: AuditFindings) -> pd.DataFrame:
    """Tabulate every score on real data: band, false alarms, what it needs, and its mean and spread at each n."""
    return pd.DataFrame([_metric_line(findings, metric) for metric in findings.metrics])


def _metric_line(findings: AuditFindings, metric: MetricAudit) -> dict[str, object]:
    line: dict[str, object] = {key: metric.score[key] for key in ("name", "question", "unit", "better", "ideal")}
    line |= {"same_as": findings.redundant.get(metric.name), "reason": metric.reason}
    band, alarms = metric.band, metric.false_alarms
    if band is None or alarms is None:
        return line
    line |= {"mean": band.mean, "sd": band.deviation, "threshold": band.threshold()}
    line |= {"alarms": alarms.count, "fresh": alarms.draws, "promise": band.false_alarm_bound}
    line |= {"training_z": _finite(metric.split_shift), "best_z": _finite(metric.best_z)}
    line |= {"mean_stable_from_n": metric.stable_n, "needs_n": metric.min_n}
    line |= {"own_seconds": metric.metric_seconds, "shared_seconds": sum(metric.shared_seconds.values())}
    for n, mean, deviation in metric.moments_by_n:
        line |= {f"mean_at_{n}": mean, f"sd_at_{n}": deviation}
    return line | {f"detects_at_{n}": len(names) for n, names in metric.detected_by_n}


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value
