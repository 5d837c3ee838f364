"""The words and symbols that tables and cards of an audit share."""

from __future__ import annotations

from aezoo.reporting.audit.findings import Response, Subject
from aezoo.statistics.bands import NOMINAL_RATE, PREFERENCE

SYMBOLS = {"detects": "●", "blind": "○", "fooled": "✗"}
AT_TIMES = "◐"
DIRECTIONS = {"lower": "lower is better", "higher": "higher is better"}

READING = (
    "z: how much worse than real data a control is, in standard deviations of the metric over draws of real data; "
    "below 0 it is better than real data. Cells hold the median over draws",
    f"● detects: z above the threshold in at least 95 % of draws; ○ blind: not so ({AT_TIMES} the median is above); "
    f"✗ fooled: z below {PREFERENCE:g} in at least 95 % of the draws, the control is taken for better than real data",
    "without a number: the metric does not vary on real data, so that anything worse is detected; n/a and error: no "
    "value, which is not counted as blind",
)


def cell(response: Response) -> str:
    """``● 12.3``, or why there is no verdict."""
    if response.verdict not in SYMBOLS or response.median is None:
        return response.verdict
    at_times = response.verdict == "blind" and response.median > response.threshold
    return f"{AT_TIMES if at_times else SYMBOLS[response.verdict]}{z_text(response.median)}"


def z_text(z: float) -> str:
    """`` 12.3`` with three digits; nothing where it is infinite."""
    return f" {z:.3g}" if abs(z) < float("inf") else ""


def number(value: float | None) -> str:
    """Four digits, or a dash."""
    return "–" if value is None else f"{value:.4g}"


def dose_text(dose: float | None) -> str:
    """The dose; a dash for a control without one."""
    return "–" if dose is None else f"{dose:g}"


def percent(share: float) -> str:
    """``0.5 %``."""
    return f"{100 * share:.2g} %"


def direction(subject: Subject) -> str:
    """Which way is better, in words."""
    better, ideal = subject.score["better"], subject.score["ideal"]
    if better != "target":
        return DIRECTIONS[better]
    return "best at the value of real data" if ideal is None else f"best at {ideal:g}"


def place(features: str | None) -> str:
    """The feature space in words."""
    return f"{features} features" if features else "labels and pixels"


MARKS = (
    "* a severer dose is missed; ~ not monotone: at some dose every draw is better than every draw at the dose before"
)
THRESHOLDS = (
    "a threshold is the larger of Student's prediction limit for one more draw, which "
    f"{percent(NOMINAL_RATE)} of draws exceed if they are normal, and the worst draw of the band. So a further draw of "
    "real data exceeds it with a probability of at most 1 / (draws of the band + 1), whatever the distribution; twice "
    "that for a metric whose best value is that of real data, which can miss it on either side"
)
