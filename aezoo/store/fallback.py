"""Fallback for finished trials when the results folder fails: a results folder in the system's temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from aezoo.errors import ResultsError
from aezoo.record import Record
from aezoo.store.store import Store


class FallbackStore:
    """A store and, from its first failure on, a folder of its own for the trials that it refuses.

    Attributes:
        failure: the first failure, or None.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.failure: ResultsError | None = None
        self._kept: Store | None = None

    def commit(self, record: Record, artifacts: Mapping[str, bytes]) -> None:
        """Write a trial here or there; raises `ResultsError` where neither can be written."""
        try:
            self.store.commit(record, artifacts)
        except ResultsError as error:
            self.failure = self.failure or error
            self._keep(record, artifacts)

    def fail(self, error: OSError) -> None:
        """Note that the results folder failed."""
        reason = f"results folder {self.store.folder} cannot be written: {error.strerror}"
        self.failure = self.failure or ResultsError(f"{reason}; choose another with --out, or free space")

    def check(self) -> None:
        """Raise `ResultsError` if the results folder failed, saying where the other trials are."""
        if self.failure is not None:
            kept = f"; the trials that finished since are in {self._kept.folder}" if self._kept else ""
            raise ResultsError(f"{self.failure}{kept}") from self.failure

    def _keep(self, record: Record, artifacts: Mapping[str, bytes]) -> None:
        try:
            if self._kept is None:
                self._kept = Store(Path(tempfile.mkdtemp(prefix="aezoo-rescued-")))
                self._kept.create()
            self._kept.commit(record, artifacts)
        except (OSError, ResultsError) as error:
            raise ResultsError(f"{self.failure}; it could not be kept elsewhere either: {error}") from error
