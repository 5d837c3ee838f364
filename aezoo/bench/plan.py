"""What a run will compute: the suite, less the records that stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from aezoo.bench.needs import Need, find_need
from aezoo.bench.shards import WHOLE, Shard
from aezoo.controls import CONTROLS
from aezoo.datasets import Dataset
from aezoo.record import Record
from aezoo.spec import FLOORS, Suite
from aezoo.store import Store
from aezoo.work import Request

Stamp = tuple[int, int] | None


@dataclass
class Plan:
    """What a run will compute, and what it found.

    Attributes:
        requests: what to compute.
        kept: records that stand.
        found: the records behind requests, by id.
        reasons: why each request is to be computed, by id.
        scored_again: ids of trials whose weights are kept, and of which only scores are computed.
        stamps: the state of each request's record when the plan was made, by id.
    """

    requests: list[Request] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)
    found: dict[str, Record] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scored_again: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def count(self, verb: str) -> str:
        """``15 trials to run (9 of models, 6 of floors)``; the oracle counts as a floor."""
        sorts = Counter(_sort_of(request) for request in self.requests)
        parts = ", ".join(f"{sorts[name]} of {name}" for name in ("models", "floors", "controls") if sorts[name])
        return f"{len(self.requests)} trial{'' if len(self.requests) == 1 else 's'} {verb}{parts and f' ({parts})'}"

    def add(self, request: Request, need: Need, record: Record | None, stamp: Stamp) -> None:
        """Note what is to be computed, why, and what is there already."""
        trial_id = request.trial.id
        self.requests.append(request)
        self.reasons[trial_id], self.stamps[trial_id] = need.reasons, stamp
        if record is not None:
            self.found[trial_id] = record
        if need.metrics is not None:
            self.scored_again.add(trial_id)


def _sort_of(request: Request) -> str:
    name = request.trial.model
    return "floors" if name in FLOORS else "controls" if name in CONTROLS.names() else "models"


def make_plan(
    suite: Suite,
    dataset: Dataset,
    store: Store,
    data_file: Path | None,
    retry: Collection[str] = (),
    shard: Shard = WHOLE,
    also: tuple[str, ...] = (),
) -> Plan:
    """Compare the suite, or one part of it, with the records there are; `also` names slow metrics that are wanted.

    Raises `ResultsError` where a record cannot be read, or a symbolic link has the place of a trial's folder.
    """
    plan, trials = Plan(), shard.take(suite.trials(dataset.name))
    store.refuse_links(trial.id for trial in trials)
    for trial in trials:
        stamp = store.stamp(trial.id)
        record = store.read(trial.id)
        need = find_need(record, dataset.fingerprint, store, retry, also)
        if need is not None:
            request = Request(trial, dataset.fingerprint, dataset.note, data_file, need.metrics, need.weights, also)
            plan.add(request, need, record, stamp if record else store.stamp(trial.id))
        elif record is not None:
            plan.kept.append(record)
    return plan
