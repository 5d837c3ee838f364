"""Tables of the scores on real data: false alarms, the images and seconds that a score needs, the smallest sets."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.audit.report.calibration import NOMINAL_RATE, OverallFalseAlarms, chance_of_fooled, split_factor
from aezoo.audit.report.findings import AuditFindings, DoseCover
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.text import (
    NOT_FOOLED,
    THRESHOLD_LEGEND,
    at_least,
    at_most,
    format_number,
    format_rate,
    with_dose,
)
from aezoo.reporting.document import PageSection


def set_cover_table(findings: AuditFindings) -> PageSection:
    """Make the section on the smallest sets: for the default dose of each control, its mildest, and every dose."""
    lines = [
        "computed exactly, as a set cover of different scores that keep their promise; only detections count",
        "of sets of one size the cheapest comes first, where a metric's own time and shared inputs are paid for once; "
        "the others are those that have the least in common with the ones before",
    ]
    lines += [line for cover in findings.covers for line in _cover_lines(findings, cover)]
    return PageSection("The smallest sets of metrics that catch every control", tuple(lines))


def _cover_lines(findings: AuditFindings, cover: DoseCover) -> Iterator[str]:
    result, names = cover.result, findings.candidates
    left_out = [with_dose(*cover.cells[i]) for i in result.uncovered]
    if left_out:
        yield f"{cover.doses}, caught by no metric and left out: {', '.join(left_out)}"
    if not result.examples:
        return
    every = "everything else" if left_out else "every control"
    count = "there is 1 such set" if result.count == 1 else f"there are {result.count} such sets"
    count = count if result.complete else f"there are at least {result.count} such sets"
    size = len(result.examples[0])
    yield f"{every} {cover.doses} takes {size} score{'s' * (size > 1)}; {count}"
    for name in (names[i] for i in result.essential):
        yield f"{cover.doses}, in every such set: {name}, {required_by(findings, cover, name)}"
    if not result.essential:
        yield f"{cover.doses}, no score is in every such set"
    for chosen in result.examples:
        yield f"{cover.doses}, for example: {', '.join(names[i] for i in chosen)}"


def required_by(findings: AuditFindings, cover: DoseCover, name: str) -> str:
    """Name the controls and doses that only this one of the candidates detects."""
    candidates = [findings.metric(candidate) for candidate in findings.candidates]
    alone = [
        with_dose(*cell)
        for cell in cover.cells
        if [metric.name for metric in candidates if metric.responses[cell].verdict == "detects"] == [name]
    ]
    return f"because it alone detects {', '.join(alone)}" if alone else "without which more scores are needed"


def calibration_table(findings: AuditFindings) -> PageSection:
    """Make the table of bands and false alarms."""
    overall = findings.false_alarms
    if overall is None:
        return PageSection("Real data", ("no metric has a value on real data",))
    headers = ("metric", "mean", "sd", "false alarms", "95 % interval", "promise", "threshold z")
    rows = tuple(_real_data_row(metric) for metric in findings.metrics)
    lines = (*_alarm_lines(findings, overall), *_overlap_lines(findings))
    return PageSection("Real data: what the thresholds promise, and what was measured", lines, headers, rows)


def _alarm_lines(findings: AuditFindings, overall: OverallFalseAlarms) -> Iterator[str]:
    kept = "which keeps" if overall.rate <= overall.bound else "which does not keep"
    yield THRESHOLD_LEGEND
    yield (
        f"measured over all different scores on fresh draws: {format_rate(overall.rate)} false alarms, beside a "
        f"nominal rate of {format_rate(NOMINAL_RATE)} for normal values, {kept} the mean promise of at most "
        f"{at_most(overall.bound)}. "
        f"If other draws had made the band: {format_rate(overall.expected)} in the mean, {format_rate(overall.low)} to "
        f"{format_rate(overall.high)} in 95 % of choices, which keeps the scores' dependence"
    )
    over = [metric for metric in findings.ranked if _exceeds(metric)]
    yield f"more false alarms than promised, even if by chance: {', '.join(map(_alarm_text, over)) or 'none'}"
    unreliable = ", ".join(metric.name for metric in findings.ranked if metric.is_unreliable)
    yield f"more than the promise and chance explain, so not in the smallest sets: {unreliable or 'none'}"
    draws, band = findings.record.raw["spec"]["draws"], len(findings.record.oracle("band"))
    worst = max(metric.band.verdict_bound(draws) for metric in findings.ranked if metric.band is not None)
    yield (
        f"a verdict needs 95 % of {draws} draws: a control as good as real data is called detected with a probability "
        f"of at most {at_most(worst)} a cell, and preferred (fooled) with one of about "
        f"{format_rate(chance_of_fooled(draws, band))} for normal values"
    )


def _exceeds(metric: MetricAudit) -> bool:
    return (
        metric.band is not None
        and metric.false_alarms is not None
        and metric.false_alarms.rate > metric.band.false_alarm_bound
    )


def _alarm_text(metric: MetricAudit) -> str:
    alarms = metric.false_alarms
    return metric.name if alarms is None else f"{metric.name} ({alarms.count} of {alarms.draws})"


def _overlap_lines(findings: AuditFindings) -> Iterator[str]:
    record = findings.record
    size, band = record.raw["dataset"]["sizes"]["oracle"], len(record.oracle("band"))
    yield (
        f"two draws of the oracle share {format_rate(record.n / size)} of their images on average, and all are "
        "compared with the same reference images. Given these, draws are independent and alike, which is all that the "
        "promise asks. But the band is the spread over draws from these images against these references, for means "
        f"{(1 - record.n / size) ** 0.5:.2f} times that over new images. Controls that draw from the oracle split are "
        "met on equal terms. Those that draw from the training split have a band of their own; for copying scores, "
        f"which have none, they must pass a threshold {split_factor(record.n, size, band):.2f} times as high"
    )


def _real_data_row(metric: MetricAudit) -> tuple[str, ...]:
    band, alarms = metric.band, metric.false_alarms
    if band is None or alarms is None:
        return (metric.name, metric.reason, *[""] * 5)
    return (
        metric.name,
        format_number(band.mean),
        format_number(band.deviation),
        f"{alarms.count} of {alarms.draws}",
        f"{at_least(alarms.low)} to {at_most(alarms.high)}",
        at_most(band.false_alarm_bound),
        f"{band.threshold():.2f}",
    )


def min_n_table(findings: AuditFindings) -> PageSection:
    """Make the table of what the training split, the number of images and the clock do to each score."""
    headers = ("metric", "training images z", "best z", "mean stable from n", "needs n", "own s", "shared s")
    rows = tuple(_min_n_row(metric) for metric in findings.ranked if metric.band is not None)
    lines = (
        "training images z: the mean over draws of untouched training images, in standard deviations of the oracle's "
        "band: how much the training split itself differs, which no generator is to blame for; – for copying scores, "
        "to which training images are copies",
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
    if all(metric.split_shift is None for metric in findings.distinct):
        return "not measured"
    return ", ".join(_shifted(findings)) or "none"


def _shifted(findings: AuditFindings) -> Iterator[str]:
    for metric in findings.distinct:
        bands, shift = metric.reference, metric.split_shift
        if bands is not None and shift is not None and shift > bands.oracle.threshold() * bands.factor:
            yield metric.name


def _min_n_row(metric: MetricAudit) -> tuple[str, ...]:
    return (
        metric.name + NOT_FOOLED * metric.cannot_be_fooled,
        format_number(metric.split_shift, 3),
        format_number(metric.best_z, 3),
        stable_n_text(metric),
        "–" if metric.min_n is None else str(metric.min_n),
        format_number(metric.metric_seconds, 2),
        format_number(sum(metric.shared_seconds.values()), 2),
    )


def stable_n_text(metric: MetricAudit) -> str:
    """Write the n from which on the mean is that at full n; with nothing larger to hold it to, at least full n."""
    if metric.stable_n is None:
        return "–"
    return f"≥ {metric.stable_n}" if metric.stable_n == metric.moments_by_n[-1][0] else str(metric.stable_n)
