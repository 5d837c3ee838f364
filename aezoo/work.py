"""What goes to a worker and what comes back; plain data that any engine can send."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from aezoo.record import Record
from aezoo.spec import Trial


@dataclass(frozen=True)
class Request:
    """What a worker is asked for.

    Attributes:
        trial: what to run.
        fingerprint: of the data set that the driver found; a worker that finds another refuses.
        note: the data set's line for tables, as the driver found it.
        data_file: where the user said the data is, or None.
        metrics: the registered metrics to compute; None for all that are not slow.
        weights: those of an earlier run of this trial: then nothing is trained, and only scores are computed.
    """

    trial: Trial
    fingerprint: str
    note: str = ""
    data_file: Path | None = None
    metrics: tuple[str, ...] | None = None
    weights: bytes | None = None


@dataclass
class Outcome:
    """A finished trial: its record, and its artifacts by file name."""

    record: Record
    artifacts: dict[str, bytes] = field(default_factory=dict)
