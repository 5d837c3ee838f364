"""Records on disk: one folder a trial, found by its content id, written whole or not at all.

DIR/trials/<id>/record.json     the commit point: without it the trial does not exist
DIR/trials/<id>/weights.npz     artifacts, moved into place before the record that holds their hashes
DIR/trials/<id>/claim.json      who computes the trial now (see `aezoo.store.claims`)
DIR/trials/<id>/tmp-<uuid>/     what is being written
DIR/suites/<hash>.json          the suites that were run into the folder (see `aezoo.store.suites`)
DIR/records.jsonl.gz            records of a published folder (see `aezoo.store.packed`); a trial's own file comes first

Readers trust nothing: what is no record counts as missing, and no symbolic link inside the folder is followed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from aezoo.errors import DamagedRecordWarning, ResultsError
from aezoo.files import make_folder, read_regular, reject_link, sync_folder, write_new
from aezoo.record import Record, parse_record, seal
from aezoo.registry import check_name
from aezoo.store.packed import PackedRecords

RECORD = "record.json"
TRIAL_ID = re.compile(r"[0-9a-f]{64}")
MAX_RECORD_BYTES = 2**26
MAX_ARTIFACT_BYTES = 2**31
MIN_FREE_BYTES = 2**20
"""A folder that cannot take so many bytes will not take a trial."""


class Store:
    """A results folder.

    Args:
        folder: the results folder; it need not exist.
        quarantine: rename a damaged record that is met, to make room for a new one; else leave it where it is, as
            whoever only reads must.
    """

    def __init__(self, folder: Path, quarantine: bool = False) -> None:
        self.folder, self.quarantine = folder, quarantine
        self.trials = folder / "trials"
        self.packed = PackedRecords(folder)

    def check(self) -> None:
        """Raise `ResultsError` where no folder can be: its name, or one above it, is that of a file."""
        for path in (self.folder, *self.folder.parents):
            if path.is_dir():
                return
            if path.exists():
                raise ResultsError(
                    f"results folder {self.folder} cannot be written: {path} is a file; choose another with --out"
                )

    def create(self) -> None:
        """Make the folder and check that it can be written; raises `ResultsError`."""
        try:
            make_folder(self.trials)
            for name in ("tables", "figures"):
                reject_link(self.folder / name)
            with tempfile.TemporaryFile(
                dir=self.trials
            ) as probe:  # without a name: another run may ask at the same time
                probe.write(bytes(MIN_FREE_BYTES))
                probe.flush()
                os.fsync(probe.fileno())
        except OSError as error:
            raise ResultsError(
                f"results folder {self.folder} cannot be written: {error.strerror}; "
                "choose another with --out, or free space"
            ) from error

    def trial_folder(self, trial_id: str) -> Path:
        """Return the folder of a trial, made if need be.

        Raises `OSError`, also where the results folder is gone: an unmounted folder must not be written beneath.
        """
        if not TRIAL_ID.fullmatch(trial_id):
            raise ValueError(f"{trial_id[:80]!r} is no trial's id")
        for folder in (self.trials, self.trials / trial_id):
            reject_link(folder)
        (self.trials / trial_id).mkdir(exist_ok=True)
        return self.trials / trial_id

    def reject_links(self, trial_ids: Iterable[str]) -> None:
        """Raise `ResultsError` where a symbolic link has the place of the folder of one of these trials."""
        for trial_id in trial_ids:
            try:
                reject_link(self.trials / trial_id)
            except OSError as error:
                raise ResultsError(f"a trial cannot be stored: {error.strerror}") from error

    def commit(self, record: Record, artifacts: Mapping[str, bytes]) -> None:
        """Write a trial: its artifacts, then the record that names their hashes; raises `ResultsError`."""
        files = {
            **_checked(record, artifacts),
            RECORD: json.dumps(seal(record), indent=1, allow_nan=False).encode(),
        }
        try:
            self._write(self.trial_folder(record["id"]), files)
        except OSError as error:
            size = sum(map(len, files.values()))
            raise ResultsError(
                f"{self.trials / record['id']} cannot be written: {error.strerror}; {size} bytes are needed, "
                "free space or choose another folder with --out"
            ) from error

    def _write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        work = folder / f"tmp-{uuid.uuid4().hex}"
        try:
            work.mkdir()
            for name, content in files.items():
                write_new(work / name, content)
            if len(files) > 1:  # an old record must not stand beside new artifacts
                (folder / RECORD).unlink(missing_ok=True)
            for name in files:
                if name == RECORD:
                    sync_folder(folder)
                os.replace(work / name, folder / name)
            sync_folder(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def has_record(self, trial_id: str) -> bool:
        """Tell whether there is a file for the record of a trial, which may be damaged."""
        return (self.trials / trial_id / RECORD).is_file()

    def read(self, trial_id: str) -> Record | None:
        """Read the record of a trial, or None; what is no record is a `DamagedRecordWarning`, and may be renamed.

        Raises `ResultsError` where it cannot be read, or a newer aezoo wrote it.
        """
        path = self.trials / trial_id / RECORD
        try:
            if path.parent.is_symlink():
                raise ValueError("its folder is a symbolic link, which aezoo does not follow")
            return parse_record(self._content(path, trial_id), trial_id)
        except ResultsError as error:
            raise ResultsError(f"{path} cannot be read: {error}") from error
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
        except ValueError as error:
            is_own = os.path.lexists(path)
            path = path if is_own else self.packed.path
            done = _quarantine(path) if self.quarantine and is_own else "left where it is"
            message = f"{path} is no whole record ({error}); {done}, the trial counts as missing"
            warnings.warn(message, DamagedRecordWarning, stacklevel=2)
            return None

    def _content(self, path: Path, trial_id: str) -> bytes:
        """Read the JSON of a record from its own file or the packed one; raises `FileNotFoundError` without either."""
        try:
            return read_regular(path, MAX_RECORD_BYTES)
        except FileNotFoundError:
            if trial_id not in self.packed.lines:
                raise
            return self.packed.lines[trial_id]

    def ids(self) -> list[str]:
        """List the ids of all trials, sorted: those that have a folder, and those of packed records.

        Raises `ResultsError` for no results folder.
        """
        try:
            own = {entry.name for entry in os.scandir(self.trials) if TRIAL_ID.fullmatch(entry.name)}
            return sorted(own | set(self.packed.lines))
        except FileNotFoundError as error:
            if self.packed.lines:
                return sorted(self.packed.lines)
            raise ResultsError(
                f"{self.folder} holds no results (no folder 'trials'); run aezoo into it first"
            ) from error
        except OSError as error:
            raise ResultsError(f"{self.trials} cannot be read: {error.strerror}") from error

    def records(self) -> Iterator[Record]:
        """Yield every whole record, in the order of ids."""
        for trial_id in self.ids():
            record = self.read(trial_id)
            if record is not None:
                yield record

    def modification_stamp(self, trial_id: str) -> tuple[int, int] | None:
        """Return a value that changes whenever the record is written again; None without a record."""
        try:
            facts = os.lstat(self.trials / trial_id / RECORD)
        except OSError:
            return self.packed.stamp() if trial_id in self.packed.lines else None
        return facts.st_ino, facts.st_mtime_ns

    def artifact(self, record: Record, name: str) -> bytes | None:
        """Read an artifact, None where there is none; raises `ResultsError` for one whose hash is not the record's."""
        path = self.trials / record["id"] / name
        if name not in record["artifacts"]:
            return None
        try:
            content = read_regular(path, MAX_ARTIFACT_BYTES)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ResultsError(f"{path} cannot be read: {error}; delete {path.parent} and run again") from error
        if hashlib.sha256(content).hexdigest() != record["artifacts"][name]["sha256"]:
            raise ResultsError(
                f"{path} is not what its record says (SHA-256 differs); delete {path.parent} and run again"
            )
        return content


def _checked(record: Record, artifacts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `artifacts` if their names may be file names and the record holds their hashes; raises `ValueError`."""
    for name, content in artifacts.items():
        check_name("artifact", name)
        if record["artifacts"].get(name, {}).get("sha256") != hashlib.sha256(content).hexdigest():
            raise ValueError(f"artifact {name} of trial {record['id'][:12]} is not what its record says")
    return dict(artifacts)


def _quarantine(path: Path) -> str:
    """Rename a damaged record where that can be done; return what was done."""
    aside = path.with_name(f"{RECORD}.bad-{time.time_ns()}")
    if not path.parent.is_symlink():
        with suppress(OSError):
            os.replace(path, aside)
            return f"set aside as {aside.name}"
    return "left where it is"
