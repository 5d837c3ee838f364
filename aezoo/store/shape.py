"""The shape of a record, and reading one that anybody may have written."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, NotRequired, cast

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict

from aezoo.errors import ResultsError
from aezoo.record import SCHEMA_VERSION, Record
from aezoo.spec import canonical_json, one_line

CONFIG = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

Curve = dict[str, list[float]]


@with_config(CONFIG)
class Spec(TypedDict):
    """What was run."""

    dataset: str
    model: str
    parameters: dict[str, bool | int | float | str]
    protocol: dict[str, bool | int | float | str]
    seed: int


@with_config(CONFIG)
class Data(TypedDict):
    """What it was run on."""

    name: str
    fingerprint: str | None
    judge: str | None
    note: str
    sizes: dict[str, int]


@with_config(CONFIG)
class Row(TypedDict):
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
class Failure(TypedDict):
    """Why a trial has no scores."""

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
class Shape(TypedDict):
    """A record of `SCHEMA_VERSION`; `aezoo.record.blank_record` says what each key means."""

    schema_version: Annotated[int, Field(ge=1)]
    id: str
    label: str
    role: str
    spec: Spec
    status: Literal["done", "diverged", "error", "timeout", "killed"]
    error: Failure | None
    warnings: NotRequired[list[str]]
    dataset: Data
    metrics: dict[str, int]
    samplers: list[str]
    scores: list[Row]
    curves: Curves
    timing: dict[str, float | dict[str, float] | None]
    environment: dict[str, str]
    artifacts: dict[str, Artifact]


SHAPE = TypeAdapter(Shape)


def parse_record(content: bytes, trial_id: str) -> Record:
    """The record in `content`, exactly as it is written: in the same order, whole numbers as whole numbers.

    So it is the same, byte by byte, when it is written again.

    Raises:
        ValueError: it is no record of the trial `trial_id`; the message says why.
        ResultsError: a newer aezoo wrote it.
    """
    found = from_json(content, allow_inf_nan=False)
    _refuse_newer(found)
    try:
        SHAPE.validate_python(found)
    except ValidationError as error:
        raise ValueError(one_line(error)) from error
    record = cast(Record, found)
    if record["id"] != trial_id:
        raise ValueError("its id is another's")
    if hashlib.sha256(canonical_json(record["spec"]).encode()).hexdigest() != trial_id:
        raise ValueError("its spec is another's")
    return record


def _refuse_newer(found: object) -> None:
    """A newer record may have any shape but for its version; raises `ResultsError` for one."""
    version = found.get("schema_version") if isinstance(found, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise ResultsError(f"the record has schema {version}, this aezoo reads up to {SCHEMA_VERSION}; upgrade aezoo")
