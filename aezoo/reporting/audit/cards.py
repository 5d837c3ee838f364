"""One card for each metric: what it catches, what it is blind to, what fools it, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from aezoo.registry import NAME_PATTERN
from aezoo.reporting.audit.findings import Findings, Subject
from aezoo.reporting.audit.record import doses_of
from aezoo.reporting.audit.sheets import first_dose, needs_text
from aezoo.reporting.audit.words import MARKS, READING, THRESHOLDS, cell, direction, dose_text, number, percent, place
from aezoo.reporting.sheets import Sheet
from aezoo.statistics.bands import Band


def cards(findings: Findings) -> Iterator[tuple[str, list[Sheet]]]:
    """The file name, without its suffix, and the content of each card."""
    ordered = sorted(findings.subjects, key=_score_name)
    for name, group in groupby(ordered, key=_score_name):
        yield file_name(name), list(_card(findings, name, list(group)))


def file_name(score: str) -> str:
    """The score's name if it can name a file; of any other, a hash."""
    plain = NAME_PATTERN.fullmatch(score) and not score.endswith(".")
    return score if plain else f"metric-{hashlib.sha256(score.encode()).hexdigest()[:12]}"


def _score_name(subject: Subject) -> str:
    return str(subject.score["score"])


def _card(findings: Findings, name: str, subjects: Sequence[Subject]) -> Iterator[Sheet]:
    yield Sheet(name, tuple(_head(findings, subjects[0])), level=1)
    for subject in subjects:
        yield Sheet(f"{subject.name}: {place(subject.score['features'])}", tuple(_says(findings, subject)))
    yield _responses(findings, subjects)
    yield _sizes(subjects)
    yield Sheet("How to read this card", (*READING, MARKS, THRESHOLDS))


def _head(findings: Findings, subject: Subject) -> Iterator[str]:
    score, audit = subject.score, findings.audit
    low, high = ("unbounded" if bound is None else f"{bound:g}" for bound in score["range"])
    yield score["summary"]
    yield f"question: {score['question']}; unit: {score['unit']}; range: {low} to {high}; {direction(subject)}"
    slow = "; slow: only on request" if score["slow"] else ""
    yield f"computed by {score['family']}, version {score['version']}{slow}"
    below = ", which is more than here" if score["minimum_n"] > audit.n else ""
    yield f"registered smallest sensible n: {score['minimum_n']}{below}"
    data = audit.raw["dataset"]
    yield f"audited on {data['name']} (fingerprint {data['fingerprint'][:12]}), n = {audit.n} a side"


def _says(findings: Findings, subject: Subject) -> Iterator[str]:
    band, found = subject.band, subject.alarms
    if band is None or found is None:
        yield f"no value on real data: {subject.reason}"
        return
    controls = findings.audit.controls
    default = {c["name"]: subject.responses[(c["name"], c["default"])].verdict for c in controls}
    caught = [f"{c['name']} (from {first_dose(subject, c)} {c['unit']})" for c in controls if _seen(subject, c["name"])]
    yield f"catches: {', '.join(caught) or 'nothing'}"
    blind = [name for name, verdict in default.items() if verdict == "blind"]
    yield f"blind to, at the default dose: {', '.join(blind) or 'nothing'}"
    fooled = [f"{name} {dose_text(dose)}" for name, dose in subject.verdicts("fooled")]
    yield f"fooled by: {', '.join(fooled) or 'nothing'}"
    without = [name for name, verdict in default.items() if verdict in ("n/a", "error")]
    if without:
        reasons = {given.reason for given in subject.responses.values() if given.reason}
        yield f"without a value on: {', '.join(without)} ({'; '.join(sorted(reasons))})"
    yield f"real data: {number(band.mean)} with standard deviation {number(band.deviation)} over {band.draws} draws"
    yield (
        f"false alarms: {found.count} of {found.draws} fresh draws of real data ({percent(found.low)} to "
        f"{percent(found.high)}); the threshold z > {band.threshold():.2f} promises {percent(band.promise)}"
        + ("; more than chance explains" if subject.unreliable else "")
    )
    yield from _reach(subject, band)
    yield f"needs n: {needs_text(subject)}, from where on its mean on real data lies in the band of full n"
    yield f"seconds for one set: {number(subject.seconds)} (all scores of {subject.score['family']} together)"


def _seen(subject: Subject, control: str) -> bool:
    return any(name == control for name, _ in subject.verdicts("detects"))


def _reach(subject: Subject, band: Band) -> Iterator[str]:
    """A word where even the worst possible value lies below the threshold."""
    bounds = subject.score["range"]
    if None not in bounds and (worst := float(band.z(bounds).max())) <= band.threshold():
        yield f"cannot detect anything: its worst possible value has z = {worst:.3g}"


def _responses(findings: Findings, subjects: Sequence[Subject]) -> Sheet:
    headers = ["control", "dose", "unit"]
    for subject in subjects:
        headers += [subject.name, "badness with dose"]
    rows = []
    for control in findings.audit.controls:
        for dose in doses_of(control):
            row = [str(control["name"]), dose_text(dose), str(control["unit"])]
            for subject in subjects:
                row += [cell(subject.responses[(control["name"], dose)]), _trend(subject, control["name"], dose)]
            rows.append(tuple(row))
    lines = ("badness with dose: Spearman's correlation over all draws, in the row of the mildest dose",)
    return Sheet("Every control at every dose", lines, tuple(headers), tuple(rows), text_columns=3)


def _trend(subject: Subject, control: str, dose: float | None) -> str:
    """The correlation, in the row of the control's first dose."""
    answer = subject.doses.get(control)
    first = next(other for name, other in subject.responses if name == control)
    if answer is None or dose != first:
        return ""
    return ("–" if answer.spearman is None else f"{answer.spearman:.2f}") + "~" * (not answer.monotone)


def _sizes(subjects: Sequence[Subject]) -> Sheet:
    rows = tuple(
        (subject.name, str(n), number(mean), number(deviation), _bias(subject, mean))
        for subject in subjects
        for n, mean, deviation in subject.sizes
    )
    headers = ("metric", "n", "mean on real data", "sd", "bias in sd at full n")
    return Sheet("Bias and spread with the number of images", (), headers, rows)


def _bias(subject: Subject, mean: float) -> str:
    band = subject.band
    return "–" if band is None or band.deviation == 0 else f"{(mean - band.mean) / band.deviation:.2g}"
