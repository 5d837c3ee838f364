"""Result of one trial: a record of plain JSON values, and the arrays beside it. Imports no TensorFlow."""

from __future__ import annotations

import hashlib
import platform
import sys
import traceback
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, Literal, NotRequired, cast

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict

from aezoo.errors import ResultsError, plain_message
from aezoo.machine import machine
from aezoo.spec import Trial, canonical_json, format_validation_error

CONFIG = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

Curve = dict[str, list[float]]


Record = dict[str, Any]

SCHEMA_VERSION = 1

TRAINED_ROLES = ("model", "floor")
"""The roles of what is trained on images; controls and the oracle have images of their own."""

LACKING_DATA = "the data set has no "
"""The beginning of a stored reason where the data set has no such thing as the metric needs, for no model."""

TRACEBACK_CHARACTERS = 4_000

LINE_CHARACTERS = 200

PACKAGES = ("aezoo", "tensorflow", "keras", "numpy", "scipy", "scikit-learn")


@with_config(CONFIG)
class SpecSchema(TypedDict):
    """The trial that was run."""

    dataset: str
    model: str
    parameters: dict[str, bool | int | float | str]
    protocol: dict[str, bool | int | float | str]
    seed: int


@with_config(CONFIG)
class DatasetSchema(TypedDict):
    """The data set that it was run on."""

    name: str
    fingerprint: str | None
    judge: str | None
    note: str
    sizes: dict[str, int]


@with_config(CONFIG)
class ScoreRow(TypedDict):
    """One score."""

    question: str
    metric: str
    family: str
    version: int
    sampler: str | None
    features: str | None
    value: float | None
    unit: str
    better: str
    ideal: float | None
    n: int
    state: Literal["ok", "n/a", "error"]
    reason: str
    standard_error: NotRequired[float | None]
    standard_error_drawn: NotRequired[float | None]


@with_config(CONFIG)
class ErrorSchema(TypedDict):
    """The reason why a trial has no scores."""

    type: str
    message: str
    traceback: str


@with_config(CONFIG)
class Curves(TypedDict):
    """Per epoch, the mean of each term."""

    train: Curve
    held_out: Curve


@with_config(CONFIG)
class Artifact(TypedDict):
    """A file beside the record."""

    sha256: str
    bytes: int


@with_config(CONFIG)
class RecordSchema(TypedDict):
    """A record of `SCHEMA_VERSION`; `aezoo.record.new_record` says what each key means."""

    schema_version: Annotated[int, Field(ge=1)]
    id: str
    label: str
    role: str
    spec: SpecSchema
    parameters: NotRequired[dict[str, bool | int | float | str]]
    parameter_count: NotRequired[int | None]
    sources: NotRequired[dict[str, dict[str, str]]]
    status: Literal["done", "diverged", "error", "timeout", "killed"]
    error: ErrorSchema | None
    warnings: NotRequired[list[str]]
    dataset: DatasetSchema
    metrics: dict[str, int]
    samplers: list[str]
    refused_samplers: NotRequired[dict[str, str]]
    scores: list[ScoreRow]
    curves: Curves
    timing: dict[str, float | dict[str, float] | None]
    environment: dict[str, str]
    artifacts: dict[str, Artifact]
    comparison: NotRequired[str]
    digest: NotRequired[str]


SHAPE = TypeAdapter(RecordSchema)


def parse_record(content: bytes, trial_id: str) -> Record:
    """Read the record in `content`, exactly as it is written: in the same order, whole numbers as whole numbers.

    So it is the same, byte by byte, when it is written again, which adds its digest.

    Raises:
        ValueError: it is no record of the trial `trial_id`, or was changed after it was written; the message says why.
        ResultsError: a newer aezoo wrote it.
    """
    found = from_json(content, allow_inf_nan=False)
    _reject_newer_schema(found)
    try:
        SHAPE.validate_python(found)
    except ValidationError as error:
        raise ValueError(format_validation_error(error)) from error
    record = cast(Record, found)
    if record["id"] != trial_id:
        raise ValueError("its id is another's")
    if hashlib.sha256(canonical_json(record["spec"]).encode()).hexdigest() != trial_id:
        raise ValueError("its spec is another's")
    if record.pop("digest", None) not in (None, _digest(record)):
        name = f"{record['label'][:80]!r} seed {record['spec']['seed']}"
        raise ValueError(
            f"{name} was changed after it was written: its digest is of other content; delete its key 'digest' to keep "
            "the change"
        )
    return record


def seal(record: Record) -> Record:
    """Return `record` with the digest of its content, as it is written to disk."""
    return {**record, "digest": _digest(record)}


def _digest(record: Record) -> str:
    return hashlib.sha256(canonical_json(record).encode()).hexdigest()


def _reject_newer_schema(found: object) -> None:
    """Raise `ResultsError` for a newer record, which may have any shape but for its version."""
    version = found.get("schema_version") if isinstance(found, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ResultsError(f"the record has schema {version}, this aezoo reads up to {SCHEMA_VERSION}; upgrade aezoo")


def new_record(trial: Trial, role: str = "model") -> Record:
    """Return the record of a trial that has not run, with its `role` as far as it is known: every key of a record.

    schema_version  the shape of this record
    id              the trial's id
    label           how tables call it
    role            model, floor, control, oracle or samples (images from elsewhere)
    spec            the trial
    parameters      every parameter in force, given or default; older records lack the key
    parameter_count how many weights training moves, of a floor that no step trains how many it keeps; None of what is
                    not a model; older records lack the key
    sources         digests of the source of what made the record, by name, by kind (model, metric ...): another digest
                    is other code; older records lack the key
    status          done, diverged, error, timeout or killed
    error           None, or type, message and the end of the traceback
    warnings        signs that a finished trial is worth nothing, such as collapse; older records lack the key
    dataset         name, fingerprint, judge, note and sizes
    metrics         the version of each registered metric behind the scores
    samplers        the samplers that its model was to be sampled by: all that are not optional, and others on request
    refused_samplers
                    why some of them make no sense for the model, by name; older records lack the key
    scores          rows: question, metric (the name of the score), family (the registered metric that gives it),
                    version, sampler, features, value, unit, better, ideal, n, state (ok, n/a, error), reason;
                    standard_error of the value over the images it was computed from, and standard_error_drawn over
                    those alone that the trial generated (0 where it generated none), both null where they are not
                    estimated, as of yardsticks, absent in old records
    curves          train and held_out: per term of the objective, one mean an epoch
    timing          seconds: start, compile, train, evaluate, total; those of each metric, with what the metrics of a
                    question share under inputs/ and its name; and, where scores were computed again from saved
                    weights, rescore, the total of the last time; and load, how many processes ran or waited in the
                    minute before, beside which cores of `environment` tell whether times are those of a free machine
    environment     versions of the packages and of Python; the processor, its widest vector instructions, its cores,
                    and aezoo's commit, with + where files differed from it
    artifacts       by file name: sha256 and bytes

    Of images from elsewhere, and of what they were scored beside, a record has a key `comparison` too: the line that
    names the protocol of the comparison (see `aezoo.scoring.protocol`).
    A record on disk has one key more, `digest`: the SHA-256 of the canonical JSON of all others (see `seal`). One that
    was changed by hand is not used, because nobody could tell its numbers from those that were computed: the warning
    names the trial, which counts as missing. Older records have no digest.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "id": trial.id,
        "label": trial.subject.label,
        "role": role,
        "spec": trial.model_dump(mode="json"),
        "parameters": {},
        "parameter_count": None,
        "sources": {},
        "status": "error",
        "error": None,
        "warnings": [],
        "dataset": {"name": trial.dataset, "fingerprint": None, "judge": None, "note": "", "sizes": {}},
        "metrics": {},
        "samplers": [],
        "refused_samplers": {},
        "scores": [],
        "curves": {"train": {}, "held_out": {}},
        "timing": {
            "start": None,
            "compile": None,
            "train": None,
            "evaluate": None,
            "total": None,
            "metrics": {},
        },
        "environment": {},
        "artifacts": {},
    }


def failed_record(trial: Trial, role: str, status: str, error: BaseException, message: str = "") -> Record:
    """Return the record of a trial that ended with `status` and left nothing but the reason."""
    return {**new_record(trial, role), "status": status, "error": describe_error(error, message)}


def _without_import_folders(text: str) -> str:
    for folder in sorted(filter(None, sys.path), key=len, reverse=True):
        text = text.replace(f'File "{folder.rstrip("/")}/', 'File "')
    return text


def describe_error(error: BaseException, message: str = "") -> dict[str, str]:
    """Describe an exception by its type, its message in one line and the end of its traceback.

    Files are named from the folder that they are imported from: records are published, and the machine is nobody's
    business.
    """
    text = _without_import_folders("".join(traceback.format_exception(error)))
    line = " ".join(message.split()) or plain_message(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's own
        line = f"out of memory ({line[:LINE_CHARACTERS]}); lower --jobs or the batch size"
    return {"type": type(error).__name__, "message": line, "traceback": text[-TRACEBACK_CHARACTERS:]}


def environment() -> dict[str, str]:
    """List what a result, or its time, depends on: versions of packages, the machine and the checkout."""
    versions = {package: _version(package) for package in PACKAGES}
    return {
        **versions,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        **machine(),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
