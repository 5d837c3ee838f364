"""The audit as a function: sets of images are scored by worker processes, and their scores make a record."""

from __future__ import annotations

import functools
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aezoo.audit.build_record import build_record
from aezoo.audit.measure import SetScores, score_set
from aezoo.audit.plan import AuditSpec, SampleSet, left_out, make_spec, plan_sets
from aezoo.datasets import load_dataset
from aezoo.engines.parallel_map import parallel_map
from aezoo.errors import UsageError
from aezoo.machine import cores
from aezoo.runner.eta import format_duration, format_remaining, remaining_at_pace

PROGRESS_LINES = 10
"""The number of times that a run reports how far it is."""


def run_audit(
    dataset: str = "auto",
    data_file: Path | None = None,
    n: int | None = None,
    draws: int = 5,
    metrics: list[str] | None = None,
    controls: list[str] | None = None,
    slow: bool = False,
    jobs: int | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Hold sample metrics against generators of known quality, and return the record of the audit.

    Nothing is printed or written. `aezoo.audit.report` makes everything else from the record: `AuditRecord(record)` and
    `analyse` the verdicts, `write_record` and `write_audit` the files.

    Args:
        dataset: a registered data set, or ``auto``.
        data_file: its file or folder, where it does not lie in one of the usual places.
        n: images in a set; None for 2,000, or as many as the splits allow, such as half of the oracle split.
        draws: sets of each control at each dose.
        metrics: registered names; None for all that are not slow.
        controls: registered names; None for all that make sense on the data set.
        slow: also the slow metrics.
        jobs: processes side by side; None for one a core.
        report: called now and then with a line on how far the audit is.

    Returns:
        The record, as `aezoo.audit.build_record.build_record` describes it.

    Raises:
        UsageError: an unknown name, or a number that the data set does not allow.
        DatasetError: the data set cannot be had.
        AuditError: the oracle could not be scored.
    """
    jobs = cores() if jobs is None else jobs
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} asked for; give at least 1")
    started, spent = time.perf_counter(), _processor_seconds()
    loaded = load_dataset(dataset, data_file)
    if loaded.note:
        report(f"note: {loaded.note}")
    spec = make_spec(loaded, n, draws, metrics, controls, slow, data_file)
    if controls is None and (without := left_out(loaded)):
        report(f"note: without labels, controls that need them are left out: {', '.join(without)}")
    results = _score_all(spec, jobs, report)
    timing = {
        "wall": round(time.perf_counter() - started, 1),
        "cpu": round(_processor_seconds() - spent, 1),
        "jobs": jobs,
    }
    return build_record(spec, loaded, results, timing)


def _processor_seconds() -> float:
    """Add up the processor seconds of this process and of its workers that have ended, since it began."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _score_all(spec: AuditSpec, jobs: int, report: Callable[[str], None]) -> list[SetScores]:
    sets: list[SampleSet] = plan_sets(spec)
    report(f"audit of {len(spec.metrics)} metrics on {spec.dataset}: {len(sets)} sets, n = {spec.n}")
    results: dict[int, SetScores] = {}
    started = time.perf_counter()
    for i, result in parallel_map(functools.partial(score_set, spec), sets, jobs):
        results[i] = result
        done = len(results)
        if done * PROGRESS_LINES // len(sets) > (done - 1) * PROGRESS_LINES // len(sets):
            seconds = time.perf_counter() - started
            left = format_remaining(remaining_at_pace(seconds, done, len(sets) - done))
            report(f"{done} of {len(sets)} sets, {format_duration(seconds)}{left}")
    return [results[i] for i in range(len(sets))]
