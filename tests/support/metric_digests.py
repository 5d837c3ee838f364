"""Digests of the source of aezoo's own metrics, each confirmed to belong to a version.

A change of a metric's values raises its version, so that stored records are scored again. A digest in the file beside
the contracts says that somebody has looked: run ``python tests/support/metric_digests.py`` once the version is raised,
or once it is sure that no value changes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict

from aezoo.metrics import METRICS
from aezoo.source import source_digest

FILE = Path(__file__).parents[1] / "contracts" / "metric_digests.json"
COMMAND = "python tests/support/metric_digests.py"
PACKAGE = METRICS.package
CONTRACT = (PACKAGE, *(f"{PACKAGE}.{name}" for name in ("base", "compute", "inputs", "standard_errors", "validation")))
"""What metrics are made with: no value depends on it."""


class Confirmed(TypedDict):
    """A version of a metric, and the digest of its source."""

    version: int
    digest: str | None


def current() -> dict[str, Confirmed]:
    """Every metric of aezoo's own as it is now; a digest covers its module and what that imports from the metrics."""
    found: dict[str, Confirmed] = {}
    for name, metric in METRICS.items():
        declared = METRICS.declaration(name)
        if METRICS.is_builtin(name) and declared is not None:
            found[name] = {
                "version": metric.version,
                "digest": source_digest(declared.module, PACKAGE, without=CONTRACT),
            }
    return found


def unconfirmed(known: dict[str, Confirmed], now: dict[str, Confirmed]) -> list[str]:
    """A line for each metric that is not as somebody has confirmed it."""
    lines = []
    for name in sorted({*known, *now}):
        before, after = known.get(name), now.get(name)
        if before is None or after is None:
            lines.append(f"metric {name} is {'new' if before is None else 'gone'}; confirm: {COMMAND}")
        elif before["version"] != after["version"]:
            lines.append(f"metric {name} has version {after['version']}, not {before['version']}; confirm: {COMMAND}")
        elif before["digest"] != after["digest"]:
            lines.append(
                f"the source of metric {name} changed and its version did not: raise `version=` where it registers, "
                f"unless every value stays the same; then confirm: {COMMAND}"
            )
    return lines


if __name__ == "__main__":
    FILE.write_text(json.dumps(current(), indent=1, sort_keys=True) + "\n")
