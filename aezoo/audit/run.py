"""The audit as a function: sets of images to worker processes, their scores to a record."""

from __future__ import annotations

import functools
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aezoo.audit.build_record import build_record
from aezoo.audit.measure import SetScores, score_set
from aezoo.audit.plan import AuditSpec, SampleSet, make_spec, plan_sets
from aezoo.datasets import load_dataset
from aezoo.engines.parallel_map import parallel_map
from aezoo.errors import UsageError

LINES = 10
"""How often a run says how far it is."""


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
    """Hold sample metrics against generators of known quality; returns the record of the audit.

    Args:
        dataset: a registered data set.
        data_file: where it lies, if not where it is looked for.
        n: images in a set; None for 2,000, or half of the oracle split if that is less.
        draws: sets of each control at each dose.
        metrics: names; None for all that are not slow.
        controls: names; None for all.
        slow: also the slow metrics.
        jobs: processes side by side; None for one a core.
        report: told a line now and then of how far the audit is.

    Raises:
        UsageError: names or numbers that make no sense.
        DatasetError: the data set cannot be had.
    """
    jobs = (os.cpu_count() or 1) if jobs is None else jobs
    if jobs < 1:
        raise UsageError(f"--jobs {jobs} asked for; give at least 1")
    started = time.perf_counter()
    loaded = load_dataset(dataset, data_file)
    if loaded.note:
        report(f"note: {loaded.note}")
    spec = make_spec(loaded, n, draws, metrics, controls, slow, data_file)
    results = _score_all(spec, jobs, report)
    timing = {
        "wall": round(time.perf_counter() - started, 1),
        "cpu": round(_processor_seconds(), 1),
        "jobs": jobs,
    }
    return build_record(spec, loaded, results, timing)


def _processor_seconds() -> float:
    """Of this process and of its workers, which have ended by now."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usage)


def _score_all(spec: AuditSpec, jobs: int, report: Callable[[str], None]) -> list[SetScores]:
    sets: list[SampleSet] = plan_sets(spec)
    report(f"audit of {len(spec.metrics)} metrics on {spec.dataset}: {len(sets)} sets, n = {spec.n}")
    found: dict[int, SetScores] = {}
    started = time.perf_counter()
    for place, result in parallel_map(functools.partial(score_set, spec), sets, jobs):
        found[place] = result
        if len(found) * LINES // len(sets) > (len(found) - 1) * LINES // len(sets):
            seconds = time.perf_counter() - started
            left = seconds / len(found) * (len(sets) - len(found))
            report(f"{len(found)} of {len(sets)} sets, {seconds:.0f} s, about {left:.0f} s left")
    return [found[place] for place in range(len(sets))]
