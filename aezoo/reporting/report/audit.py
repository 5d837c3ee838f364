"""Audit of metrics as the report knows it: a digest that comes with the package."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

DIGEST = "audit.json"
"""The digest; ``python benchmarks/audit_digest.py`` makes it of the record in ``results/audit``."""


@cache
def audit_digest() -> dict[str, Any]:
    """Read the digest: dataset, n, controls with doses and images, and by score what it catches and what fools it."""
    text = resources.files("aezoo.reporting.report").joinpath(DIGEST).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def audit_data() -> dict[str, Any]:
    """Give what "fool the metric" shows: the controls with their doses and images, and each score's answers."""
    digest = audit_digest()
    images = digest["images"]
    return {
        "dataset": digest["dataset"],
        "n": digest["n"],
        "controls": [{**control, "images": images.get(control["name"], [])} for control in digest["controls"]],
        "metrics": {
            name: {"question": each["question"], "family": each["family"], "answers": each["answers"]}
            for name, each in digest["metrics"].items()
            if each["answers"]
        },
    }
