"""The measuring part of the command `audit`: sets of images to worker processes, their scores to a record."""

from __future__ import annotations

import functools
import resource
import time
from typing import Any

from aezoo.audit import AuditSpec, SampleSet, make_spec, planned_sets, raw_audit, score_set
from aezoo.audit.scoring import SetScores
from aezoo.bench.audit_options import Wanted
from aezoo.bench.streams import say
from aezoo.datasets import load_dataset
from aezoo.engines.side_by_side import side_by_side
from aezoo.reporting.audit.record import require_writable

LINES = 10
"""How often a run says how far it is."""


def measure(wanted: Wanted, jobs: int) -> dict[str, Any]:
    """The record of the audit."""
    started = time.perf_counter()
    metrics, controls = wanted.metric_names(), wanted.control_names()
    dataset = load_dataset(wanted.dataset, wanted.data_file)
    if dataset.note:
        say(f"note: {dataset.note}")
    spec = make_spec(dataset, wanted.n, wanted.draws, metrics, controls, wanted.slow, wanted.data_file)
    require_writable(wanted.out)
    results = _score_all(spec, jobs)
    timing = {
        "wall": round(time.perf_counter() - started, 1),
        "cpu": round(_processor_seconds(), 1),
        "jobs": jobs,
    }
    return raw_audit(spec, dataset, results, timing)


def _processor_seconds() -> float:
    """Of this process and of its workers, which have ended by now."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usage)


def _score_all(spec: AuditSpec, jobs: int) -> list[SetScores]:
    sets: list[SampleSet] = planned_sets(spec)
    say(f"audit of {len(spec.metrics)} metrics on {spec.dataset}: {len(sets)} sets, n = {spec.n}")
    found: dict[int, SetScores] = {}
    started = time.perf_counter()
    for place, result in side_by_side(functools.partial(score_set, spec), sets, jobs):
        found[place] = result
        if len(found) * LINES // len(sets) > (len(found) - 1) * LINES // len(sets):
            seconds = time.perf_counter() - started
            left = seconds / len(found) * (len(sets) - len(found))
            say(f"{len(found)} of {len(sets)} sets, {seconds:.0f} s, about {left:.0f} s left")
    return [found[place] for place in range(len(sets))]
