"""Cards: for each score what it is, what it catches, what it is blind to, what fools it, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from aezoo.audit.report.calibration import ReferenceBand
from aezoo.audit.report.calibration_tables import stable_n_text
from aezoo.audit.report.dose_response import MIN_SPEARMAN
from aezoo.audit.report.findings import AuditFindings
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import Dose, doses_of
from aezoo.audit.report.text import (
    THRESHOLD_LEGEND,
    at_least,
    at_most,
    direction_text,
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


def cards(findings: AuditFindings) -> Iterator[tuple[str, list[PageSection]]]:
    """Make the file name, without its suffix, and the content of each card."""
    ordered = sorted(findings.metrics, key=_score_name)
    for name, group in groupby(ordered, key=_score_name):
        yield file_name(name), list(_card(findings, name, list(group)))


def file_name(score: str) -> str:
    """Return the score's name if it can name a file, and else a hash of it."""
    is_plain = NAME_PATTERN.fullmatch(score) and not score.endswith(".")
    return score if is_plain else f"metric-{hashlib.sha256(score.encode()).hexdigest()[:12]}"


def _score_name(metric: MetricAudit) -> str:
    return str(metric.score["score"])


def _card(findings: AuditFindings, name: str, metrics: Sequence[MetricAudit]) -> Iterator[PageSection]:
    yield PageSection(name, tuple(_description_lines(findings, metrics[0])), level=1)
    for metric in metrics:
        yield PageSection(
            f"{metric.name}: {feature_space_text(metric.score['features'])}", tuple(statement_lines(findings, metric))
        )
    ranked = [metric for metric in metrics if metric.is_ranked]
    if ranked:
        controls = (f"{c['name']}: {doses_line(c)}" for c in findings.record.controls)
        yield PageSection("The controls, and their doses from mild to severe", tuple(controls))
        yield _responses_table(findings, ranked)
        yield _moments_table(ranked)
        yield _detection_table(ranked)


def _description_lines(findings: AuditFindings, metric: MetricAudit) -> Iterator[str]:
    score, record = metric.score, findings.record
    low, high = ("unbounded" if bound is None else f"{bound:g}" for bound in score["range"])
    yield score["summary"]
    yield f"question: {score['question']}; unit: {score['unit']}; range: {low} to {high}; {direction_text(metric)}"
    if score.get("context"):
        yield f"how it is computed: {score['context']}"
    slow = "; slow: only on request" if score["slow"] else ""
    yield f"computed by {score['family']}, version {score['version']}{slow}"
    below = ", which is more than here" if score["minimum_n"] > record.n else ""
    yield f"registered smallest sensible n: {score['minimum_n']}{below}"
    data = record.raw["dataset"]
    yield f"audited on {data['name']} (fingerprint {data['fingerprint'][:12]}), n = {record.n} a side"


def _responses_table(findings: AuditFindings, metrics: Sequence[MetricAudit]) -> PageSection:
    headers = ["control", "dose"]
    for metric in metrics:
        headers += [metric.name, "badness with dose"]
    rows = []
    for control in findings.record.controls:
        for dose in doses_of(control):
            row = [str(control["name"]), dose_text(dose)]
            for metric in metrics:
                row += [
                    verdict_cell(metric.responses[(control["name"], dose)]),
                    _trend(metric, control["name"], dose),
                ]
            rows.append(tuple(row))
    lines = (
        *legend(findings.record),
        "cells hold the median z over draws; without a number: the score does not vary on real data, so that anything "
        "worse is detected",
        THRESHOLD_LEGEND,
        "badness with dose, in the row of the mildest: Spearman's rank correlation over all draws; flat where its size "
        f"is below {MIN_SPEARMAN:g}",
    )
    return PageSection("Every control at every dose", lines, tuple(headers), tuple(rows), text_columns=2)


def _trend(metric: MetricAudit, control: str, dose: Dose) -> str:
    """Write the trend and its correlation, in the row of the control's first dose."""
    response = metric.dose_responses.get(control)
    first = next(other for name, other in metric.responses if name == control)
    if response is None or response.monotone is None or dose != first:
        return ""
    return response.monotone + ("" if response.spearman is None else f" {response.spearman:.2f}")


def _moments_table(metrics: Sequence[MetricAudit]) -> PageSection:
    rows = tuple(
        (metric.name, str(n), format_number(mean), format_number(deviation), _bias(metric, mean))
        for metric in metrics
        for n, mean, deviation in metric.moments_by_n
    )
    lines = (
        "over draws of the oracle. At a smaller n every draw meets its own reference images; at full n all meet the "
        "same ones, so that the spread there is that given these reference images",
    )
    headers = ("metric", "n", "mean on real data", "sd", "bias in sd at full n")
    return PageSection("Bias and spread with the number of images", lines, headers, rows)


def _bias(metric: MetricAudit, mean: float) -> str:
    band = metric.band
    return "–" if band is None or band.deviation == 0 else f"{(mean - band.mean) / band.deviation:.2g}"


def _detection_table(metrics: Sequence[MetricAudit]) -> PageSection:
    rows = tuple(row for metric in metrics for row in _detection_rows(metric))
    lines = (
        "how many of the controls that it detects at full n, at their default doses, it detects with fewer images, in "
        "bands over draws of real data with as few; sizes at which it has no value are left out",
        *(
            f"{metric.name}: it detects nothing at full n, or no smaller sets were scored"
            for metric in metrics
            if not metric.detected_by_n
        ),
    )
    return PageSection("Detection with the number of images", lines, ("metric", "n", "detects", "misses"), rows)


def _detection_rows(metric: MetricAudit) -> Iterator[tuple[str, ...]]:
    for n, detected in metric.detected_by_n:
        at_full_n = metric.detected_by_n[-1][1]
        missed = [name for name in at_full_n if name not in detected]
        yield (metric.name, str(n), f"{len(detected)} of {len(at_full_n)}", ", ".join(missed) or "–")


def statement_lines(findings: AuditFindings, metric: MetricAudit) -> Iterator[str]:
    """State line by line what the audit found of a score."""
    band = metric.band
    if not metric.is_ranked:
        yield metric.reason
    elif band is None:
        yield f"no value on real data: {metric.reason}"
    else:
        yield from _verdict_lines(findings, metric)
        yield from _range_lines(metric, band)
        yield from _real_data_lines(metric, band)
        yield from _min_n_lines(metric)


def _verdict_lines(findings: AuditFindings, metric: MetricAudit) -> Iterator[str]:
    if metric.name in findings.redundant:
        yield f"the same as {findings.redundant[metric.name]} on another scale, in every verdict: counted once"
    controls = findings.record.controls
    default = {c["name"]: metric.responses[(c["name"], c["default"])].verdict for c in controls}
    caught = [text for control in controls for text in _caught(metric, control)]
    yield f"catches: {', '.join(caught) or 'nothing'}"
    blind = [name for name, verdict in default.items() if verdict == "blind"]
    yield f"blind to, at the default dose: {', '.join(blind) or 'nothing'}"
    yield f"fooled by: {_by_control(metric.with_verdict('fooled'))}"
    yield f"takes for real, although it detects a milder dose: {_by_control(metric.taken_for_real())}"
    without = [name for name, verdict in default.items() if verdict in ("n/a", "error")]
    if without:
        reasons = {response.reason for response in metric.responses.values() if response.reason}
        yield f"without a value on: {', '.join(without)} ({'; '.join(sorted(reasons))})"


def _by_control(cells: Iterable[tuple[str, float | None]]) -> str:
    """``blur 0.5, 1, 2; pixel-noise 0.1``."""
    doses: dict[str, list[str]] = {}
    for control, dose in cells:
        doses.setdefault(control, []).append(with_dose(control, dose).removeprefix(control).strip())
    return "; ".join(f"{name} {', '.join(texts)}".strip() for name, texts in doses.items()) or "nothing"


def _caught(metric: MetricAudit, control: dict[str, Any]) -> Iterator[str]:
    """``class-imbalance from dose 2``, and the severer doses that are missed."""
    name, doses = control["name"], doses_of(control)
    detected = [metric.responses[(name, dose)].verdict == "detects" for dose in doses]
    if any(detected):
        first = detected.index(True)
        missed = [dose_text(dose) for dose, seen in zip(doses[first:], detected[first:], strict=True) if not seen]
        but = f" (but not {', '.join(missed)})" if missed else ""
        yield name if doses[first] is None else f"{name} from dose {dose_text(doses[first])}{but}"


def _range_lines(metric: MetricAudit, band: ReferenceBand) -> Iterator[str]:
    """Yield a line where even the best possible value is not called fooled, or the worst lies below the threshold."""
    if metric.cannot_be_fooled:
        yield f"cannot be fooled by this definition: its best possible value has z = {metric.best_z:.3g}"
    bounds = metric.score["range"]
    if None not in bounds and (worst := float(band.z(bounds).max())) <= band.threshold():
        yield f"cannot detect anything: its worst possible value has z = {worst:.3g}"


def _real_data_lines(metric: MetricAudit, band: ReferenceBand) -> Iterator[str]:
    alarms = metric.false_alarms
    deviation = format_number(band.deviation)
    yield f"real data: {format_number(band.mean)} with standard deviation {deviation} over {band.draws} draws"
    if alarms is not None:
        yield (
            f"false alarms: {alarms.count} of {alarms.draws} fresh draws of real data ({at_least(alarms.low)} to "
            f"{at_most(alarms.high)}); the threshold, z above {band.threshold():.2f}, promises "
            + at_most(band.false_alarm_bound)
            + ("; more than chance explains" if metric.is_unreliable else "")
        )
    if metric.split_shift is not None:
        yield (
            f"untouched training images have a mean z of {metric.split_shift:.3g} against held-out ones: controls "
            "made of them are compared with them"
        )


def _min_n_lines(metric: MetricAudit) -> Iterator[str]:
    yield (
        f"mean stable from n: {stable_n_text(metric)}, from where on its mean on real data lies in the band of full n "
        "(≥: at no smaller n)"
    )
    if metric.min_n is not None:
        n, detected = metric.detected_by_n[-1]
        less = " (fewer are not enough)" if metric.min_n == n else ""
        yield f"needs n: {metric.min_n}{less}, to detect all {len(detected)} controls that it detects at n = {n}"
    own = f"{format_number(metric.metric_seconds, 2)} of its own, for all scores of {metric.score['family']}"
    yield f"seconds for one set: {own}{_shared_seconds_text(metric)}"


def _shared_seconds_text(metric: MetricAudit) -> str:
    """Write the seconds of the inputs that it shares, by what they are."""
    search = sum(seconds for key, seconds in metric.shared_seconds.items() if key.startswith("inputs/copying/"))
    features = sum(metric.shared_seconds.values()) - search
    if not metric.shared_seconds:
        return ""
    space = feature_space_text(metric.score["features"])
    text = f", and {format_number(features, 2)} for the features of the images, shared with all scores"
    if search:
        seconds = format_number(search, 2)
        text += f", and {seconds} for the nearest training images, shared with the copying scores in {space}"
    return text
