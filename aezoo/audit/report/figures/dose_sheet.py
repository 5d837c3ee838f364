"""Sheet of dose responses: how each score answers to a growing failure, beside the band of real data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator, ScalarFormatter

from aezoo.analysis.conventions import headline_metrics
from aezoo.audit.report.calibration import ReferenceBand
from aezoo.audit.report.findings import AuditFindings
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import doses_of
from aezoo.audit.report.text import dose_text
from aezoo.errors import UsageError
from aezoo.reporting.figures.canvas import (
    MARGIN,
    TITLE,
    add_panel,
    add_text,
    add_title,
    drawable_text,
    grid_shape,
    new_figure,
)
from aezoo.reporting.figures.style import PALETTE
from aezoo.statistics import mean_interval
from aezoo.statistics.direction import ARROWS, is_target

PANELS = 12
ACROSS = 4
WIDTH, HEIGHT = 330, 230
LEFT, ABOVE, BELOW, LEGEND = 92, 40, 48, 96
WIDE = 5
"""Ratio of the largest to the smallest dose from which on the axis is logarithmic."""

COLOUR = PALETTE[0]
BANDS: dict[str, dict[str, Any]] = {
    "oracle": {"facecolor": "0.82", "edgecolor": "none"},
    "train": {"facecolor": "none", "edgecolor": "0.7", "hatch": "////", "linewidth": 0},
}
BAND_NAMES = {"oracle": "band of held-out images", "train": "band of training images"}
MARKERS: dict[str, dict[str, Any]] = {
    "detects": {"marker": "o", "markerfacecolor": COLOUR, "markersize": 6},
    "blind": {"marker": "o", "markerfacecolor": "white", "markersize": 6},
    "fooled": {"marker": "X", "markerfacecolor": PALETTE[1], "markeredgecolor": "black", "markersize": 8},
}
MARKER_NAMES = {"detects": "noticed", "blind": "not noticed", "fooled": "taken for better than real data"}


def dose_sheets(findings: AuditFindings, control: str, scores: Sequence[str] | None = None) -> list[Figure]:
    """Draw each score over the doses of a control, mild to severe: pages of at most twelve panels.

    Args:
        findings: of the audit.
        control: a control of the audit.
        scores: as tables name them; None for those that are read first, the questions in turn.

    Raises:
        UsageError: the audit has no such control or score.
    """
    known = check_control(findings, control)
    metrics = [_named(findings, name) for name in scores] if scores else first_scores(findings)
    pages = [metrics[start : start + PANELS] for start in range(0, len(metrics), PANELS)]
    return [_page(findings, known, page, sheet_finding(findings, known, metrics)) for page in pages]


def check_control(findings: AuditFindings, control: str) -> dict[str, Any]:
    """Return the description of a control; raises `UsageError` for one that the audit does not have."""
    known = {each["name"]: each for each in findings.record.controls}
    if control not in known:
        raise UsageError(f"the audit has no control {control!r}; its controls are {', '.join(known)}")
    return known[control]


def first_scores(findings: AuditFindings) -> list[MetricAudit]:
    """Choose at most twelve distinct scores to read first: of each question in turn, in the first feature space."""
    spaces = sorted({metric.score["features"] for metric in findings.distinct} - {None})
    plain = [m for m in findings.distinct if m.responses and m.score["features"] in (None, *spaces[:1])]
    questions = dict.fromkeys(metric.score["question"] for metric in plain)
    ranked = [
        sorted((m for m in plain if m.score["question"] == question), key=lambda metric: _place(question, metric))
        for question in questions
    ]
    in_turn = [metric for turn in zip_longest(*ranked) for metric in turn if metric is not None]
    read_first = [m for m in in_turn if m.score["score"] in headline_metrics(m.score["question"])]
    chosen = (read_first or in_turn)[:PANELS]
    return sorted(chosen, key=lambda metric: list(questions).index(metric.score["question"]))


def sheet_finding(findings: AuditFindings, control: dict[str, Any], metrics: Sequence[MetricAudit]) -> str:
    """Say how many of some scores notice the mildest and the severest dose, and how many are fooled by any."""
    doses, name = doses_of(control), control["name"]
    verdicts = [[metric.responses[(name, dose)].verdict for metric in metrics] for dose in doses]
    counts = [verdict.count("detects") for verdict in verdicts]
    at = "" if doses[0] is None else f" at {dose_text(doses[0])}"
    severest = f", by {counts[-1] or 'none'} at {dose_text(doses[-1])}" if len(doses) > 1 else ""
    fooled = sum("fooled" in of_metric for of_metric in zip(*verdicts, strict=True))
    taken = f"; {fooled} take{'s' if fooled == 1 else ''} it for better than real data" if fooled else ""
    found = f"{name} is noticed by {counts[0] or 'none'} of these {len(metrics)} scores{at}{severest}{taken}"
    more = len(findings.ranked) - len(metrics)
    rest = f"; {more} more scores not shown" if more else ""
    return f"{found} ({findings.record.raw['dataset']['name']}, n = {findings.record.n}{rest})"


def band_limits(band: ReferenceBand, factor: float) -> tuple[float, float]:
    """Compute between which values a draw is not told from real data: the threshold to both sides.

    Of a score with a target these are as far from the target as the mean of the band and the threshold together.
    """
    width = band.threshold() * factor * band.deviation
    if is_target(band.better) and band.target is not None:
        width += abs(band.mean - band.target)
        return band.target - width, band.target + width
    return band.mean - width, band.mean + width


def _named(findings: AuditFindings, name: str) -> MetricAudit:
    found = [metric for metric in findings.ranked if metric.name == name]
    if not found:
        some = ", ".join(metric.name for metric in findings.ranked[:5])
        raise UsageError(f"the audit ranks nothing by {name!r}; its scores are {some} and so on, see metrics.csv")
    return found[0]


def _place(question: str, metric: MetricAudit) -> tuple[int, str]:
    first = headline_metrics(question)
    score = str(metric.score["score"])
    return (first.index(score) if score in first else len(first)), metric.name


def _page(findings: AuditFindings, control: dict[str, Any], metrics: Sequence[MetricAudit], title: str) -> Figure:
    rows, columns = grid_shape(len(metrics), ACROSS)
    step_across, step_down = LEFT + WIDTH + MARGIN, ABOVE + HEIGHT + BELOW
    height = TITLE + rows * step_down + LEGEND
    figure = new_figure(max(columns * step_across + MARGIN, 1200), height)
    add_title(figure, title)
    for i, metric in enumerate(metrics):
        left, top = LEFT + (i % columns) * step_across, TITLE + (i // columns) * step_down + ABOVE
        _draw(add_panel(figure, left, top, WIDTH, HEIGHT), findings, control, metric)
    unit = f"dose: {control['unit']}" if control["doses"] else "no doses"
    add_text(figure, LEFT, height - LEGEND + 8, drawable_text(f"{unit}; severer to the right", 120), size=8)
    _add_legend(figure, findings, control, metrics, height)
    return figure


def _draw(axes: Axes, findings: AuditFindings, control: dict[str, Any], metric: MetricAudit) -> None:
    record, name, doses = findings.record, control["name"], doses_of(control)
    at = [0.0 if dose is None else float(dose) for dose in doses]
    heading = drawable_text(f"{metric.name} {ARROWS[metric.score['better']]}")
    axes.set_title(heading, size=8.5, loc="left", parse_math=False)
    _set_doses(axes, at, [dose_text(dose) for dose in doses])
    answers = [metric.responses[(name, dose)] for dose in doses]
    known = [i for i, answer in enumerate(answers) if answer.z]
    if metric.reference is None or not known:
        axes.text(0.5, 0.5, "no value", transform=axes.transAxes, ha="center", va="center", size=8, color="0.4")
        axes.set_yticks([])
        return
    for kind, band, factor in metric.reference.applicable(control["draws_from"]):
        axes.axhspan(*band_limits(band, factor), zorder=0.5, **BANDS[kind])
        axes.axhline(band.mean, color="0.5", linewidth=0.8, zorder=0.6)
    means = [mean_interval(record.values(record.control(name, doses[i]), metric.name)) for i in known]
    axes.plot([at[i] for i in known], [each.mean for each in means], color=COLOUR, zorder=2)
    for i, each in zip(known, means, strict=True):
        if each.low is not None and each.high is not None:
            axes.plot([at[i]] * 2, [each.low, each.high], color=COLOUR, linewidth=3, alpha=0.5, zorder=2)
        style = {"markeredgecolor": COLOUR, **MARKERS[answers[i].verdict]}
        axes.plot([at[i]], [each.mean], linestyle="", zorder=3, **style)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(ScalarFormatter(useOffset=False))


def _set_doses(axes: Axes, at: Sequence[float], names: Sequence[str]) -> None:
    """Make the axis of doses: logarithmic where they span much, severer to the right."""
    if min(at) > 0 and max(at) / min(at) >= WIDE:
        axes.set_xscale("log")
    axes.set_xticks(at, names)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(0.08)
    if at[-1] < at[0]:
        axes.invert_xaxis()


def _add_legend(
    figure: Figure, findings: AuditFindings, control: dict[str, Any], metrics: Sequence[MetricAudit], height: float
) -> None:
    kinds = dict.fromkeys(
        kind
        for metric in metrics
        if metric.reference is not None
        for kind, _, _ in metric.reference.applicable(control["draws_from"])
    )
    verdicts = {metric.responses[(control["name"], dose)].verdict for metric in metrics for dose in doses_of(control)}
    handles: list[Any] = [Patch(**BANDS[kind]) for kind in kinds]
    names = [BAND_NAMES[kind] for kind in kinds]
    handles.append(Line2D([], [], color=COLOUR, linewidth=3, alpha=0.5))
    names.append(f"95 % interval of the mean of {findings.record.raw['spec']['draws']} draws")
    for verdict in MARKERS:
        if verdict in verdicts:
            handles.append(Line2D([], [], color=COLOUR, **{"markeredgecolor": COLOUR, **MARKERS[verdict]}))
            names.append(MARKER_NAMES[verdict])
    across = LEFT / figure.bbox.width
    figure.legend(handles, names, loc="lower left", bbox_to_anchor=(across, MARGIN / height), ncols=len(names))
