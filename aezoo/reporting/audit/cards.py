"""One card for each score: what it is, what it catches, what it is blind to, what fools it, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby

from aezoo.registry import NAME_PATTERN
from aezoo.reporting.audit.card_lines import says
from aezoo.reporting.audit.findings import Findings
from aezoo.reporting.audit.record import Dose, doses_of
from aezoo.reporting.audit.subjects import Subject
from aezoo.reporting.audit.words import THRESHOLDS, cell, direction, dose_text, doses_line, number, place, reading
from aezoo.reporting.sheets import Sheet
from aezoo.statistics.doses import FLAT


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
        yield Sheet(f"{subject.name}: {place(subject.score['features'])}", tuple(says(findings, subject)))
    measured = [subject for subject in subjects if subject.ranks]
    if measured:
        controls = (f"{c['name']}: {doses_line(c)}" for c in findings.audit.controls)
        yield Sheet("The controls, and their doses from mild to severe", tuple(controls))
        yield _responses(findings, measured)
        yield _sizes(measured)
        yield _detection(measured)


def _head(findings: Findings, subject: Subject) -> Iterator[str]:
    score, audit = subject.score, findings.audit
    low, high = ("unbounded" if bound is None else f"{bound:g}" for bound in score["range"])
    yield score["summary"]
    yield f"question: {score['question']}; unit: {score['unit']}; range: {low} to {high}; {direction(subject)}"
    if score.get("context"):
        yield f"how it is computed: {score['context']}"
    slow = "; slow: only on request" if score["slow"] else ""
    yield f"computed by {score['family']}, version {score['version']}{slow}"
    below = ", which is more than here" if score["minimum_n"] > audit.n else ""
    yield f"registered smallest sensible n: {score['minimum_n']}{below}"
    data = audit.raw["dataset"]
    yield f"audited on {data['name']} (fingerprint {data['fingerprint'][:12]}), n = {audit.n} a side"


def _responses(findings: Findings, subjects: Sequence[Subject]) -> Sheet:
    headers = ["control", "dose"]
    for subject in subjects:
        headers += [subject.name, "badness with dose"]
    rows = []
    for control in findings.audit.controls:
        for dose in doses_of(control):
            row = [str(control["name"]), dose_text(dose)]
            for subject in subjects:
                row += [cell(subject.responses[(control["name"], dose)]), _trend(subject, control["name"], dose)]
            rows.append(tuple(row))
    lines = (
        *reading(findings.audit),
        "cells hold the median z over draws; without a number: the score does not vary on real data, so that anything "
        "worse is detected",
        THRESHOLDS,
        "badness with dose, in the row of the mildest: Spearman's rank correlation over all draws; flat where its size "
        f"is below {FLAT:g}",
    )
    return Sheet("Every control at every dose", lines, tuple(headers), tuple(rows), text_columns=2)


def _trend(subject: Subject, control: str, dose: Dose) -> str:
    """The correlation, in the row of the control's first dose."""
    answer = subject.doses.get(control)
    first = next(other for name, other in subject.responses if name == control)
    if answer is None or answer.monotone is None or dose != first:
        return ""
    return answer.monotone + ("" if answer.spearman is None else f" {answer.spearman:.2f}")


def _sizes(subjects: Sequence[Subject]) -> Sheet:
    rows = tuple(
        (subject.name, str(n), number(mean), number(deviation), _bias(subject, mean))
        for subject in subjects
        for n, mean, deviation in subject.sizes
    )
    lines = (
        "over draws of the oracle. At a smaller n every draw meets its own reference images; at full n all meet the "
        "same ones, so that the spread there is that given these reference digits",
    )
    headers = ("metric", "n", "mean on real data", "sd", "bias in sd at full n")
    return Sheet("Bias and spread with the number of images", lines, headers, rows)


def _bias(subject: Subject, mean: float) -> str:
    band = subject.band
    return "–" if band is None or band.deviation == 0 else f"{(mean - band.mean) / band.deviation:.2g}"


def _detection(subjects: Sequence[Subject]) -> Sheet:
    rows = tuple(row for subject in subjects for row in _detection_rows(subject))
    lines = (
        "how many of the controls that it detects at full n, at their default doses, it detects with fewer images, in "
        "bands over draws of real data with as few; sizes at which it has no value are left out",
        *(
            f"{subject.name}: it detects nothing at full n, or no smaller sets were scored"
            for subject in subjects
            if not subject.detected
        ),
    )
    return Sheet("Detection with the number of images", lines, ("metric", "n", "detects", "misses"), rows)


def _detection_rows(subject: Subject) -> Iterator[tuple[str, ...]]:
    for n, found in subject.detected:
        wanted = subject.detected[-1][1]
        missed = [name for name in wanted if name not in found]
        yield (subject.name, str(n), f"{len(found)} of {len(wanted)}", ", ".join(missed) or "–")
