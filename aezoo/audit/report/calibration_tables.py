"""What the scores give on real data: what thresholds promise and what was measured, and how much a score needs."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.audit.report.calibration import NOMINAL_RATE, OverallFalseAlarms, chance_of_fooled, split_factor
from aezoo.audit.report.findings import AuditFindings, DoseCover
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.text import NOT_FOOLED, THRESHOLDS, at_least, at_most, format_number, format_rate, with_dose
from aezoo.reporting.document import PageSection


def smallest(findings: AuditFindings) -> PageSection:
    """For the controls at their default dose, at their mildest, and at every dose."""
    lines = [
        "computed exactly, as a set cover of different scores that keep their promise; only detections count",
        "of sets of one size the cheapest comes first, where a metric's own time and shared inputs are paid for once; "
        "the others are those that have the least in common with the ones before",
    ]
    lines += [line for cover in findings.covers for line in _lines(findings, cover)]
    return PageSection("The smallest sets of metrics that catch every control", tuple(lines))


def _lines(findings: AuditFindings, cover: DoseCover) -> Iterator[str]:
    found, names = cover.found, findings.candidates
    left_out = [with_dose(*cover.wanted[i]) for i in found.uncovered]
    if left_out:
        yield f"{cover.doses}, caught by no metric and left out: {', '.join(left_out)}"
    if not found.examples:
        return
    every = "everything else" if left_out else "every control"
    count = "there is 1 such set" if found.count == 1 else f"there are {found.count} such sets"
    count = count if found.complete else f"there are at least {found.count} such sets"
    size = len(found.examples[0])
    yield f"{every} {cover.doses} takes {size} score{'s' * (size > 1)}; {count}"
    for place in found.forced:
        yield f"{cover.doses}, in every such set: {names[place]}, {forced_by(findings, cover, names[place])}"
    if not found.forced:
        yield f"{cover.doses}, no score is in every such set"
    for chosen in found.examples:
        yield f"{cover.doses}, for example: {', '.join(names[i] for i in chosen)}"


def forced_by(findings: AuditFindings, cover: DoseCover, name: str) -> str:
    """The controls and doses that only this one of the candidates detects."""
    candidates = [findings.subject(each) for each in findings.candidates]
    alone = [
        with_dose(*cell)
        for cell in cover.wanted
        if [each.name for each in candidates if each.responses[cell].verdict == "detects"] == [name]
    ]
    return f"because it alone detects {', '.join(alone)}" if alone else "without which more scores are needed"


def real_data(findings: AuditFindings) -> Iterator[PageSection]:
    """Bands and false alarms."""
    found = findings.overall
    if found is None:
        yield PageSection("Real data", ("no metric has a value on real data",))
        return
    headers = ("metric", "mean", "sd", "false alarms", "95 % interval", "promise", "threshold z")
    rows = tuple(_real_row(each) for each in findings.subjects)
    lines = (*_alarm_lines(findings, found), *_overlap_lines(findings))
    yield PageSection("Real data: what the thresholds promise, and what was measured", lines, headers, rows)


def _alarm_lines(findings: AuditFindings, found: OverallFalseAlarms) -> Iterator[str]:
    kept = "which keeps" if found.rate <= found.promise else "which does not keep"
    yield THRESHOLDS
    yield (
        f"measured over all different scores on fresh draws: {format_rate(found.rate)} false alarms, beside a "
        f"nominal rate of {format_rate(NOMINAL_RATE)} for normal values, {kept} the mean promise of at most "
        f"{at_most(found.promise)}. "
        f"If other draws had made the band: {format_rate(found.expected)} in the mean, {format_rate(found.low)} to "
        f"{format_rate(found.high)} in 95 % of choices, which keeps the scores' dependence"
    )
    over = [each for each in findings.audited if _exceeds(each)]
    yield f"more false alarms than promised, even if by chance: {', '.join(map(_alarm_text, over)) or 'none'}"
    unreliable = ", ".join(each.name for each in findings.audited if each.unreliable)
    yield f"more than the promise and chance explain, so not in the smallest sets: {unreliable or 'none'}"
    draws, band = findings.audit.raw["spec"]["draws"], len(findings.audit.oracle("band"))
    worst = max(each.band.verdict_promise(draws) for each in findings.audited if each.band is not None)
    yield (
        f"a verdict needs 95 % of {draws} draws: a control as good as real data is called detected with a probability "
        f"of at most {at_most(worst)} a cell, and preferred (fooled) with one of about "
        f"{format_rate(chance_of_fooled(draws, band))} for normal values"
    )


def _exceeds(subject: MetricAudit) -> bool:
    return subject.band is not None and subject.alarms is not None and subject.alarms.rate > subject.band.promise


def _alarm_text(subject: MetricAudit) -> str:
    found = subject.alarms
    return subject.name if found is None else f"{subject.name} ({found.count} of {found.draws})"


def _overlap_lines(findings: AuditFindings) -> Iterator[str]:
    audit = findings.audit
    size, band = audit.raw["dataset"]["sizes"]["oracle"], len(audit.oracle("band"))
    yield (
        f"two draws of the oracle share {format_rate(audit.n / size)} of their images on average, and all are compared "
        "with the same reference images. Given these, draws are independent and alike, which is all that the promise "
        "asks. But the band is the spread over draws from these digits against these references, for means "
        f"{(1 - audit.n / size) ** 0.5:.2f} times that over new digits. Controls that draw from the oracle split are "
        "met on equal terms. Those that draw from the training split have a band of their own; for copying scores, "
        f"which have none, they must pass a threshold {split_factor(audit.n, size, band):.2f} times as high"
    )


def _real_row(subject: MetricAudit) -> tuple[str, ...]:
    band, found = subject.band, subject.alarms
    if band is None or found is None:
        return (subject.name, subject.reason, *[""] * 5)
    return (
        subject.name,
        format_number(band.mean),
        format_number(band.deviation),
        f"{found.count} of {found.draws}",
        f"{at_least(found.low)} to {at_most(found.high)}",
        at_most(band.promise),
        f"{band.threshold():.2f}",
    )


def needs_sheet(findings: AuditFindings) -> PageSection:
    """What the training split, the number of images and the clock do to each score."""
    headers = ("metric", "training digits z", "best z", "mean stable from n", "needs n", "own s", "shared s")
    rows = tuple(_needs_row(each) for each in findings.audited if each.band is not None)
    lines = (
        "training digits z: the mean over draws of untouched training digits, in standard deviations of the oracle's "
        "band: how much the training split itself differs, which no generator is to blame for; – for copying scores, "
        "to which training digits are copies",
        f"beyond the threshold of the oracle's band for that reason alone: {_shifted_text(findings)}",
        f"best z: of the best value that the score can have; at -1 or above the score is marked {NOT_FOOLED}",
        "mean stable from n: from there on the mean on real data lies in the band of full n, so that biases are alike",
        "needs n: the smallest n from which on it detects, at default doses, all that it detects at full n; full n "
        "where less is not enough; – where it detects nothing, or no smaller sets were scored",
        "own s: seconds of its metric for one set, all scores together. shared s: seconds of inputs that others use as "
        "well: features, and for copying scores the search for the nearest training image",
    )
    return PageSection("What each score needs", lines, headers, rows)


def _shifted_text(findings: AuditFindings) -> str:
    if all(each.shift is None for each in findings.different):
        return "not measured"
    return ", ".join(_shifted(findings)) or "none"


def _shifted(findings: AuditFindings) -> Iterator[str]:
    for each in findings.different:
        limit = None if each.bands is None else each.bands.oracle.threshold() * each.bands.factor
        if limit is not None and each.shift is not None and each.shift > limit:
            yield each.name


def _needs_row(subject: MetricAudit) -> tuple[str, ...]:
    return (
        subject.name + NOT_FOOLED * subject.cannot_be_fooled,
        format_number(subject.shift, 3),
        format_number(subject.best, 3),
        stable_text(subject),
        "–" if subject.needs is None else str(subject.needs),
        format_number(subject.own, 2),
        format_number(sum(subject.shared.values()), 2),
    )


def stable_text(subject: MetricAudit) -> str:
    """The n from which on the mean is that at full n; with nothing larger to hold it to, at least full n."""
    if subject.stable is None:
        return "–"
    return f"≥ {subject.stable}" if subject.stable == subject.sizes[-1][0] else str(subject.stable)
