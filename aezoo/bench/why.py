"""`status --why`: for each trial that would run again, what changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aezoo.bench.needs import code_changes, find_need
from aezoo.bench.status import Holdings, few, printable
from aezoo.datasets import load_dataset
from aezoo.errors import AezooError
from aezoo.record import Record
from aezoo.spec import Trial

Model = tuple[str, str]


def why_lines(holdings: Holdings, data_file: Path | None) -> Iterator[str]:
    """A line for each model and reason, with the seeds that the reason concerns."""
    fingerprints: dict[str, str | None] = {}
    for name in sorted({record["dataset"]["name"] for record in holdings.records.values()}):
        try:
            fingerprints[name] = load_dataset(name, data_file).fingerprint
        except AezooError as error:
            fingerprints[name] = None
            yield printable(f"data set {name} cannot be compared: {error}")
    seeds: defaultdict[tuple[Model, str, str], list[int]] = defaultdict(list)
    for model, seed, verb, reason in (*_again(holdings, fingerprints), *_missing(holdings)):
        seeds[(model, verb, reason)].append(seed)
    for ((dataset, label), verb, reason), of in sorted(seeds.items()):
        yield printable(f"{verb}: {dataset}, {label} seed {few(sorted(of))}: {reason}")
    yield from _other_code(holdings)


def _again(holdings: Holdings, fingerprints: dict[str, str | None]) -> Iterator[tuple[Model, int, str, str]]:
    for record in holdings.records.values():
        need = find_need(record, fingerprints[record["dataset"]["name"]], holdings.store)
        if need is not None:
            verb = "runs again" if need.metrics is None else "is scored again"
            model = record["spec"]["dataset"], record["label"]
            yield model, record["spec"]["seed"], verb, "; ".join(need.reasons)


def _missing(holdings: Holdings) -> Iterator[tuple[Model, int, str, str]]:
    """Trials that have no record; one that ran under another protocol is another trial, and is named."""
    others: defaultdict[tuple[Model, int], list[Record]] = defaultdict(list)
    for record in holdings.records.values():
        others[(record["spec"]["dataset"], record["label"]), record["spec"]["seed"]].append(record)
    for trial_id, trial in holdings.missing.items():
        if trial_id not in holdings.running:
            model = trial.dataset, trial.subject.label
            changes = [_protocol_change(record, trial) for record in others[model, trial.seed]]
            yield model, trial.seed, "runs", changes[0] if changes else "it never finished"


def _protocol_change(record: Record, trial: Trial) -> str:
    then, now = record["spec"]["protocol"], trial.protocol.model_dump(mode="json")
    names = [name for name in now if name != "name" and then.get(name) != now[name]] or ["name"]
    return "protocol: " + ", ".join(f"{name} {_or_nothing(then.get(name))}, now {now[name]}" for name in names)


def _or_nothing(value: Any) -> str:  # noqa: ANN401
    return "not there" if value is None else str(value)


def _other_code(holdings: Holdings) -> Iterator[str]:
    """Finished trials stand whatever code they ran on, but it is said."""
    changes = Counter(change for record in holdings.records.values() for change in code_changes(record))
    for change, count in sorted(changes.items()):
        yield printable(f"stands: {count} trials ran on {change}; --retry code runs them again")
