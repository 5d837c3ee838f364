"""The tables of an audit for machines: one line a value, one a verdict, one a metric."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from aezoo.reporting.audit.findings import Findings
from aezoo.reporting.audit.record import Audit


def tidy_values(audit: Audit) -> pd.DataFrame:
    """Every raw value: role, control, dose, n, draw, metric, value, state."""
    lines = [
        (each["role"], each["control"], each["dose"], each["n"], each["draw"], name, value, state)
        for each in audit.raw["sets"]
        for name, value in zip(audit.columns, each["values"], strict=True)
        for state in (each["problems"].get(name, ["ok"])[0],)
    ]
    return pd.DataFrame(lines, columns=["role", "control", "dose", "n", "draw", "metric", "value", "state"])


def tidy_verdicts(findings: Findings) -> pd.DataFrame:
    """Every metric's answer to every control and dose; z is empty where the metric has no spread."""
    defaults = {control["name"]: control["default"] for control in findings.audit.controls}
    lines = [
        {
            "metric": subject.name,
            "features": subject.score["features"] or "",
            "control": control,
            "dose": dose,
            "default": dose == defaults[control],
            "verdict": given.verdict,
            "median_z": given.median if given.median is not None and np.isfinite(given.median) else None,
            "threshold": given.threshold if given.z else None,
            "share_above": float(np.mean(np.array(given.z) > given.threshold)) if given.z else None,
            "reason": given.reason,
        }
        for subject in findings.subjects
        for (control, dose), given in subject.responses.items()
    ]
    return pd.DataFrame(lines)


def tidy_metrics(findings: Findings) -> pd.DataFrame:
    """Every metric on real data: band, false alarms, cost, and its means at each n."""
    return pd.DataFrame(list(_metric_lines(findings)))


def _metric_lines(findings: Findings) -> Iterator[dict[str, object]]:
    for each in findings.subjects:
        line: dict[str, object] = {key: each.score[key] for key in ("name", "question", "unit", "better", "ideal")}
        line["reason"] = each.reason
        if each.band is not None and each.alarms is not None:
            line |= {"mean": each.band.mean, "sd": each.band.deviation, "threshold": each.band.threshold()}
            line |= {"alarms": each.alarms.count, "fresh": each.alarms.draws, "promise": each.band.promise}
            line |= {"needs_n": each.needs, "seconds": each.seconds}
            line |= {f"mean_at_{n}": mean for n, mean, _ in each.sizes}
        yield line
