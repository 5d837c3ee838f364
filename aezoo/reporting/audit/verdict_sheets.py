"""What each score sees, first sees and is fooled by, as tables of symbols; numbers stand on the cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aezoo.reporting.audit.findings import Findings
from aezoo.reporting.audit.record import doses_of
from aezoo.reporting.audit.subjects import Subject
from aezoo.reporting.audit.words import (
    MARKS,
    MISSED,
    NOT_FOOLED,
    NOT_RISING,
    dose_text,
    doses_line,
    place,
    symbol,
)
from aezoo.reporting.sheets import Sheet

RAREST = 3


def by_space(findings: Findings) -> Iterator[tuple[str | None, list[Subject]]]:
    """The audited scores of each feature space, those of none last."""
    spaces = dict.fromkeys(subject.score["features"] for subject in findings.audited)
    for features in sorted(spaces, key=lambda name: (name is None, name)):
        yield features, [each for each in findings.audited if each.score["features"] == features]


def _numbered(findings: Findings) -> list[tuple[int, dict[str, Any]]]:
    return list(enumerate(findings.audit.controls, start=1))


def controls_sheet(findings: Findings) -> Sheet:
    """What each control does, and its doses."""
    lines = (f"{i} {control['name']}: {control['summary']} {doses_line(control)}" for i, control in _numbered(findings))
    return Sheet("The controls, and their numbers in the tables", ("doses stand from mild to severe", *lines))


def failures(findings: Findings, features: str | None, subjects: Sequence[Subject]) -> Sheet:
    """The verdict on each control at its default dose."""
    numbered = _numbered(findings)
    rows = tuple(
        (
            each.name + NOT_FOOLED * each.cannot_be_fooled,
            *(symbol(each.responses[(control["name"], control["default"])]) for _, control in numbered),
        )
        for each in subjects
    )
    lines = (f"each control at its default dose: {_key(findings)}",)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return Sheet(f"What each metric sees: {place(features)}", lines, headers, rows)


def _key(findings: Findings) -> str:
    named = ((i, control["name"], control["default"]) for i, control in _numbered(findings))
    return ", ".join(f"{i}: {name}" + ("" if dose is None else f" at {dose:g}") for i, name, dose in named)


def each_dose(findings: Findings) -> Sheet:
    """How many scores detect each control at each dose, and which rare ones."""
    headers = ("control", "dose", "rarest detectors", "detect", "fooled", "blind", "no value")
    rows = tuple(_dose_row(findings, c["name"], dose) for c in findings.audit.controls for dose in doses_of(c))
    never = [f"{row[0]} {row[1]}" for row in rows if row[3] == "0"]
    lines = (
        f"doses from mild to severe; how many of the {len(findings.different)} different scores give each verdict, and "
        f"up to {RAREST} of those that detect: the ones that detect the fewest cells of this table",
        f"seen by no metric: {', '.join(never) or 'none'}",
    )
    return Sheet("Each control at each dose", lines, headers, rows, text_columns=3)


def _dose_row(findings: Findings, control: str, dose: float | None) -> tuple[str, ...]:
    given = [each.responses[(control, dose)].verdict for each in findings.different]
    counts = [sum(verdict in kinds for verdict in given) for kinds in (("fooled",), ("blind",), ("n/a", "error"))]
    seen = [each.name for each in findings.detectors((control, dose))]
    shown = ", ".join(seen[:RAREST]) + (" ..." if len(seen) > RAREST else "")
    return (control, dose_text(dose), shown or "–", str(len(seen)), *map(str, counts))


def fooled(findings: Findings) -> Sheet:
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
    return Sheet("What fools which metric", lines, headers, rows, text_columns=4)


def _fooled_rows(findings: Findings, subject: Subject) -> Iterator[tuple[str, ...]]:
    fooled, real = subject.verdicts("fooled"), subject.taken_for_real()
    for control in findings.audit.controls:
        doses = [[dose_text(dose) for name, dose in cells if name == control["name"]] for cells in (fooled, real)]
        if any(doses):
            yield (subject.name, control["name"], *(", ".join(of) or "–" for of in doses))


def first_doses(findings: Findings, features: str | None, subjects: Sequence[Subject]) -> Sheet:
    """The mildest dose of each control that is detected."""
    numbered = _numbered(findings)
    rows = tuple((each.name, *(first_dose(each, control) for _, control in numbered)) for each in subjects)
    names = ", ".join(f"{i}: {control['name']}" for i, control in numbered)
    lines = (f"the mildest dose that is detected; – none. {MARKS}", names)
    headers = ("metric", *(str(i) for i, _ in numbered))
    return Sheet(f"The first dose that is seen: {place(features)}", lines, headers, rows)


def first_dose(subject: Subject, control: dict[str, Any]) -> str:
    """``0.05``, with its marks."""
    answer = subject.doses.get(control["name"])
    if answer is None:
        cells = [(control["name"], dose) for dose in doses_of(control)]
        return next(subject.responses[each].verdict for each in cells if not subject.responses[each].z)
    marks = NOT_RISING * (answer.monotone in ("flat", "falling"))
    if answer.first is None:
        return f"–{marks}"
    return dose_text(doses_of(control)[answer.first]) + MISSED * (not answer.holds) + marks
