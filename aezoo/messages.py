"""Messages between driver and workers: `Request`, `Outcome`, `EpochProgress`; plain data that any engine can send."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from pathlib import Path

from aezoo.errors import ResultsError
from aezoo.files import read_regular
from aezoo.record import Record
from aezoo.spec import Trial, canonical_json

Wire = tuple[str, dict[str, bytes]]
"""A message between machines: a JSON text, and files by name."""

WEIGHTS = "weights.npz"
GALLERY = "gallery.npz"
CODES = "codes.npz"
MAX_WEIGHTS_BYTES = 2**31


@dataclass(frozen=True)
class WeightsFile:
    """Weights in a file, read when they are needed: a sweep that scores 10,000 trials again holds none of them.

    Attributes:
        path: the file.
        sha256: hash of the content, in hexadecimal.
    """

    path: Path
    sha256: str

    def read(self) -> bytes:
        """Read the content; raises `ResultsError` where it is gone or has changed."""
        try:
            content = read_regular(self.path, MAX_WEIGHTS_BYTES)
        except (OSError, ValueError) as error:
            raise ResultsError(f"{self.path} cannot be read: {error}; run again") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ResultsError(f"{self.path} has changed since the run began (SHA-256 differs); run again")
        return content


@dataclass(frozen=True)
class Request:
    """A trial for a worker to run or to score.

    Attributes:
        trial: the trial.
        fingerprint: of the data set that the driver found; a worker that finds another refuses.
        note: the data set's line for tables, as the driver found it.
        data_file: where the user said the data is, or None.
        metrics: the registered metrics to compute; None for all that are not slow, and those in `also`.
        weights: those of an earlier run of this trial: then nothing is trained, and only scores are computed.
        also: slow metrics to compute as well.
        samplers: what a model's codes are drawn by; None for the samplers that are not optional.
        questions: those whose metrics are computed, with `also`, where `metrics` is None; () for all.
    """

    trial: Trial
    fingerprint: str
    note: str = ""
    data_file: Path | None = None
    metrics: tuple[str, ...] | None = None
    weights: bytes | WeightsFile | None = None
    also: tuple[str, ...] = ()
    samplers: tuple[str, ...] | None = None
    questions: tuple[str, ...] = ()

    def read_weights(self) -> bytes | None:
        """Read the content of `weights`; raises `ResultsError` where a file no longer has it."""
        return self.weights.read() if isinstance(self.weights, WeightsFile) else self.weights

    def to_wire(self) -> Wire:
        """Write this request for another machine; `data_file` stays behind, because it is a path of this one."""
        weights = self.read_weights()
        content = {
            "trial": self.trial.model_dump(mode="json"),
            "fingerprint": self.fingerprint,
            "note": self.note,
            "metrics": self.metrics,
            "also": self.also,
            "samplers": self.samplers,
            "questions": self.questions,
        }
        return canonical_json(content), {} if weights is None else {WEIGHTS: weights}

    @classmethod
    def from_wire(cls, text: str, files: dict[str, bytes]) -> Request:
        """Read the request that `to_wire` wrote."""
        content = json.loads(text)
        metrics, samplers = content.pop("metrics"), content.pop("samplers")
        return cls(
            trial=Trial(**content.pop("trial")),
            metrics=None if metrics is None else tuple(metrics),
            also=tuple(content.pop("also")),
            questions=tuple(content.pop("questions")),
            samplers=None if samplers is None else tuple(samplers),
            weights=files.get(WEIGHTS),
            **content,
        )


@dataclass
class Outcome:
    """A finished trial: its record, and its artifacts by file name."""

    record: Record
    artifacts: dict[str, bytes] = field(default_factory=dict)

    def to_wire(self) -> Wire:
        """Write this outcome for another machine; raises `ValueError` where the record holds NaN."""
        return json.dumps(self.record, allow_nan=False), self.artifacts

    @classmethod
    def from_wire(cls, text: str, files: dict[str, bytes]) -> Outcome:
        """Read the outcome that `to_wire` wrote."""
        return cls(json.loads(text), files)


@dataclass(frozen=True)
class EpochProgress:
    """The end of an epoch of a trial.

    Attributes:
        trial_id: id of the trial.
        epoch: number of the epoch that has ended, from 1.
        epochs: number of the last epoch.
        loss: mean training loss of the epoch, in nats per image.
        seconds: of training so far.
    """

    trial_id: str
    epoch: int
    epochs: int
    loss: float
    seconds: float

    def to_bytes(self) -> bytes:
        """Write this message as a line of some hundred bytes."""
        return canonical_json(astuple(self)).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> EpochProgress:
        """Read what `to_bytes` wrote."""
        return cls(*json.loads(content))


def describe_artifact(content: bytes) -> dict[str, str | int]:
    """Describe a file beside a record, as the record does."""
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


OnEpoch = Callable[[EpochProgress], None]
