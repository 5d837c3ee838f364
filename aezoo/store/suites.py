"""Suites that were run into a results folder: they say what it should hold when it is complete."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from aezoo.errors import DamagedRecordWarning, ResultsError, message_line
from aezoo.files import make_folder, read_regular, write_atomically
from aezoo.spec import Suite, canonical_json
from aezoo.store.store import Store

MAX_SUITE_BYTES = 2**24


def save_suite(store: Store, suite: Suite, dataset: str) -> None:
    """Note that `suite` is run, on the data set that was found for it; raises `ResultsError`."""
    resolved = suite.model_copy(update={"dataset": dataset})
    try:
        _write(make_folder(store.folder / "suites"), resolved)
    except OSError as error:
        raise ResultsError(f"{store.folder / 'suites'} cannot be written: {error.strerror}; free space") from error


def replace_suites(store: Store, suites: Sequence[Suite]) -> None:
    """Put `suites` in the place of those of the folder; a file that is no suite stays. Raises `ResultsError`."""
    try:
        folder = make_folder(store.folder / "suites")
        kept = [_write(folder, suite) for suite in suites]
        for path in set(folder.glob("*.json")) - set(kept):
            if _read(path) is not None:
                path.unlink()
    except OSError as error:
        raise ResultsError(f"{store.folder / 'suites'} cannot be written: {error.strerror}") from error


def read_suites(store: Store) -> Iterator[Suite]:
    """Yield the suites that were run into the folder; what is no suite is left out with a warning."""
    folder = store.folder / "suites"
    for path in sorted(folder.glob("*.json")) if not folder.is_symlink() else ():
        suite = _read(path)
        if suite is not None:
            yield suite


def _write(folder: Path, suite: Suite) -> Path:
    """Write a suite under the hash of its content; raises `OSError`."""
    content = canonical_json(suite.model_dump(mode="json")).encode()
    path = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    write_atomically(path, content)
    return path


def _read(path: Path) -> Suite | None:
    """Read a suite; None, and a warning, for a file that is none."""
    try:
        return Suite.model_validate_json(read_regular(path, MAX_SUITE_BYTES))
    except (OSError, ValueError) as error:
        warnings.warn(f"{path} is no suite ({message_line(error)[:200]}); left out", DamagedRecordWarning, stacklevel=3)
        return None
