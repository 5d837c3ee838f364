"""Cache of what images are scored against: the oracle, the controls and the oracle's intervals, from run to run.

CACHE/score/<key>/trials/...              records of the oracle and the controls, as in any results folder
CACHE/score/<key>/intervals-<draws>.json  the oracle's intervals, with a digest of them

The key is a digest of everything that the numbers depend on. Files are written whole or not at all; what is damaged is
computed again. The folder may be deleted at any time. A key that was not used for 90 days goes when another is made.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import TypeAdapter

from aezoo.controls import CONTROLS
from aezoo.errors import ResultsError, message_line
from aezoo.files import read_regular, write_atomically
from aezoo.messages import Outcome
from aezoo.metrics import METRICS, Metric
from aezoo.record import environment
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.source import source_digest
from aezoo.spec import canonical_json
from aezoo.store import Store
from aezoo.threads import threads_in_force

KEY_CHARACTERS = 32
KEY = re.compile(rf"[0-9a-f]{{{KEY_CHARACTERS}}}")
UNUSED_SECONDS = 90 * 86_400
MAX_INTERVALS_BYTES = 2**20

INTERVALS = TypeAdapter(dict[str, PredictionInterval])


def cache_key(
    fingerprint: str, judge: str | None, n: int, seed: int, metrics: Sequence[Metric], controls: Sequence[str]
) -> str:
    """Digest everything that the scores of the oracle and the controls depend on.

    Args:
        fingerprint: of the data set.
        judge: digest of the judge's weights; None without a judge.
        n: number of images on either side.
        seed: of all that is drawn.
        metrics: that are computed; their versions count, and their source.
        controls: that are scored; their source counts, and that of the evaluation.
    """
    source = {f"metric {metric.name}": METRICS.digest(metric.name) for metric in metrics}
    source |= {f"control {name}": CONTROLS.digest(name) for name in controls}
    content = {
        "fingerprint": fingerprint,
        "judge": judge,
        "n": n,
        "seed": seed,
        "metrics": {metric.name: metric.version for metric in metrics},
        "source": {**source, "evaluation": source_digest("aezoo.scoring.scorer", "aezoo")},
        "environment": {name: value for name, value in environment().items() if name != "cores"},
        "threads": threads_in_force(),  # the last bits of sums depend on these, and not on the cores
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()[:KEY_CHARACTERS]


class ReferenceCache:
    """The oracle and the controls of one key.

    Args:
        key: of `cache_key`.
        tell: called with a line for what is damaged, and once where nothing can be written.
    """

    def __init__(self, key: str, tell: Callable[[str], None]) -> None:
        self.folder = user_cache_path("aezoo") / "score" / key
        self.tell = tell
        self._store = Store(self.folder, quarantine=True)
        self._is_writable: bool | None = None
        with suppress(OSError):
            os.utime(self.folder)  # it is in use

    def outcome(self, trial_id: str) -> Outcome | None:
        """Read a finished trial with all of its artifacts; None where there is none, or a damaged one."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                record = self._store.read(trial_id)
            if record is None or record["status"] != "done":
                return None
            artifacts = {name: self._store.artifact(record, name) for name in record["artifacts"]}
            found = {name: content for name, content in artifacts.items() if content is not None}
            if len(found) < len(artifacts):
                raise ResultsError(f"{self.folder / 'trials' / trial_id} lacks an artifact")
        except (ResultsError, Warning) as error:
            self.tell(f"{message_line(error)}; it is computed again")
            return None
        return Outcome(record, found)

    def keep_outcome(self, outcome: Outcome) -> None:
        """Write a finished trial."""
        self._write(lambda: self._store.commit(outcome.record, outcome.artifacts))

    def intervals(self, draws: int) -> dict[str, PredictionInterval] | None:
        """Read the oracle's intervals of so many draws; None where there are none, or damaged ones."""
        path = self._intervals_path(draws)
        try:
            content = json.loads(read_regular(path, MAX_INTERVALS_BYTES))
            intervals, digest = content["intervals"], content["digest"]
            if digest != _digest(intervals):
                raise ValueError("its digest is of other content")
            return INTERVALS.validate_python(intervals)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.tell(f"{path} is damaged ({message_line(error)}); it is computed again")
            return None

    def keep_intervals(self, draws: int, intervals: Mapping[str, PredictionInterval]) -> None:
        """Write the oracle's intervals of so many draws."""
        plain = INTERVALS.dump_python(dict(intervals), mode="json")
        content = json.dumps({"digest": _digest(plain), "intervals": plain}, indent=1, allow_nan=False)
        self._write(lambda: write_atomically(self._intervals_path(draws), content.encode()))

    def _intervals_path(self, draws: int) -> Path:
        return self.folder / f"intervals-{draws}.json"

    def _write(self, write: Callable[[], None]) -> None:
        """Write if that can be done; a cache that cannot be written costs time, and no result."""
        if self._is_writable is False:
            return
        try:
            if self._is_writable is None:
                if not self.folder.exists():
                    _remove_unused(self.folder.parent)
                self._store.create()
            write()
            self._is_writable = True
        except (ResultsError, OSError) as error:
            self._is_writable = False
            self.tell(f"nothing is kept for the next time: {message_line(error)}")


def _remove_unused(folder: Path) -> None:
    """Remove the keys in `folder` that were not used for a long time, such as those of older code."""
    with suppress(OSError):
        for key in folder.iterdir():
            if KEY.fullmatch(key.name) and time.time() - os.lstat(key).st_mtime > UNUSED_SECONDS:
                shutil.rmtree(key, ignore_errors=True)  # no symbolic link is followed


def _digest(intervals: object) -> str:
    return hashlib.sha256(canonical_json(intervals).encode()).hexdigest()
