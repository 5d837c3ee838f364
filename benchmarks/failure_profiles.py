"""Profiles of failures: `python benchmarks/failure_profiles.py` writes them anew from results/audit.

Of each control at each dose, the median deviation of each score from real images in half-widths of the oracle's band,
as `score` measures it. Written to aezoo/scoring/failure_profiles.json, by which `score` says what is wrong with images.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from aezoo.audit.report.record import FILE, AuditRecord, doses_of, read_audit
from aezoo.scoring.oracle_interval import PredictionInterval, prediction_interval

ROOT = Path(__file__).parents[1]
AUDIT = ROOT / "results" / "audit"
PROFILES = ROOT / "aezoo" / "scoring" / "failure_profiles.json"
COMMAND = "python benchmarks/failure_profiles.py"
DIGITS = 4


def main() -> None:
    PROFILES.write_text(text(AUDIT))


def text(folder: Path) -> str:
    """Make the file's text from an audit: a line a profile, so that changes can be read."""
    record = read_audit(folder)
    bands = {score["name"]: band(record, score) for score in record.scores if has_band(record, score)}
    head = {
        "command": COMMAND,
        "audit": {
            "dataset": record.raw["dataset"]["name"],
            "n": record.n,
            "draws": record.raw["spec"]["draws"],
            "aezoo": record.raw["environment"]["aezoo"],
            "sha256": hashlib.sha256((folder / FILE).read_bytes()).hexdigest(),
        },
        "scores": [
            {"name": score["name"], "family": score["family"], "version": score["version"]}
            for score in record.scores
            if score["name"] in bands
        ],
    }
    cells = [(control["name"], dose) for control in record.controls for dose in doses_of(control)]
    lines = [json.dumps(profile(record, *cell, bands), allow_nan=False) for cell in cells]
    opening = json.dumps(head, indent=1).removesuffix("\n}")
    return opening + ',\n "profiles": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"


def has_band(record: AuditRecord, score: dict[str, Any]) -> bool:
    """Whether real images and all controls have values."""
    drawn = [*record.oracle("band"), *(each for each in record.raw["sets"] if each["role"] == "control")]
    return bool(np.isfinite(record.values(drawn, score["name"])).all())


def band(record: AuditRecord, score: dict[str, Any]) -> PredictionInterval:
    """The oracle's band of a score, as `score` computes it."""
    low, high = score["range"]
    return prediction_interval(
        list(record.values(record.oracle("band"), score["name"])),
        -np.inf if low is None else low,
        np.inf if high is None else high,
        1 / record.n if score["unit"] == "share" else 0.0,
    )


def profile(record: AuditRecord, control: str, dose: float | None, bands: dict[str, PredictionInterval]) -> dict:
    drawn = record.control(control, dose)
    medians = {name: float(np.median(record.values(drawn, name))) for name in bands}
    deviations = [bands[name].deviation(value) for name, value in medians.items()]
    return {"control": control, "dose": dose, "deviations": [float(f"{each:.{DIGITS}g}") for each in deviations]}


if __name__ == "__main__":
    main()
