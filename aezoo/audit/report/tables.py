"""What each score sees, first sees and is fooled by, as tables of symbols; numbers stand on the cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aezoo.audit.report.calibration_tables import needs_sheet, real_data, smallest
from aezoo.audit.report.findings import AuditFindings
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import doses_of
from aezoo.audit.report.text import (
    MARKED,
    MARKS,
    MISSED,
    NOT_FOOLED,
    NOT_RISING,
    dose_text,
    doses_line,
    feature_space_text,
    legend,
    verdict_symbol,
)
from aezoo.reporting.document import PageSection

RAREST = 3


def overview(findings: AuditFindings) -> Iterator[PageSection]:
    """All of it."""
    yield _what(findings)
    yield PageSection("How to read the tables", (*legend(findings.audit), MARKED))
    yield controls_sheet(findings)
    for features, subjects in by_space(findings):
        yield failures(findings, features, subjects)
    yield smallest(findings)
    yield each_dose(findings)
    yield fooled(findings)
    for features, subjects in by_space(findings):
        yield first_doses(findings, features, subjects)
    yield needs_sheet(findings)
    yield from real_data(findings)


def command(findings: AuditFindings) -> str:
    """What was run, without the folders of the machine."""
    spec = findings.audit.raw["spec"]
    data_file = ["--data-file", spec["data_file"]] if spec["data_file"] else []
    options = [*data_file, "--n", spec["n"], "--draws", spec["draws"], *spec["asked"]]
    return " ".join(["python -m aezoo.bench audit --dataset", spec["dataset"], *map(str, options)])


def _what(findings: AuditFindings) -> PageSection:
    raw = findings.audit.raw
    spec, data, timing, versions = raw["spec"], raw["dataset"], raw["timing"], raw["environment"]
    lines = [
        f"command: {command(findings)}",
        f"data: {data['name']}, fingerprint {data['fingerprint'][:12]}, {data['note'] or 'no note'}",
        f"{len(findings.different)} different scores of {len(findings.subjects)}, from {len(spec['metrics'])} metrics; "
        f"{len(findings.audit.controls)} controls with {spec['draws']} draws at each dose; n = {spec['n']} images on "
        "each side",
        *_aliases(findings),
        *(f"{each.name} is {each.reason}" for each in findings.subjects if not each.ranks),
        _draws(findings),
        f"{timing['wall']:.0f} s with {timing['jobs']} processes, {timing['cpu']:.0f} s of processor time",
        f"aezoo {versions['aezoo']}, tensorflow {versions['tensorflow']}, numpy {versions['numpy']}",
    ]
    return PageSection(f"Audit of sample metrics on {data['name']}", tuple(lines), level=1)


def _aliases(findings: AuditFindings) -> Iterator[str]:
    if findings.aliases:
        pairs = (f"{name} and {of}" for name, of in findings.aliases.items())
        yield f"the same on another scale, and counted once: {', '.join(pairs)}"


def _draws(findings: AuditFindings) -> str:
    audit = findings.audit
    band, fresh, train = (len(sets) for sets in (audit.oracle("band"), audit.oracle("fresh"), audit.training(audit.n)))
    sizes = audit.raw["dataset"]["sizes"]
    return (
        f"oracle: {band} draws without replacement of {sizes['oracle']} held-out digits make the band, {fresh} others "
        "check it" + (f"; training digits: {train} draws of {sizes['train']}" if train else "")
    )


def by_space(findings: AuditFindings) -> Iterator[tuple[str | None, list[MetricAudit]]]:
    """The audited scores of each feature space, those of none last."""
    spaces = dict.fromkeys(subject.score["features"] for subject in findings.audited)
    for features in sorted(spaces, key=lambda name: (name is None, name)):
        yield features, [each for each in findings.audited if each.score["features"] == features]


def _numbered(findings: AuditFindings) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(findings.audit.controls, start=1))


def controls_sheet(findings: AuditFindings) -> PageSection:
    """What each control does, and its doses."""
    lines = (f"{i} {control['name']}: {control['summary']} {doses_line(control)}" for i, control in _numbered(findings))
    return PageSection("The controls, and their numbers in the tables", ("doses stand from mild to severe", *lines))


def failures(findings: AuditFindings, features: str | None, subjects: Sequence[MetricAudit]) -> PageSection:
    """The verdict on each control at its default dose."""
    numbered = _numbered(findings)
    rows = tuple(
        (
            each.name + NOT_FOOLED * each.cannot_be_fooled,
            *(verdict_symbol(each.responses[(control["name"], control["default"])]) for _, control in numbered),
        )
        for each in subjects
    )
    lines = (f"each control at its default dose: {_key(findings)}",)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return PageSection(f"What each metric sees: {feature_space_text(features)}", lines, headers, rows)


def _key(findings: AuditFindings) -> str:
    named = ((i, control["name"], control["default"]) for i, control in _numbered(findings))
    return ", ".join(f"{i}: {name}" + ("" if dose is None else f" at {dose:g}") for i, name, dose in named)


def each_dose(findings: AuditFindings) -> PageSection:
    """How many scores detect each control at each dose, and which rare ones."""
    headers = ("control", "dose", "rarest detectors", "detect", "fooled", "blind", "no value")
    rows = tuple(_dose_row(findings, c["name"], dose) for c in findings.audit.controls for dose in doses_of(c))
    never = [f"{row[0]} {row[1]}" for row in rows if row[3] == "0"]
    lines = (
        f"doses from mild to severe; how many of the {len(findings.different)} different scores give each verdict, and "
        f"up to {RAREST} of those that detect: the ones that detect the fewest cells of this table",
        f"seen by no metric: {', '.join(never) or 'none'}",
    )
    return PageSection("Each control at each dose", lines, headers, rows, text_columns=3)


def _dose_row(findings: AuditFindings, control: str, dose: float | None) -> tuple[str, ...]:
    given = [each.responses[(control, dose)].verdict for each in findings.different]
    counts = [sum(verdict in kinds for verdict in given) for kinds in (("fooled",), ("blind",), ("n/a", "error"))]
    seen = [each.name for each in findings.detectors((control, dose))]
    shown = ", ".join(seen[:RAREST]) + (" ..." if len(seen) > RAREST else "")
    return (control, dose_text(dose), shown or "–", str(len(seen)), *map(str, counts))


def fooled(findings: AuditFindings) -> PageSection:
    """Which controls are taken for better than real data, or for real."""
    rows = tuple(row for each in findings.different for row in _fooled_rows(findings, each))
    noise = [row[0] for row in rows if row[1] == "noise-mixture" and row[2] != "–"]
    lines = (
        "fooled at: doses at which the control is taken for better than real data",
        "taken for real at: doses at which it looks no worse than real data although a milder dose is detected, which "
        "happens to scores whose best value is that of real data as well",
        f"prefer noise at some share of it: {', '.join(dict.fromkeys(noise)) or 'none'}",
    )
    headers = ("metric", "control", "fooled at", "taken for real at")
    return PageSection("What fools which metric", lines, headers, rows, text_columns=4)


def _fooled_rows(findings: AuditFindings, subject: MetricAudit) -> Iterator[tuple[str, ...]]:
    fooled, real = subject.verdicts("fooled"), subject.taken_for_real()
    for control in findings.audit.controls:
        doses = [[dose_text(dose) for name, dose in cells if name == control["name"]] for cells in (fooled, real)]
        if any(doses):
            yield (subject.name, control["name"], *(", ".join(of) or "–" for of in doses))


def first_doses(findings: AuditFindings, features: str | None, subjects: Sequence[MetricAudit]) -> PageSection:
    """The mildest dose of each control that is detected."""
    numbered = _numbered(findings)
    rows = tuple((each.name, *(first_dose(each, control) for _, control in numbered)) for each in subjects)
    names = ", ".join(f"{i}: {control['name']}" for i, control in numbered)
    lines = (f"the mildest dose that is detected; – none. {MARKS}", names)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return PageSection(f"The first dose that is seen: {feature_space_text(features)}", lines, headers, rows)


def first_dose(subject: MetricAudit, control: dict[str, Any]) -> str:
    """``0.05``, with its marks."""
    answer = subject.doses.get(control["name"])
    if answer is None:
        cells = [(control["name"], dose) for dose in doses_of(control)]
        return next(subject.responses[each].verdict for each in cells if not subject.responses[each].z)
    marks = NOT_RISING * (answer.monotone in ("flat", "falling"))
    if answer.first is None:
        return f"–{marks}"
    return dose_text(doses_of(control)[answer.first]) + MISSED * (not answer.holds) + marks
