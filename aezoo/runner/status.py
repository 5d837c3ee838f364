"""The command `status`: what a results folder holds, per model, with reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.datasets import load_dataset
from aezoo.errors import AezooError
from aezoo.record import Record
from aezoo.runner.plan import code_changes, required_action
from aezoo.spec import Protocol, complete_protocol
from aezoo.store import Claims, Store
from aezoo.store.suites import read_suites

Model = tuple[str, str]

STATUSES = ("done", "diverged", "error", "timeout", "killed", "running", "missing")

SHOWN_SEEDS = 5

Place = tuple[str, str, str]


def reason_lines(holdings: FolderStatus, data_file: Path | None) -> Iterator[str]:
    """A line for each model and reason, with the seeds that the reason concerns."""
    fingerprints: dict[str, str | None] = {}
    for name in sorted({record["dataset"]["name"] for record in holdings.records.values()}):
        try:
            fingerprints[name] = load_dataset(name, data_file).fingerprint
        except AezooError as error:
            fingerprints[name] = None
            yield to_printable(f"data set {name} cannot be compared: {error}")
    seeds: defaultdict[tuple[Model, str, str], list[int]] = defaultdict(list)
    for model, seed, verb, reason in (*_rerun_lines(holdings, fingerprints), *_missing(holdings)):
        seeds[(model, verb, reason)].append(seed)
    for ((dataset, label), verb, reason), of in sorted(seeds.items()):
        yield to_printable(f"{verb}: {dataset}, {label} seed {format_seeds(sorted(of))}: {reason}")
    yield from _code_change_lines(holdings)


def _rerun_lines(holdings: FolderStatus, fingerprints: dict[str, str | None]) -> Iterator[tuple[Model, int, str, str]]:
    for record in holdings.records.values():
        need = required_action(record, fingerprints[record["dataset"]["name"]], holdings.store)
        if need is not None:
            verb = "runs again" if need.metrics is None else "is scored again"
            model = record["spec"]["dataset"], record["label"]
            yield model, record["spec"]["seed"], verb, "; ".join(need.reasons)


def _missing(holdings: FolderStatus) -> Iterator[tuple[Model, int, str, str]]:
    """Trials that have no record; one that ran under another protocol is another trial, and is named."""
    others: defaultdict[tuple[Model, int], list[Record]] = defaultdict(list)
    for record in holdings.records.values():
        others[(record["spec"]["dataset"], record["label"]), record["spec"]["seed"]].append(record)
    for trial_id, trial in holdings.missing.items():
        if trial_id not in holdings.running:
            model = trial.dataset, trial.subject.label
            changes = [
                f"protocol: {protocol_change(record['spec']['protocol'], trial.protocol)}"
                for record in others[model, trial.seed]
            ]
            yield model, trial.seed, "runs", changes[0] if changes else "it never finished"


def protocol_change(then: Mapping[str, Any], protocol: Protocol) -> str:
    """Name the settings of a protocol that differ from those of an earlier one: ``epochs 10, now 20``."""
    before = complete_protocol(then)
    now = dict(protocol)
    names = [name for name in now if name != "name" and before.get(name) != now[name]] or ["name"]
    return ", ".join(f"{name} {before.get(name)}, now {now[name]}" for name in names)


def _code_change_lines(holdings: FolderStatus) -> Iterator[str]:
    """Finished trials stand whatever code they ran on, but it is said."""
    changes = Counter(change for record in holdings.records.values() for change in code_changes(record))
    for change, count in sorted(changes.items()):
        yield to_printable(f"stands: {count} trials ran on {change}; --retry code runs them again")


class FolderStatus:
    """The trials of a results folder: those that have a record, and those that its suites still lack."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.records: dict[str, Record] = {record["id"]: _missing_scores(record) for record in store.records()}
        trials = {trial.id: trial for suite in read_suites(store) for trial in suite.trials(suite.dataset)}
        self.missing = {trial_id: trial for trial_id, trial in trials.items() if trial_id not in self.records}
        claims = Claims(store)
        self.running = {trial_id: holder for trial_id in self.missing if (holder := claims.busy(trial_id))}

    def counts(self) -> dict[Place, Counter[str]]:
        """How many trials of each status, per data set, protocol and model."""
        found: defaultdict[Place, Counter[str]] = defaultdict(Counter)
        for record in self.records.values():
            found[trial_section(record["spec"], record["label"])][record["status"]] += 1
        for trial_id, trial in self.missing.items():
            status = "running" if trial_id in self.running else "missing"
            found[trial_section(trial.model_dump(), trial.subject.label)][status] += 1
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
            yield to_printable(f"{label} seed {format_seeds(sorted(struck))}: {status}, {reason}")


def status_lines(holdings: FolderStatus) -> Iterator[str]:
    """What `status` prints."""
    counts = holdings.counts()
    total = sum(counts.values(), Counter())
    shown = [status for status in STATUSES if total[status]]
    summary = ", ".join(f"{total[status]} {status}" for status in shown)
    yield f"{holdings.store.folder}: {total.total()} trials{': ' if summary else ''}{summary}"
    for (dataset, protocol, label), found in counts.items():
        words = ", ".join(f"{found[status]} {status}" for status in shown if found[status])
        yield to_printable(f"  {dataset}, {protocol}, {label}: {words}")
    yield from holdings.reasons()
    for holder in sorted(set(holdings.running.values())):
        yield f"{holder} is computing here"


def trial_section(spec: Mapping[str, Any], label: str) -> Place:
    """Data set, protocol and model of a trial."""
    return spec["dataset"], f"protocol {spec['protocol'].get('name', '')}", label


def format_seeds(seeds: Sequence[int]) -> str:
    """The first of some seeds, and how many more there are."""
    more = f" and {len(seeds) - SHOWN_SEEDS} more" if len(seeds) > SHOWN_SEEDS else ""
    return ", ".join(map(str, seeds[:SHOWN_SEEDS])) + more


def to_printable(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _missing_scores(record: Record) -> Record:
    """10,000 of these fit into memory."""
    return {**record, "scores": [], "curves": {"train": {}, "held_out": {}}}
