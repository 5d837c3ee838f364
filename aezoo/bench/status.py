"""The command `status`: what a results folder holds, per model, with reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aezoo.record import Record
from aezoo.store import Claims, Store
from aezoo.store.suites import read_suites

STATUSES = ("done", "diverged", "error", "timeout", "killed", "running", "missing")
SHOWN_SEEDS = 5

Place = tuple[str, str, str]


class Holdings:
    """The trials of a results folder: those that have a record, and those that its suites still lack."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.records: dict[str, Record] = {record["id"]: _without_scores(record) for record in store.records()}
        trials = {trial.id: trial for suite in read_suites(store) for trial in suite.trials(suite.dataset)}
        self.missing = {trial_id: trial for trial_id, trial in trials.items() if trial_id not in self.records}
        claims = Claims(store)
        self.running = {trial_id: holder for trial_id in self.missing if (holder := claims.busy(trial_id))}

    def counts(self) -> dict[Place, Counter[str]]:
        """How many trials of each status, per data set, protocol and model."""
        found: defaultdict[Place, Counter[str]] = defaultdict(Counter)
        for record in self.records.values():
            found[place_of(record["spec"], record["label"])][record["status"]] += 1
        for trial_id, trial in self.missing.items():
            status = "running" if trial_id in self.running else "missing"
            found[place_of(trial.model_dump(), trial.subject.label)][status] += 1
        return dict(sorted(found.items()))

    def reasons(self) -> Iterator[str]:
        """Why trials have no scores, or scores worth nothing: each reason once, with the seeds that it struck."""
        seeds: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        for record in self.records.values():
            if record["error"]:
                reason = f"{record['error']['type']}: {record['error']['message']}"
                seeds[(record["label"], record["status"], reason)].append(record["spec"]["seed"])
            for text in record.get("warnings", ()):
                seeds[(record["label"], record["status"], f"warning: {text}")].append(record["spec"]["seed"])
        for (label, status, reason), struck in sorted(seeds.items()):
            yield printable(f"{label} seed {few(sorted(struck))}: {status}, {reason}")


def status_lines(holdings: Holdings) -> Iterator[str]:
    """What `status` prints."""
    counts = holdings.counts()
    total = sum(counts.values(), Counter())
    shown = [status for status in STATUSES if total[status]]
    summary = ", ".join(f"{total[status]} {status}" for status in shown)
    yield f"{holdings.store.folder}: {total.total()} trials{': ' if summary else ''}{summary}"
    for (dataset, protocol, label), found in counts.items():
        words = ", ".join(f"{found[status]} {status}" for status in shown if found[status])
        yield printable(f"  {dataset}, {protocol}, {label}: {words}")
    yield from holdings.reasons()
    for holder in sorted(set(holdings.running.values())):
        yield f"{holder} is computing here"


def place_of(spec: Mapping[str, Any], label: str) -> Place:
    """Data set, protocol and model of a trial."""
    return spec["dataset"], f"protocol {spec['protocol'].get('name', '')}", label


def few(seeds: Sequence[int]) -> str:
    """The first of some seeds, and how many more there are."""
    more = f" and {len(seeds) - SHOWN_SEEDS} more" if len(seeds) > SHOWN_SEEDS else ""
    return ", ".join(map(str, seeds[:SHOWN_SEEDS])) + more


def printable(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _without_scores(record: Record) -> Record:
    """10,000 of these fit into memory."""
    return {**record, "scores": [], "curves": {"train": {}, "held_out": {}}}
