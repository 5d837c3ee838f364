"""Plan of a run: each trial of a suite is kept, scored again from saved weights, or run; and shards of a suite."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aezoo.controls import role_of
from aezoo.datasets import Dataset
from aezoo.errors import UsageError
from aezoo.messages import Request
from aezoo.metrics.compute import EVERY_SLOW, slow_metrics
from aezoo.provenance import CurrentCode
from aezoo.record import Record
from aezoo.runner.action import Action, required_action, unscored_metrics, wanted_samplers
from aezoo.spec import Suite, model_label
from aezoo.store import Store

RETRIES = ("failed", "code")
"""Words for what runs again on request: failed trials and metrics, and trials that ran on other code."""


NAMED_CHANGES = 4
"""The most changes of code that one line names."""

SHARD_PATTERN = re.compile(r"([1-9]\d{0,6})/([1-9]\d{0,6})")

Item = TypeVar("Item")
Stamp = tuple[int, int] | None


def code_change_line(records: Sequence[Record]) -> str | None:
    """Return the line for records that stand although parameters or sources are others now: how many, and which."""
    code = CurrentCode()
    found = [[change.text for change in code.source_changes(record)] for record in records]
    count = sum(map(bool, found))
    if not count:
        return None
    texts = list(dict.fromkeys(text for changes in found for text in changes))
    more = f"; and {len(texts) - NAMED_CHANGES} more" if len(texts) > NAMED_CHANGES else ""
    trials = f"{count} kept trial{'' if count == 1 else 's'}"
    return f"{trials} ran on other code ({'; '.join(texts[:NAMED_CHANGES])}{more}); --retry code runs what is outdated"


def unscored_line(records: Sequence[Record], questions: Collection[str] = ()) -> str | None:
    """Return the line for records that stand without a metric that is new, having no weights to compute it from."""
    found = [unscored_metrics(record, questions) for record in records if record["status"] == "done"]
    count = sum(map(bool, found))
    if not count:
        return None
    names = ", ".join(dict.fromkeys(name for missing in found for name in missing))
    trials = f"{count} kept trial{'' if count == 1 else 's'}"
    return f"{trials} without saved weights lack{'s' if count == 1 else ''} new {names}; --force MODEL trains anew"


@dataclass(frozen=True)
class Shard:
    """Part `index` of `count` of a suite, counted from 1; the parts are disjoint and together the whole suite."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n`` with 1 <= i <= n; raises `UsageError`."""
        match = SHARD_PATTERN.fullmatch(text)
        if match is None or int(match[1]) > int(match[2]):
            raise UsageError(f"shard {text[:80]!r} is not understood; write i/n with i from 1 to n, such as 1/3")
        return cls(int(match[1]), int(match[2]))

    def select(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return every `count`-th item from the `index`-th on: models that take long are spread over all parts.

        A part depends on the suite alone, and not on what has been run, so that it can be run again.
        """
        return items[self.index - 1 :: self.count]


FULL_SUITE = Shard()


@dataclass
class Plan:
    """Requests of a run, and the records that stand.

    Attributes:
        requests: the trials to compute.
        kept: records that stand.
        found: earlier records of the trials to compute, by the trial's id.
        reasons: why each trial is to be computed, by id.
        scored_again: ids of trials of which only scores are computed, from saved weights.
        added: ids of those among them whose scores are of further samplers alone.
        stamps: modification stamp of each trial's record when the plan was made, by id.
    """

    requests: list[Request] = field(default_factory=list)
    kept: list[Record] = field(default_factory=list)
    found: dict[str, Record] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scored_again: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)

    def count(self, verb: str) -> str:
        """Count the requests: ``15 trials to run (9 of models, 6 of floors)``; the oracle counts as a floor."""
        kinds = Counter(_trial_kind(request) for request in self.requests)
        parts = ", ".join(f"{kinds[name]} of {name}" for name in ("models", "floors", "controls") if kinds[name])
        return f"{len(self.requests)} trial{'' if len(self.requests) == 1 else 's'} {verb}{parts and f' ({parts})'}"

    def add(self, request: Request, action: Action, record: Record | None, stamp: Stamp) -> None:
        """Add a trial to compute, the reasons, and its earlier record."""
        trial_id = request.trial.id
        self.requests.append(request)
        self.reasons[trial_id], self.stamps[trial_id] = action.reasons, stamp
        if record is not None:
            self.found[trial_id] = record
        if action.metrics is not None:
            self.scored_again.add(trial_id)
        if action.added:
            self.added.add(trial_id)


def _trial_kind(request: Request) -> str:
    return {"model": "models", "control": "controls"}.get(role_of(request.trial.model), "floors")


def make_plan(
    suite: Suite,
    dataset: Dataset,
    store: Store,
    data_file: Path | None,
    retry: Collection[str] = (),
    shard: Shard = FULL_SUITE,
    also: tuple[str, ...] = (),
    force: Collection[str] = (),
    samplers: Collection[str] = (),
    questions: tuple[str, ...] = (),
) -> Plan:
    """Compare the suite, or one part of it, with the records of `store`.

    `also` names slow metrics to compute, `force` models, by name or label, that run again in any case, and `samplers`
    those that models are sampled by beside the ones that are not optional and those that their records have. With
    `questions`, only metrics of these are computed. A trial that runs again keeps the slow metrics that its record has.

    Raises `ResultsError` where a record cannot be read, or a symbolic link has the place of a trial's folder.
    """
    plan, trials = Plan(), shard.select(suite.trials(dataset.name))
    store.reject_links(trial.id for trial in trials)
    code, forced, slow = CurrentCode(), {*map(model_label, force)}, slow_metrics([EVERY_SLOW])
    for trial in trials:
        stamp = store.modification_stamp(trial.id)  # asked again below: reading may set a damaged record aside
        record = store.read(trial.id)
        action = required_action(record, dataset.fingerprint, store, retry, also, code, samplers, questions)
        if record is not None and {trial.model, trial.subject.label} & forced:
            action = Action(("forced",))
        if action is not None:
            drawn_by = action.added or tuple(wanted_samplers(role_of(trial.model), record, samplers)) or None
            request = Request(
                trial,
                dataset.fingerprint,
                dataset.note,
                data_file,
                metrics=action.metrics,
                weights=action.weights,
                also=tuple(name for name in slow if name in also or (record and name in record["metrics"])),
                samplers=drawn_by,
                questions=questions,
            )
            plan.add(request, action, record, stamp if record else store.modification_stamp(trial.id))
        elif record is not None:
            plan.kept.append(record)
    return plan
