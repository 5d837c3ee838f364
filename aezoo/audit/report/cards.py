"""One card for each score: what it is, what it catches, what it is blind to, what fools it, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from aezoo.audit.report.calibration import ReferenceBand
from aezoo.audit.report.calibration_tables import stable_text
from aezoo.audit.report.dose_response import MIN_SPEARMAN
from aezoo.audit.report.findings import AuditFindings
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import Dose, doses_of
from aezoo.audit.report.text import (
    THRESHOLDS,
    at_least,
    at_most,
    direction,
    dose_text,
    doses_line,
    feature_space_text,
    format_number,
    legend,
    verdict_cell,
    with_dose,
)
from aezoo.registry import NAME_PATTERN
from aezoo.reporting.document import PageSection


def says(findings: AuditFindings, subject: MetricAudit) -> Iterator[str]:
    """Line by line."""
    band = subject.band
    if not subject.ranks:
        yield subject.reason
    elif band is None:
        yield f"no value on real data: {subject.reason}"
    else:
        yield from _verdicts(findings, subject)
        yield from _reach(subject, band)
        yield from _real(subject, band)
        yield from _needs(findings, subject)


def _verdicts(findings: AuditFindings, subject: MetricAudit) -> Iterator[str]:
    if subject.name in findings.aliases:
        yield f"the same as {findings.aliases[subject.name]} on another scale, in every verdict: counted once"
    controls = findings.audit.controls
    default = {c["name"]: subject.responses[(c["name"], c["default"])].verdict for c in controls}
    caught = [text for control in controls for text in _caught(subject, control)]
    yield f"catches: {', '.join(caught) or 'nothing'}"
    blind = [name for name, verdict in default.items() if verdict == "blind"]
    yield f"blind to, at the default dose: {', '.join(blind) or 'nothing'}"
    yield f"fooled by: {_by_control(subject.verdicts('fooled'))}"
    yield f"takes for real, although it detects a milder dose: {_by_control(subject.taken_for_real())}"
    without = [name for name, verdict in default.items() if verdict in ("n/a", "error")]
    if without:
        reasons = {given.reason for given in subject.responses.values() if given.reason}
        yield f"without a value on: {', '.join(without)} ({'; '.join(sorted(reasons))})"


def _by_control(cells: Iterable[tuple[str, float | None]]) -> str:
    """``blur 0.5, 1, 2; pixel-noise 0.1``."""
    doses: dict[str, list[str]] = {}
    for control, dose in cells:
        doses.setdefault(control, []).append(with_dose(control, dose).removeprefix(control).strip())
    return "; ".join(f"{name} {', '.join(of)}".strip() for name, of in doses.items()) or "nothing"


def _caught(subject: MetricAudit, control: dict[str, Any]) -> Iterator[str]:
    """``class-imbalance from dose 2``, and the severer doses that are missed."""
    name, doses = control["name"], doses_of(control)
    seen = [subject.responses[(name, dose)].verdict == "detects" for dose in doses]
    if any(seen):
        first = seen.index(True)
        missed = [dose_text(dose) for dose, found in zip(doses[first:], seen[first:], strict=True) if not found]
        but = f" (but not {', '.join(missed)})" if missed else ""
        yield name if doses[first] is None else f"{name} from dose {dose_text(doses[first])}{but}"


def _reach(subject: MetricAudit, band: ReferenceBand) -> Iterator[str]:
    """A word where even the best possible value is not called fooled, or the worst lies below the threshold."""
    if subject.cannot_be_fooled:
        yield f"cannot be fooled by this definition: its best possible value has z = {subject.best:.3g}"
    bounds = subject.score["range"]
    if None not in bounds and (worst := float(band.z(bounds).max())) <= band.threshold():
        yield f"cannot detect anything: its worst possible value has z = {worst:.3g}"


def _real(subject: MetricAudit, band: ReferenceBand) -> Iterator[str]:
    found = subject.alarms
    deviation = format_number(band.deviation)
    yield f"real data: {format_number(band.mean)} with standard deviation {deviation} over {band.draws} draws"
    if found is not None:
        yield (
            f"false alarms: {found.count} of {found.draws} fresh draws of real data ({at_least(found.low)} to "
            f"{at_most(found.high)}); the threshold, z above {band.threshold():.2f}, promises {at_most(band.promise)}"
            + ("; more than chance explains" if subject.unreliable else "")
        )
    if subject.shift is not None:
        yield (
            f"untouched training digits have a mean z of {subject.shift:.3g} against held-out ones: controls made of "
            "them are compared with them"
        )


def _needs(findings: AuditFindings, subject: MetricAudit) -> Iterator[str]:
    yield (
        f"mean stable from n: {stable_text(subject)}, from where on its mean on real data lies in the band of full n "
        "(≥: at no smaller n)"
    )
    if subject.needs is not None:
        n, wanted = subject.detected[-1]
        less = " (fewer are not enough)" if subject.needs == n else ""
        yield f"needs n: {subject.needs}{less}, to detect all {len(wanted)} controls that it detects at n = {n}"
    own = f"{format_number(subject.own, 2)} of its own, for all scores of {subject.score['family']}"
    yield f"seconds for one set: {own}{_shared(subject)}"


def _shared(subject: MetricAudit) -> str:
    """The inputs that it shares, by what they are."""
    search = sum(seconds for key, seconds in subject.shared.items() if key.startswith("inputs/copying/"))
    features = sum(subject.shared.values()) - search
    if not subject.shared:
        return ""
    where = feature_space_text(subject.score["features"])
    found = f", and {format_number(features, 2)} for the features of the images, shared with all scores"
    if search:
        seconds = format_number(search, 2)
        found += f", and {seconds} for the nearest training images, shared with the copying scores in {where}"
    return found


def cards(findings: AuditFindings) -> Iterator[tuple[str, list[PageSection]]]:
    """The file name, without its suffix, and the content of each card."""
    ordered = sorted(findings.subjects, key=_score_name)
    for name, group in groupby(ordered, key=_score_name):
        yield file_name(name), list(_card(findings, name, list(group)))


def file_name(score: str) -> str:
    """The score's name if it can name a file; of any other, a hash."""
    plain = NAME_PATTERN.fullmatch(score) and not score.endswith(".")
    return score if plain else f"metric-{hashlib.sha256(score.encode()).hexdigest()[:12]}"


def _score_name(subject: MetricAudit) -> str:
    return str(subject.score["score"])


def _card(findings: AuditFindings, name: str, subjects: Sequence[MetricAudit]) -> Iterator[PageSection]:
    yield PageSection(name, tuple(_head(findings, subjects[0])), level=1)
    for subject in subjects:
        yield PageSection(
            f"{subject.name}: {feature_space_text(subject.score['features'])}", tuple(says(findings, subject))
        )
    measured = [subject for subject in subjects if subject.ranks]
    if measured:
        controls = (f"{c['name']}: {doses_line(c)}" for c in findings.audit.controls)
        yield PageSection("The controls, and their doses from mild to severe", tuple(controls))
        yield _responses(findings, measured)
        yield _sizes(measured)
        yield _detection(measured)


def _head(findings: AuditFindings, subject: MetricAudit) -> Iterator[str]:
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


def _responses(findings: AuditFindings, subjects: Sequence[MetricAudit]) -> PageSection:
    headers = ["control", "dose"]
    for subject in subjects:
        headers += [subject.name, "badness with dose"]
    rows = []
    for control in findings.audit.controls:
        for dose in doses_of(control):
            row = [str(control["name"]), dose_text(dose)]
            for subject in subjects:
                row += [
                    verdict_cell(subject.responses[(control["name"], dose)]),
                    _trend(subject, control["name"], dose),
                ]
            rows.append(tuple(row))
    lines = (
        *legend(findings.audit),
        "cells hold the median z over draws; without a number: the score does not vary on real data, so that anything "
        "worse is detected",
        THRESHOLDS,
        "badness with dose, in the row of the mildest: Spearman's rank correlation over all draws; flat where its size "
        f"is below {MIN_SPEARMAN:g}",
    )
    return PageSection("Every control at every dose", lines, tuple(headers), tuple(rows), text_columns=2)


def _trend(subject: MetricAudit, control: str, dose: Dose) -> str:
    """The correlation, in the row of the control's first dose."""
    answer = subject.doses.get(control)
    first = next(other for name, other in subject.responses if name == control)
    if answer is None or answer.monotone is None or dose != first:
        return ""
    return answer.monotone + ("" if answer.spearman is None else f" {answer.spearman:.2f}")


def _sizes(subjects: Sequence[MetricAudit]) -> PageSection:
    rows = tuple(
        (subject.name, str(n), format_number(mean), format_number(deviation), _bias(subject, mean))
        for subject in subjects
        for n, mean, deviation in subject.sizes
    )
    lines = (
        "over draws of the oracle. At a smaller n every draw meets its own reference images; at full n all meet the "
        "same ones, so that the spread there is that given these reference digits",
    )
    headers = ("metric", "n", "mean on real data", "sd", "bias in sd at full n")
    return PageSection("Bias and spread with the number of images", lines, headers, rows)


def _bias(subject: MetricAudit, mean: float) -> str:
    band = subject.band
    return "–" if band is None or band.deviation == 0 else f"{(mean - band.mean) / band.deviation:.2g}"


def _detection(subjects: Sequence[MetricAudit]) -> PageSection:
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
    return PageSection("Detection with the number of images", lines, ("metric", "n", "detects", "misses"), rows)


def _detection_rows(subject: MetricAudit) -> Iterator[tuple[str, ...]]:
    for n, found in subject.detected:
        wanted = subject.detected[-1][1]
        missed = [name for name in wanted if name not in found]
        yield (subject.name, str(n), f"{len(found)} of {len(wanted)}", ", ".join(missed) or "–")
