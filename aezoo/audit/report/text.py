"""Text and symbols that the tables and cards of an audit share."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

from aezoo.audit.report.calibration import FOOLED_Z, NOMINAL_RATE
from aezoo.audit.report.dose_response import MIN_SPEARMAN
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import AuditRecord, Dose
from aezoo.audit.report.responses import Response
from aezoo.statistics.direction import describe

SYMBOLS = {"detects": "●", "blind": "○", "fooled": "✗"}
SOMETIMES_SYMBOL = "◐"
SOURCE_NAMES = {"oracle": "held-out", "train": "training", "train and oracle": "training and held-out"}
NOT_FOOLED = "†"
MISSED, NOT_RISING = "*", "~"

LEGEND = (
    "z: how much worse than real data a control is, in standard deviations of the metric over draws of real data; "
    "below 0 it is better than real data",
    "● detects: z above the threshold in at least 95 % of the draws. ○ blind: not so, and the median draw is below the "
    f"threshold ({SOMETIMES_SYMBOL}: the median is above it). ✗ fooled: z below {FOOLED_Z:g} in at least 95 % of the "
    "draws, the control is taken for better than real data. n/a and error: no value, which is not counted as blind",
)
NOT_FOOLED_LEGEND = (
    f"{NOT_FOOLED} cannot be called fooled: even the best possible value of the score is not better than real data by "
    f"{-FOOLED_Z:g} standard deviation. What such a score misses is listed as taken for real"
)
TRAINING_LEGEND = (
    "real data is the oracle: draws of held-out images. A control made of training images is compared with draws of "
    "untouched training images instead, because these may differ from held-out ones themselves; what is made of both "
    "must pass both. Only copying scores, which look for training images, hold every control against the oracle"
)
NO_TRAINING_LEGEND = (
    "real data is the oracle: draws of held-out images. This record has no draws of untouched training images, so that "
    "what differs between the splits themselves is not told from what a control made of training images does"
)
SYMBOL_LEGEND = (
    f"{MISSED} a severer dose is missed. {NOT_RISING} badness does not rise with the dose: Spearman's rank correlation "
    f"over all draws is below {MIN_SPEARMAN:g}"
)
THRESHOLD_LEGEND = (
    "a threshold is the larger of Student's prediction limit for one more draw, which at most "
    f"{100 * NOMINAL_RATE:.2g} % of draws exceed if they are normal (the nominal rate), and the worst draw of the "
    "band. So a further draw of real data exceeds it with a probability of at most 1 / (draws of the band + 1), "
    "whatever the distribution (the promise); twice that for a metric whose best value is that of real data, which "
    "can miss it on either side"
)


def verdict_symbol(response: Response) -> str:
    """Write ``●``, or why there is no verdict."""
    sometimes = response.verdict == "blind" and not response.looks_real
    return SOMETIMES_SYMBOL if sometimes else SYMBOLS.get(response.verdict, response.verdict)


def verdict_cell(response: Response) -> str:
    """Write ``● 12.3``, or why there is no verdict."""
    return verdict_symbol(response) + ("" if response.median is None else z_text(response.median))


def z_text(z: float) -> str:
    """Write `` 12.3`` with three digits; nothing where it is infinite."""
    return f" {z:.3g}" if abs(z) < float("inf") else ""


def format_number(value: float | None, digits: int = 4) -> str:
    """Write four digits unless told, or a dash; without bounds ``∞``."""
    return "–" if value is None else f"{value:.{digits}g}".replace("inf", "∞")


def dose_text(dose: Dose) -> str:
    """Write a dose; a dash for a control without one."""
    return "–" if dose is None else f"{dose:g}"


def with_dose(control: str, dose: Dose) -> str:
    """Write ``blur 0.5``; the name alone of a control without doses."""
    return control if dose is None else f"{control} {dose:g}"


def format_rate(share: float) -> str:
    """Write a share as ``0.5 %``."""
    return f"{float(f'{100 * share:.2g}'):g} %"  # 100 and not 1e+02


def at_most(share: float, digits: int = 2) -> str:
    """Write a bound from above in per cent, rounded up and never down."""
    return f"{_rounded(100 * share, digits, up=True)} %"


def at_least(share: float, digits: int = 2) -> str:
    """Write a bound from below in per cent, rounded down."""
    return f"{_rounded(100 * share, digits, up=False)} %"


def _rounded(value: float, digits: int, up: bool) -> str:
    if value <= 0:
        return "0"
    step = 10.0 ** (floor(log10(value)) - digits + 1)
    # What is a whole number of steps but for rounding stays as it is.
    steps = ceil(value / step - 1e-9) if up else floor(value / step + 1e-9)
    return f"{steps * step:g}"


def direction_text(metric: MetricAudit) -> str:
    """Say which way is better."""
    return describe(metric.score["better"], metric.score["ideal"])


def legend(record: AuditRecord) -> tuple[str, ...]:
    """Explain the symbols, and what real data is."""
    return (*LEGEND, TRAINING_LEGEND if record.training(record.n) else NO_TRAINING_LEGEND)


def feature_space_text(features: str | None) -> str:
    """Name the feature space."""
    return f"{features} features" if features else "labels and pixels"


def doses_line(control: dict[str, Any]) -> str:
    """Say what the doses of a control are, which way is severe, and what it is made of."""
    source = f"made of {SOURCE_NAMES.get(control['draws_from'], control['draws_from'])} images"
    if not control["doses"]:
        return f"no doses; {source}"
    doses = control["doses"]
    severe = "one dose" if len(doses) == 1 else f"{'more' if doses[-1] > doses[0] else 'less'} is severer"
    shown = ", ".join(dose_text(dose) for dose in doses)
    return f"doses {shown} ({control['unit']}; {severe}), by default {dose_text(control['default'])}; {source}"
