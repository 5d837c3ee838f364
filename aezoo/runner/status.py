"""Status in lines: of a trial, and of a results folder with its done, failed and missing trials and their reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aezoo.datasets import load_dataset
from aezoo.errors import AezooError
from aezoo.provenance import CurrentCode
from aezoo.record import Record
from aezoo.runner.action import required_action
from aezoo.spec import Protocol, canonical_json, complete_protocol, settings_apart
from aezoo.store import Claims, Store
from aezoo.store.suites import read_suites

STATUSES = ("done", "diverged", "error", "timeout", "killed", "running", "missing")

MAX_SEEDS_NAMED = 5
MAX_METRICS_NAMED = 4

Model = tuple[str, str]
"""A data set and the label of a model."""

PlacedSeed = tuple[str, int]
"""A data set or protocol in words, and the seed of a trial there."""

Rerun = tuple[Mapping[str, Any], str, str, str]
"""The description of a trial and its label, what it needs, and the reason."""

TrialGroup = tuple[str, str, str]
"""A data set, a protocol and the label of a model."""


class FolderStatus:
    """The trials of a results folder: those that have a record, and those that its suites still lack.

    Attributes:
        store: the folder.
        records: the records by the trial's id, without scores and curves, so that 10,000 of them fit into memory.
        failed_scores: by the trial's id, the metrics that failed in a finished trial, by reason.
        missing: trials of the folder's suites without a record, by id.
        running: of these, the process that computes each now, by id.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.records: dict[str, Record] = {}
        self.failed_scores: dict[str, dict[str, list[str]]] = {}
        for record in store.records():
            self.records[record["id"]] = {**record, "scores": [], "curves": {"train": {}, "held_out": {}}}
            self.failed_scores[record["id"]] = failed_metrics(record)
        trials = {trial.id: trial for suite in read_suites(store) for trial in suite.trials(suite.dataset)}
        self.missing = {trial_id: trial for trial_id, trial in trials.items() if trial_id not in self.records}
        claims = Claims(store)
        self.running = {trial_id: holder for trial_id in self.missing if (holder := claims.holder_of(trial_id))}

    def counts(self) -> dict[TrialGroup, Counter[str]]:
        """Count the trials of each status, per data set, protocol and model."""
        trials = [(record["spec"], record["label"], record["status"]) for record in self.records.values()]
        for trial_id, trial in self.missing.items():
            status = "running" if trial_id in self.running else "missing"
            trials.append((trial.model_dump(), trial.subject.label, status))
        names = self.protocol_names()
        counts: defaultdict[TrialGroup, Counter[str]] = defaultdict(Counter)
        for spec, label, status in trials:
            counts[spec["dataset"], names[canonical_json(spec["protocol"])], label][status] += 1
        return dict(sorted(counts.items()))

    def protocol_names(self) -> dict[str, str]:
        """Name each protocol of the folder, by its canonical JSON, as `counts` does."""
        recorded = (record["spec"]["protocol"] for record in self.records.values())
        return _name_protocols([*recorded, *(trial.model_dump()["protocol"] for trial in self.missing.values())])

    def reasons(self) -> Iterator[str]:
        """Yield why trials have no scores, or scores worth nothing: a line for each reason, with its seeds.

        Where trials of several data sets or protocols share a reason there is a line for each of these, which it names.
        """
        names = self.protocol_names()
        struck: defaultdict[tuple[str, str, str], list[PlacedSeed]] = defaultdict(list)
        for trial_id, record in self.records.items():
            failed = self.failed_scores[trial_id]
            reasons = [f"warning: {text}" for text in record.get("warnings", ()) if text not in failed]
            if record["error"]:
                reasons.append(f"{record['error']['type']}: {record['error']['message']}")
            reasons.extend(_failure(reason, metrics) for reason, metrics in failed.items())
            for reason in reasons:
                spec = record["spec"]
                place = f"{spec['dataset']}, {names[canonical_json(spec['protocol'])]}"
                struck[(record["label"], record["status"], reason)].append((place, spec["seed"]))
        for (label, status, reason), trials in sorted(struck.items()):
            for place, seeds in seeds_by_place(trials):
                yield to_printable(f"{place}{label} seed {format_seeds(seeds)}: {status}, {reason}")


def status_lines(status: FolderStatus) -> Iterator[str]:
    """Yield the lines of the command `status`."""
    counts = status.counts()
    total = sum(counts.values(), Counter())
    present = [name for name in STATUSES if total[name]]
    summary = ", ".join(f"{total[name]} {name}" for name in present)
    yield f"{status.store.folder}: {total.total()} trials{': ' if summary else ''}{summary}"
    for (dataset, protocol, label), of_group in counts.items():
        text = ", ".join(f"{of_group[name]} {name}" for name in present if of_group[name])
        yield to_printable(f"  {dataset}, {protocol}, {label}: {text}")
    yield from status.reasons()
    for holder in sorted(set(status.running.values())):
        yield f"{holder} is computing here"


def reason_lines(status: FolderStatus, data_file: Path | None) -> Iterator[str]:
    """Yield why trials would run again: a line for each model and reason, with the seeds that the reason concerns."""
    fingerprints: dict[str, str | None] = {}
    for name in sorted({record["dataset"]["name"] for record in status.records.values()}):
        try:
            fingerprints[name] = load_dataset(name, data_file).fingerprint
        except AezooError as error:
            fingerprints[name] = None
            yield to_printable(f"data set {name} cannot be compared: {error}")
    names = status.protocol_names()
    struck: defaultdict[tuple[Model, str, str], list[PlacedSeed]] = defaultdict(list)
    for spec, label, verb, reason in (*_reruns(status.store, fingerprints), *_missing_trials(status)):
        place = names.get(canonical_json(spec["protocol"]), "")
        struck[((spec["dataset"], label), verb, reason)].append((place, spec["seed"]))
    for ((dataset, label), verb, reason), trials in sorted(struck.items()):
        for place, seeds in seeds_by_place(trials):
            yield to_printable(f"{verb}: {dataset}, {place}{label} seed {format_seeds(seeds)}: {reason}")
    yield from _code_change_lines(status)


def seeds_by_place(trials: Sequence[PlacedSeed]) -> Iterator[tuple[str, list[int]]]:
    """Yield the sorted seeds of trials of one place, or place by place with its name, as lines begin with it."""
    places = sorted({place for place, _ in trials})
    for name in places:
        yield f"{name}, " if places[1:] else "", sorted(seed for place, seed in trials if place == name)


def _reruns(store: Store, fingerprints: Mapping[str, str | None]) -> Iterator[Rerun]:
    """Yield the trials that would run or be scored again; their records are read once more, because scores matter."""
    for record in store.records():
        action = required_action(record, fingerprints.get(record["dataset"]["name"]), store)
        if action is not None:
            verb = "runs again" if action.metrics is None else "is scored again"
            yield record["spec"], record["label"], verb, "; ".join(action.reasons)


def _missing_trials(status: FolderStatus) -> Iterator[Rerun]:
    """Yield the trials that have no record; one that ran under another protocol is another trial, and is named."""
    others: defaultdict[tuple[Model, int], list[Record]] = defaultdict(list)
    for record in status.records.values():
        others[(record["spec"]["dataset"], record["label"]), record["spec"]["seed"]].append(record)
    for trial_id, trial in status.missing.items():
        if trial_id not in status.running:
            model = trial.dataset, trial.subject.label
            changes = [
                f"protocol: {protocol_change(record['spec']['protocol'], trial.protocol)}"
                for record in others[model, trial.seed]
            ]
            if status.store.has_record(trial_id):
                changes = ["its record cannot be used: it is damaged, or was changed by hand"]
            yield trial.model_dump(), model[1], "runs", changes[0] if changes else "it never finished"


def protocol_change(then: Mapping[str, Any], protocol: Protocol) -> str:
    """Name the settings of a protocol that differ from those of an earlier one: ``epochs 10, now 20``."""
    before = complete_protocol(then)
    now = dict(protocol)
    names = [name for name in now if name != "name" and before.get(name) != now[name]] or ["name"]
    return ", ".join(f"{name} {before.get(name)}, now {now[name]}" for name in names)


def _code_change_lines(status: FolderStatus) -> Iterator[str]:
    """Yield the changes of code since trials ran; they stand nevertheless."""
    code = CurrentCode()
    changes = Counter(change.text for record in status.records.values() for change in code.changes(record))
    for change, count in sorted(changes.items()):
        trials, them = ("1 trial", "it") if count == 1 else (f"{count} trials", "them")
        yield to_printable(f"stands: {trials} ran on {change}; --retry code runs {them} again")


def _name_protocols(protocols: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Name each protocol, by its canonical JSON, with the settings in which it differs from others of its name."""
    known = {canonical_json(protocol): protocol for protocol in protocols}
    return {
        text: ", ".join([f"protocol {protocol.get('name', '')}", *settings_apart(protocol, known.values())])
        for text, protocol in known.items()
    }


def trial_line(record: Record, scored_again: bool = False) -> str:
    """Describe a trial in one line: what it was, how it ended, how long it took or why it failed.

    Of one that was `scored_again` from saved weights it is the time of the scores, not of the training before.
    """
    name = f"{record['label']} seed {record['spec']['seed']}: {record['status']}"
    if record["error"]:
        return f"{name}, {record['error']['type']}: {record['error']['message']}"
    warned = "".join(f"; warning: {text}" for text in record.get("warnings", ()))
    seconds = record["timing"].get("rescore") if scored_again else None
    took = f"{record['timing']['total']:.1f} s" if seconds is None else f"scored again in {seconds:.1f} s"
    return f"{name}, {took}{warned}"


def failure_lines(records: Iterable[Record]) -> Iterator[str]:
    """Describe what failed: a line for each trial, and one for each reason why metrics failed in finished ones."""
    failed: dict[str, tuple[dict[str, None], list[str]]] = {}
    for record in records:
        if record["status"] != "done":
            yield f"failed: {trial_line(record)}"
            continue
        for reason, names in failed_metrics(record).items():
            metrics, trials = failed.setdefault(reason, ({}, []))
            metrics.update(dict.fromkeys(names))
            trials.append(f"{record['label']} seed {record['spec']['seed']}")
    for reason, (metrics, trials) in failed.items():
        named = (
            count_words(len(metrics), "metric") if is_of_sampler(reason) else f"metric {_first_of(metrics, 'metrics')}"
        )
        struck = f"{named} of {_first_of(trials, 'trials')}"
        yield f"scores failed: {struck}: {reason}; once it is mended, --retry failed computes them"


def _first_of(names: Iterable[str], what: str) -> str:
    """Name the first of some things, and count the others."""
    first, *others = names
    return f"{first} and {len(others)} other {what}" if others else first


def failed_metrics(record: Record) -> dict[str, list[str]]:
    """List the metrics that failed in a trial by reason: one broken sampler is the reason of many."""
    found: dict[str, dict[str, None]] = {}
    for row in record["scores"]:
        if row["state"] == "error":
            found.setdefault(row["reason"], {})[row["family"]] = None
    return {reason: list(metrics) for reason, metrics in found.items()}


def is_of_sampler(reason: str) -> bool:
    """Tell whether a score has failed because its sampler had."""
    return reason.startswith("sampler ")


def _failure(reason: str, metrics: Sequence[str]) -> str:
    """Say what failed in a finished trial: a sampler with what it costs, or metrics."""
    if is_of_sampler(reason):
        return f"{reason} ({count_words(len(metrics), 'metric')} of its rows)"
    return f"{format_metrics(metrics)} failed: {reason}"


def count_words(count: int, what: str) -> str:
    """Write ``1 metric`` or ``2 metrics``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def format_metrics(metrics: Sequence[str]) -> str:
    """Name the first of some metrics, and how many more there are."""
    more = f" and {len(metrics) - MAX_METRICS_NAMED} more" if len(metrics) > MAX_METRICS_NAMED else ""
    return f"metric{'s' if len(metrics) > 1 else ''} {', '.join(metrics[:MAX_METRICS_NAMED])}{more}"


def format_seeds(seeds: Sequence[int]) -> str:
    """Name the first of some seeds, and how many more there are."""
    more = f" and {len(seeds) - MAX_SEEDS_NAMED} more" if len(seeds) > MAX_SEEDS_NAMED else ""
    return ", ".join(map(str, seeds[:MAX_SEEDS_NAMED])) + more


def to_printable(text: str) -> str:
    """Replace the characters that a terminal would obey by spaces."""
    return "".join(character if character.isprintable() else " " for character in text)
