"""Merge of results folders. Everything is compared before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aezoo.errors import ResultsError
from aezoo.files import write_atomically
from aezoo.messages import CODES, GALLERY
from aezoo.record import Record
from aezoo.spec import canonical_json
from aezoo.store import Claims, Store
from aezoo.store.packed import packed_line, write_packed
from aezoo.store.store import RECORD
from aezoo.store.suites import read_suites, save_suite

RESULTS = ("done", "diverged")

VOLATILE_KEYS = ("timing", "environment")
"""Keys that may differ between two records of one trial."""


@dataclass(frozen=True)
class MergeSource:
    """The store from which the record of a trial is taken, its status and the digest of its content."""

    store: Store
    status: str
    digest: str


@dataclass(frozen=True)
class MergeResult:
    """Number of trials that the folder holds after a merge, and of those that it did not hold before."""

    trials: int
    written: int


def merge(sources: Sequence[Path], into: Path, packed: bool = False) -> MergeResult:
    """Copy every trial of `sources`, with its artifacts, to the results folder `into`; each is copied whole or not.

    As results are published, `packed`, all records go into one compressed file, with the pictures of the first seed of
    each model and the codes of all, and without weights; of the target's own trials the records move there, and the
    weights stay.

    A trial that stands in several folders must have the same content, but for its times and its environment; a
    result (done or diverged) takes the place of a failure. Sources are not changed. Lines of the target's packed file
    that are no whole records stay there.

    Raises:
        ResultsError: two folders have different results of one trial, or other data under one name; nothing has then
            been written. Or a folder cannot be read or written.
    """
    target = Store(into, quarantine=True)
    stores = [Store(folder) for folder in sources if folder.resolve() != into.resolve()]
    for store in stores:
        store.ids()  # a folder that is none is refused before the target is made
    target.create()
    merger = Merger()
    merger.add(target)
    unread = target.packed.lines_beside(merger.choices) if packed else []
    for store in stores:
        merger.add(store)
    try:
        written = merger.write_packed(target, unread) if packed else merger.write(target)
    except OSError as error:
        raise ResultsError(
            f"results folder {into} cannot be written: {error.strerror}; choose another with --into, or free space"
        ) from error
    for store in stores:
        for suite in read_suites(store):
            save_suite(target, suite, suite.dataset)
    return MergeResult(len(merger.choices), written)


class Merger:
    """A choice, among records of the same trial, of the one to keep."""

    def __init__(self) -> None:
        self.choices: dict[str, MergeSource] = {}
        self.data: dict[str, tuple[str, Path]] = {}

    def add(self, store: Store) -> None:
        """Add the records of a folder; raises `ResultsError` where they contradict those of another."""
        for record in store.records():
            self._check_data(record, store)
            choice = MergeSource(store, record["status"], _digest(record))
            known = self.choices.setdefault(record["id"], choice)
            if choice.status in RESULTS and known.status not in RESULTS:
                self.choices[record["id"]] = choice
            elif choice.digest != known.digest and choice.status in RESULTS:
                raise _conflict(record, store, known.store)

    def write(self, target: Store) -> int:
        """Copy what the target lacks; return the number of trials copied."""
        lacking = [(trial_id, choice.store) for trial_id, choice in self.choices.items() if choice.store is not target]
        with Claims(target) as claims:
            for trial_id, source in lacking:
                _copy(trial_id, source, target, claims)
        return len(lacking)

    def write_packed(self, target: Store, unread: Sequence[bytes]) -> int:
        """Write all records to one file and the galleries beside it; return the number of trials that are new.

        The lines `unread` stay in it before them: where one is of the same trial, the record is what counts.
        """
        records = [(_read(trial_id, choice.store), choice.store) for trial_id, choice in self.choices.items()]
        kept = [(record, source, GALLERY) for record, source in _first_seeds(records)]
        kept += [(record, source, CODES) for record, source in _with_codes(records)]
        for record, source, name in kept:
            content = source.artifact(record, name)
            if content is not None and source is not target:
                write_atomically(target.trial_folder(record["id"]) / name, content)
        write_packed(target.folder, [*unread, *(packed_line(record) for record, _ in records)])
        for record, _ in records:
            (target.trials / record["id"] / RECORD).unlink(missing_ok=True)
        return sum(source is not target for _, source in records)

    def _check_data(self, record: Record, store: Store) -> None:
        name, fingerprint = record["dataset"]["name"], record["dataset"]["fingerprint"]
        if fingerprint is None:
            return
        known, folder = self.data.setdefault(name, (fingerprint, store.folder))
        if known != fingerprint:
            raise ResultsError(
                f"data set {name!r} has fingerprint {fingerprint[:12]} in {store.folder} but {known[:12]} in {folder}; "
                "merge only folders that were made from the same data"
            )


def _first_seeds(records: Iterable[tuple[Record, Store]]) -> list[tuple[Record, Store]]:
    """Choose, of the finished trials that differ in the seed alone, the one of the lowest."""
    chosen: dict[str, tuple[Record, Store]] = {}
    for record, store in sorted(records, key=lambda pair: int(pair[0]["spec"]["seed"])):
        if record["status"] == "done":
            chosen.setdefault(_seedless(record), (record, store))
    return list(chosen.values())


def _with_codes(records: Iterable[tuple[Record, Store]]) -> list[tuple[Record, Store]]:
    """Choose the finished trials that kept codes: those of a lone seed compare to none, but others may come later."""
    return [pair for pair in records if pair[0]["status"] == "done" and CODES in pair[0]["artifacts"]]


def _seedless(record: Record) -> str:
    """Return what trials that differ in the seed alone have in common."""
    return canonical_json({**record["spec"], "seed": 0})


def _read(trial_id: str, source: Store) -> Record:
    record = source.read(trial_id)
    if record is None:
        raise ResultsError(f"record {trial_id[:12]} of {source.folder} vanished during the merge; merge again")
    return record


def _copy(trial_id: str, source: Store, target: Store, claims: Claims) -> None:
    record = _read(trial_id, source)
    contents = {name: source.artifact(record, name) for name in record["artifacts"]}
    artifacts = {name: content for name, content in contents.items() if content is not None}
    if not claims.take(trial_id):
        raise ResultsError(
            f"{claims.holder_of(trial_id)} computes trial {trial_id[:12]} in {target.folder}; merge when it has ended"
        )
    target.commit(record, artifacts)
    claims.release(trial_id)


def _conflict(record: Record, store: Store, other: Store) -> ResultsError:
    known = other.read(record["id"]) or {}
    keys = [key for key in record if key not in VOLATILE_KEYS and record[key] != known.get(key)]
    return ResultsError(
        f"{record['label']} seed {record['spec']['seed']} ({record['id'][:12]}) has another {', '.join(keys)} in "
        f"{store.folder} than in {other.folder}; delete one of the two folders trials/{record['id'][:12]}..."
    )


def _digest(record: Record) -> str:
    content = {key: value for key, value in record.items() if key not in VOLATILE_KEYS}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
