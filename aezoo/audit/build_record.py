"""The record of an audit: plain JSON values, nothing derived; the whole report is computed from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from aezoo.audit.docstrings import context, summary
from aezoo.audit.measure import NO_SPACE, SetScores
from aezoo.audit.plan import AuditSpec, SampleSet, plan_sets
from aezoo.controls import CONTROLS
from aezoo.datasets import Dataset
from aezoo.errors import AezooError
from aezoo.metrics import METRICS, Metric
from aezoo.metrics.compute import Row
from aezoo.record import environment

SCHEMA_VERSION = 2
DESCRIPTION_KEYS = ("question", "family", "version", "unit", "better", "ideal", "features")


class AuditError(AezooError):
    """An audit whose oracle could not be scored."""


def build_record(
    spec: AuditSpec, dataset: Dataset, results: Sequence[SetScores], timing: dict[str, float]
) -> dict[str, Any]:
    """Build the record of an audit, in which NaN and infinity do not occur.

    schema_version  the shape of this record
    kind            "audit"
    spec            what was asked for
    dataset         name, fingerprint, judge, origin, note and sizes of the splits
    environment     versions of the packages, the Python and the processor
    timing          seconds: wall, cpu, and jobs
    scores          one entry a column: name, score, features and what a row of a record says of its metric, with
                    range, minimum_n, slow; summary, of the score itself, and context, the rest of its definition;
                    shared, the keys of `seconds` for the inputs that its metric shares with others
    controls        name, draws_from, doses, default, unit, summary
    sets            role, control, dose, draw, n; values, one a column and null where there is none; problems, by
                    column, as [state, reason]; seconds by family and space, and of shared inputs as
                    "inputs/question/space"; cpu_seconds

    Args:
        spec: of the audit.
        dataset: that it names.
        results: of each set of `plan_sets(spec)`, in that order.
        timing: seconds of the whole.

    Raises:
        AuditError: a draw of the oracle has no rows.
    """
    sets = plan_sets(spec)
    if results[0].problem:
        raise AuditError(f"the oracle could not be scored on {spec.dataset}: {results[0].problem}")
    sizes = {split: len(getattr(dataset, split)) for split in ("train", "reference", "oracle")}
    data_file = spec.data_file.name if spec.data_file else None
    facts = {name: getattr(dataset, name) for name in ("name", "fingerprint", "judge", "note")}
    names = [str(row["metric"]) for row in results[0].rows]
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "audit",
        "spec": {**asdict(spec), "sizes": list(spec.sizes), "data_file": data_file},
        "dataset": {**facts, "sizes": sizes},
        "environment": environment(),
        "timing": timing,
        "scores": [_describe_score(row, list(results[0].seconds)) for row in results[0].rows],
        "controls": [_describe_control(name) for name in spec.controls],
        "sets": [_describe_set(*pair, names) for pair in zip(sets, results, strict=True)],
    }


def _describe_score(row: Row, timed: Sequence[str]) -> dict[str, Any]:
    metric = METRICS.get(row["family"])
    score = next(s for s in metric.scores if row["metric"] in (s.name, f"{s.name}_{row['features']}"))
    bounds = [bound if math.isfinite(bound) else None for bound in score.range]
    return {
        "name": row["metric"],
        "score": score.name,
        **{key: row[key] for key in DESCRIPTION_KEYS},
        **{"range": bounds, "minimum_n": metric.minimum_n, "slow": metric.slow},
        "summary": summary(metric.function, score.name),
        "context": context(metric.function, score.name),
        "shared": [key for key in timed if _shares(metric, row["features"], key)],
    }


def _shares(metric: Metric, features: str | None, key: str) -> bool:
    """Tell whether `metric` shares the work that was timed under `key`."""
    shared = {work for declared in metric.inputs for work in declared.shares}
    if key == f"inputs/copying/{features or NO_SPACE}":
        return "search" in shared
    # All spaces are extracted at once, before the first of them is scored.
    return key.startswith("inputs/samples/") and "features" in shared


def _describe_control(name: str) -> dict[str, Any]:
    control = CONTROLS.get(name)
    facts = {key: getattr(control, key) for key in ("name", "draws_from", "doses", "default", "unit")}
    return {**facts, "doses": list(control.doses), "summary": summary(control.function)}


def _describe_set(sample_set: SampleSet, scores: SetScores, names: Sequence[str]) -> dict[str, Any]:
    rows = {row["metric"]: row for row in scores.rows}
    absent = {"state": "error", "reason": scores.problem or "the metric gave no row", "value": None}
    if sample_set.role == "train" and not scores.problem:
        absent |= {"state": "n/a", "reason": "to a copying score training images are copies"}
    columns = [rows.get(name, absent) for name in names]
    return {
        **asdict(sample_set),
        "values": [row["value"] for row in columns],
        "problems": {
            name: [row["state"], row["reason"]]
            for name, row in zip(names, columns, strict=True)
            if row["value"] is None
        },
        "seconds": {name: round(seconds, 4) for name, seconds in scores.seconds.items()},
        "cpu_seconds": round(scores.cpu_seconds, 3),
    }
