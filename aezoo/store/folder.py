"""Records on disk: one folder a trial, found by its content id, written whole or not at all.

DIR/trials/<id>/record.json     the commit point: without it the trial does not exist
DIR/trials/<id>/weights.npz     artifacts, written before the record that holds their hashes
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aezoo.errors import ResultsError, UsageError
from aezoo.record import SCHEMA_VERSION, Record

RECORD = "record.json"
REQUIRED = ("id", "label", "role", "spec", "status", "dataset", "metrics", "scores", "timing", "artifacts")


class DamagedRecordWarning(UserWarning):
    """A file that is not a whole record; it was set aside and its trial counts as missing."""


class Store:
    """A results folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trials = folder / "trials"

    def create(self) -> None:
        """Make the folder and check that it can be written; raises `ResultsError`."""
        try:
            self.trials.mkdir(parents=True, exist_ok=True)
            write_atomically(self.trials / ".writable", b"")
            (self.trials / ".writable").unlink()
        except OSError as error:
            raise ResultsError(
                f"results folder {self.folder} cannot be written: {error.strerror}; choose another with --out"
            ) from error

    def commit(self, record: Record, artifacts: Mapping[str, bytes]) -> None:
        """Write a trial: its artifacts, then the record that names their hashes; raises `ResultsError`."""
        folder = self.trials / record["id"]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in artifacts.items():
                write_atomically(folder / name, content)
            write_atomically(folder / RECORD, json.dumps(record, indent=1, allow_nan=False).encode())
        except OSError as error:
            raise ResultsError(
                f"{folder} cannot be written: {error.strerror}; free space or choose --out"
            ) from error

    def read(self, trial_id: str) -> Record | None:
        """The record of a trial, or None; one that is damaged is set aside with a `DamagedRecordWarning`."""
        path = self.trials / trial_id / RECORD
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ResultsError(f"{path} cannot be read: {error.strerror}") from error
        try:
            return checked(json.loads(content), trial_id)
        except ValueError as error:
            aside = path.with_name(f"{RECORD}.bad-{time.time_ns()}")
            os.replace(path, aside)
            message = (
                f"{path} is no whole record ({error}); set aside as {aside.name}, the trial counts as missing"
            )
            warnings.warn(message, DamagedRecordWarning, stacklevel=2)
            return None

    def records(self) -> Iterator[Record]:
        """Every whole record, in the order of ids."""
        if not self.trials.is_dir():
            raise ResultsError(
                f"{self.folder} holds no results (no folder 'trials'); run aezoo into it first"
            )
        for folder in sorted(self.trials.iterdir()):
            record = self.read(folder.name) if folder.is_dir() else None
            if record is not None:
                yield record

    def artifact(self, record: Record, name: str) -> bytes | None:
        """An artifact whose hash is the record's, or None where there is none; raises `ResultsError` for another."""
        facts: dict[str, Any] | None = record["artifacts"].get(name)
        path = self.trials / record["id"] / name
        if facts is None or not path.exists():
            return None
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != facts["sha256"]:
            raise ResultsError(
                f"{path} is not what its record says (SHA-256 differs); delete {path.parent} and run again"
            )
        return content


def checked(record: Any, trial_id: str) -> Record:  # noqa: ANN401
    """`record` if it is one; raises `ValueError` for what is none, `UsageError` for one of a newer aezoo."""
    if not isinstance(record, dict) or not isinstance(record.get("schema_version"), int):
        raise ValueError("no schema_version")
    if record["schema_version"] > SCHEMA_VERSION:
        raise UsageError(
            f"record {trial_id[:12]} has schema {record['schema_version']}, this aezoo reads up to {SCHEMA_VERSION}; "
            "upgrade aezoo"
        )
    missing = [key for key in REQUIRED if key not in record]
    if missing or record["id"] != trial_id:
        raise ValueError(f"missing {', '.join(missing)}" if missing else "its id is another's")
    return record


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a temporary name, fsync, `os.replace`, fsync of the folder."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
