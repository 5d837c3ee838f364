"""Seeds that were asked of each model: what "1 of 1 finished" and the column of seeds count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aezoo.analysis.frames import Record
from aezoo.reporting.table import Table
from aezoo.spec import Trial, canonical_json, complete_protocol

SeedsAsked = Mapping[tuple[str, str], int]
"""Number of seeds that were asked of each model, floor, control and oracle, by role and label."""


def seeds_asked(records: Sequence[Record], trials: Iterable[Trial]) -> dict[tuple[str, str], int]:
    """Count the seeds asked of each subject: those that have a record, and those that a suite still lacks.

    A seed that another model has is none that is missing: a zoo may give three seeds to its leaders alone.

    Args:
        records: those of one section.
        trials: of the suites that were run into the folder, of any section.
    """
    seeds: dict[tuple[str, str], set[int]] = {}
    settings = set()
    for record in records:
        seeds.setdefault((record["role"], record["label"]), set()).add(record["spec"]["seed"])
        settings.add(_setting(record["spec"]["dataset"], record["spec"]["protocol"]))
    by_label = {label: found for (_, label), found in seeds.items()}
    for trial in trials:
        label = trial.subject.label
        if label in by_label and _setting(trial.dataset, trial.protocol.model_dump(mode="json")) in settings:
            by_label[label].add(trial.seed)
    return {key: len(found) for key, found in seeds.items()}


def with_asked(table: Table, asked: SeedsAsked) -> Table:
    """Give a table whose rows are out of the seeds that were asked of them, where that is known."""
    rows = (replace(row, total=max(row.done, asked.get((row.role, row.model), row.total))) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _setting(dataset: str, protocol: Mapping[str, Any]) -> str:
    return canonical_json([dataset, complete_protocol(protocol)])
