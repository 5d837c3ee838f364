"""Tables of symbols: what each score sees, first sees and is fooled by; numbers stand on the cards."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from aezoo.audit.report.calibration_tables import calibration_table, min_n_table, set_cover_table
from aezoo.audit.report.findings import AuditFindings, Cell
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import doses_of
from aezoo.audit.report.text import (
    MISSED,
    NOT_FOOLED,
    NOT_FOOLED_LEGEND,
    NOT_RISING,
    SYMBOL_LEGEND,
    dose_text,
    doses_line,
    feature_space_text,
    legend,
    verdict_symbol,
)
from aezoo.reporting.document import PageSection

MAX_RARE_DETECTORS = 3


def overview_tables(findings: AuditFindings) -> Iterator[PageSection]:
    """Make every section of the page on all scores, the finding first and how it was made last."""
    yield _finding(findings)
    yield PageSection("How to read the tables", (*legend(findings.record), NOT_FOOLED_LEGEND))
    yield controls_table(findings)
    for features, metrics in by_space(findings):
        yield verdicts_table(findings, features, metrics)
    yield set_cover_table(findings)
    yield doses_table(findings)
    yield fooled_table(findings)
    for features, metrics in by_space(findings):
        yield first_doses_table(findings, features, metrics)
    yield min_n_table(findings)
    yield calibration_table(findings)
    yield _provenance(findings)


def _finding(findings: AuditFindings) -> PageSection:
    name, scores, controls = findings.record.raw["dataset"]["name"], findings.distinct, findings.record.controls
    lines = [f"{len(scores)} different scores were shown {len(controls)} generators that are known to be bad"]
    lines.append(main_finding(findings))
    cover = findings.covers[0].result
    if cover.examples:
        size, names = len(cover.examples[0]), ", ".join(findings.candidates[i] for i in cover.examples[0])
        together = f"{size} scores together notice" if size > 1 else "one score notices"
        every = "all that any of them notices" if cover.uncovered else "every one of them"
        lines.append(f"{together} {every}, for example {names}")
    return PageSection(f"Audit of sample metrics on {name}", tuple(lines), level=1)


def main_finding(findings: AuditFindings) -> str:
    """Say which failures the fewest and the most scores notice, and how many scores are fooled."""
    scores = [metric for metric in findings.distinct if metric.responses]
    cells = ordered_cells(findings)
    seen = {cell: len(findings.detectors(cell)) for cell in cells}
    fooled = sum(any(metric.responses[cell].verdict == "fooled" for cell in cells) for metric in scores)
    record = findings.record.raw
    most = f"{cells[0][0]} is noticed by {seen[cells[0]]} of {len(scores)} scores"
    least = f", {cells[-1][0]} by {seen[cells[-1]]}" if len(cells) > 1 else ""
    taken = f"; {fooled} take{'s' if fooled == 1 else ''} a failure for better than real data"
    return f"{most}{least}{taken} ({record['dataset']['name']}, n = {findings.record.n}, default doses)"


def ordered_cells(findings: AuditFindings) -> list[Cell]:
    """List the controls at their default doses, first the one that most scores notice."""
    cells = [(control["name"], control["default"]) for control in findings.record.controls]
    return sorted(cells, key=lambda cell: -len(findings.detectors(cell)))


def command_line(findings: AuditFindings) -> str:
    """Write the command that was run, without the folders of the machine."""
    spec = findings.record.raw["spec"]
    data_file = ["--data-file", spec["data_file"]] if spec["data_file"] else []
    options = [*data_file, "--n", spec["n"], "--draws", spec["draws"], *spec["asked"]]
    return f"python -m aezoo.bench audit --dataset {shlex.join([spec['dataset'], *map(str, options)])}"


def _provenance(findings: AuditFindings) -> PageSection:
    raw = findings.record.raw
    spec, data, timing, versions = raw["spec"], raw["dataset"], raw["timing"], raw["environment"]
    lines = [
        f"command: {command_line(findings)}",
        f"data: {data['name']}, fingerprint {data['fingerprint'][:12]}, {data['note'] or 'no note'}",
        f"{len(findings.distinct)} different scores of {len(findings.metrics)}, from {len(spec['metrics'])} metrics; "
        f"{len(findings.record.controls)} controls with {spec['draws']} draws at each dose; n = {spec['n']} images on "
        "each side",
        *_redundancy_lines(findings),
        *(f"{metric.name} is {metric.reason}" for metric in findings.metrics if not metric.is_ranked),
        _draws_line(findings),
        f"{timing['wall']:.0f} s with {timing['jobs']} processes, {timing['cpu']:.0f} s of processor time",
        f"aezoo {versions['aezoo']}, tensorflow {versions['tensorflow']}, numpy {versions['numpy']}",
    ]
    return PageSection("How it was made", tuple(lines))


def _redundancy_lines(findings: AuditFindings) -> Iterator[str]:
    if findings.redundant:
        pairs = (f"{name} and {original}" for name, original in findings.redundant.items())
        yield f"the same on another scale, and counted once: {', '.join(pairs)}"


def _draws_line(findings: AuditFindings) -> str:
    record = findings.record
    drawn = (record.oracle("band"), record.oracle("fresh"), record.training(record.n))
    band, fresh, train = (len(sets) for sets in drawn)
    sizes = record.raw["dataset"]["sizes"]
    return (
        f"oracle: {band} draws without replacement of {sizes['oracle']} held-out images make the band, {fresh} others "
        "check it" + (f"; training images: {train} draws of {sizes['train']}" if train else "")
    )


def by_space(findings: AuditFindings) -> Iterator[tuple[str | None, list[MetricAudit]]]:
    """Group the ranked scores by feature space, those of none last."""
    spaces = dict.fromkeys(metric.score["features"] for metric in findings.ranked)
    for features in sorted(spaces, key=lambda name: (name is None, name)):
        yield features, [metric for metric in findings.ranked if metric.score["features"] == features]


def controls_table(findings: AuditFindings) -> PageSection:
    """List what each control does, and its doses."""
    lines = (f"{i} {control['name']}: {control['summary']} {doses_line(control)}" for i, control in _numbered(findings))
    return PageSection("The controls, and their numbers in the tables", ("doses stand from mild to severe", *lines))


def verdicts_table(findings: AuditFindings, features: str | None, metrics: Sequence[MetricAudit]) -> PageSection:
    """Make the table of verdicts on each control at its default dose."""
    numbered = _numbered(findings)
    rows = tuple(
        (
            metric.name + NOT_FOOLED * metric.cannot_be_fooled,
            *(verdict_symbol(metric.responses[(control["name"], control["default"])]) for _, control in numbered),
        )
        for metric in metrics
    )
    lines = (f"each control at its default dose: {_key(findings)}",)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return PageSection(f"What each metric sees: {feature_space_text(features)}", lines, headers, rows)


def _numbered(findings: AuditFindings) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(findings.record.controls, start=1))


def _key(findings: AuditFindings) -> str:
    named = ((i, control["name"], control["default"]) for i, control in _numbered(findings))
    return ", ".join(f"{i}: {name}" + ("" if dose is None else f" at {dose:g}") for i, name, dose in named)


def doses_table(findings: AuditFindings) -> PageSection:
    """Make the table of how many scores detect each control at each dose, and which rare ones."""
    headers = ("control", "dose", "rarest detectors", "detect", "fooled", "blind", "no value")
    rows = tuple(_dose_row(findings, c["name"], dose) for c in findings.record.controls for dose in doses_of(c))
    never = [f"{row[0]} {row[1]}" for row in rows if row[3] == "0"]
    lines = (
        f"doses from mild to severe; how many of the {len(findings.distinct)} different scores give each verdict, and "
        f"up to {MAX_RARE_DETECTORS} of those that detect: the ones that detect the fewest cells of this table",
        f"seen by no metric: {', '.join(never) or 'none'}",
    )
    return PageSection("Each control at each dose", lines, headers, rows, text_columns=3)


def _dose_row(findings: AuditFindings, control: str, dose: float | None) -> tuple[str, ...]:
    verdicts = [metric.responses[(control, dose)].verdict for metric in findings.distinct]
    counts = [sum(verdict in kinds for verdict in verdicts) for kinds in (("fooled",), ("blind",), ("n/a", "error"))]
    detectors = [metric.name for metric in findings.detectors((control, dose))]
    shown = ", ".join(detectors[:MAX_RARE_DETECTORS]) + (" ..." if len(detectors) > MAX_RARE_DETECTORS else "")
    return (control, dose_text(dose), shown or "–", str(len(detectors)), *map(str, counts))


def fooled_table(findings: AuditFindings) -> PageSection:
    """Make the table of the controls that are taken for better than real data, or for real."""
    rows = tuple(row for metric in findings.distinct for row in _fooled_rows(findings, metric))
    noise = [row[0] for row in rows if row[1] == "noise-mixture" and row[2] != "–"]
    lines = (
        "fooled at: doses at which the control is taken for better than real data",
        "taken for real at: doses at which it looks no worse than real data although a milder dose is detected, which "
        "happens to scores whose best value is that of real data as well",
        f"prefer noise at some share of it: {', '.join(dict.fromkeys(noise)) or 'none'}",
    )
    headers = ("metric", "control", "fooled at", "taken for real at")
    return PageSection("What fools which metric", lines, headers, rows, text_columns=4)


def _fooled_rows(findings: AuditFindings, metric: MetricAudit) -> Iterator[tuple[str, ...]]:
    fooled, real = metric.with_verdict("fooled"), metric.taken_for_real()
    for control in findings.record.controls:
        doses = [[dose_text(dose) for name, dose in cells if name == control["name"]] for cells in (fooled, real)]
        if any(doses):
            yield (metric.name, control["name"], *(", ".join(texts) or "–" for texts in doses))


def first_doses_table(findings: AuditFindings, features: str | None, metrics: Sequence[MetricAudit]) -> PageSection:
    """Make the table of the mildest dose of each control that is detected."""
    numbered = _numbered(findings)
    rows = tuple((metric.name, *(first_dose(metric, control) for _, control in numbered)) for metric in metrics)
    names = ", ".join(f"{i}: {control['name']}" for i, control in numbered)
    lines = (f"the mildest dose that is detected; – none. {SYMBOL_LEGEND}", names)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return PageSection(f"The first dose that is seen: {feature_space_text(features)}", lines, headers, rows)


def first_dose(metric: MetricAudit, control: dict[str, Any]) -> str:
    """Write ``0.05`` with its marks; why there is none where a dose has no value."""
    response = metric.dose_responses.get(control["name"])
    if response is None:
        answers = [metric.responses[(control["name"], dose)] for dose in doses_of(control)]
        return next(answer.verdict for answer in answers if not answer.z)
    marks = NOT_RISING * (response.monotone in ("flat", "falling"))
    if response.first is None:
        return f"–{marks}"
    return dose_text(doses_of(control)[response.first]) + MISSED * (not response.holds) + marks
