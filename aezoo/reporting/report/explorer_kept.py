"""Networks of a page that is about to be replaced, for folders whose weights are gone.

Published folders leave weights out, so that their page could otherwise be made once only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, TypeAdapter, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict

from aezoo.analysis.frames import Record
from aezoo.messages import WEIGHTS
from aezoo.record import CONFIG

PAYLOAD_FORMAT = 1
"""Number of the way in which networks, codes and images are packed; another one than this is not taken over."""

ELEMENT = re.compile(rb'<script type="application/json" id="explorer-data">(.*?)</script>', re.DOTALL)

Payload = Mapping[str, Any]


@with_config(CONFIG)
class LayerSchema(TypedDict):
    """A dense layer; its weights are packed with those of the others."""

    inputs: int
    units: int
    activation: Literal["relu", "tanh", "sigmoid", "linear"]
    step: float


@with_config(CONFIG)
class NetworksSchema(TypedDict):
    """The networks of a model, as `Networks.to_json` writes them."""

    hidden: list[LayerSchema]
    heads: list[LayerSchema]
    decoder: Annotated[list[LayerSchema], Field(min_length=1)]
    weights: str
    integers: str


@with_config(CONFIG)
class ModelSchema(TypedDict):
    """A model: its networks, and what is known of its codes."""

    name: str
    origin: NotRequired[dict[str, str]]
    seed: int
    networks: NetworksSchema
    digits: str
    judge: str | None
    centre: list[float]
    spread: list[float]
    codes: NotRequired[str]
    labels: NotRequired[str]


@with_config(CONFIG)
class WithoutTrainingSchema(TypedDict):
    """Held-out images of a data set of which the page has no training images, and why."""

    test: str
    labels: list[int]
    count: Literal[0]
    reason: str


@with_config(CONFIG)
class WithTrainingSchema(TypedDict):
    """Held-out images of a data set, training images, and how well these were chosen."""

    test: str
    labels: list[int]
    reason: str
    train: str
    count: Annotated[int, Field(ge=1)]
    total: int
    typical: float
    checks: int
    found: float
    farther: float


@with_config(CONFIG)
class JudgeSchema(TypedDict):
    """The classifier of a data set."""

    shapes: list[list[int]]
    weights: str
    accuracy: float


@with_config(CONFIG)
class PayloadSchema(TypedDict):
    """All that a page holds for its explorer."""

    format: Annotated[int, Field(ge=PAYLOAD_FORMAT, le=PAYLOAD_FORMAT)]
    models: list[ModelSchema]
    judges: dict[str, JudgeSchema]
    digits: dict[str, WithTrainingSchema | WithoutTrainingSchema]


SHAPE = TypeAdapter(PayloadSchema)


def kept_payload(page: Path) -> Payload | None:
    """Read the explorer's part of a page; None where there is no page, or none that this version has written."""
    if not page.is_file() or (found := ELEMENT.search(page.read_bytes())) is None:
        return None
    try:
        payload: Payload = from_json(found[1], allow_inf_nan=False)
        SHAPE.validate_python(payload)
        json.dumps(payload, allow_nan=False)  # 1e999 is read as infinite, which the new page could not hold
    except ValueError:
        return None
    known = all(
        model["digits"] in payload["digits"] and (not model["judge"] or model["judge"] in payload["judges"])
        for model in payload["models"]
    )
    return payload if known else None


def origin(record: Record) -> dict[str, str]:
    """Name the training whose networks a page holds: the trial, and the digest of its weights."""
    weights = record["artifacts"].get(WEIGHTS) or {}
    return {"trial": record["id"], "weights": weights.get("sha256", "")}


def kept_model(payload: Payload, record: Record) -> dict[str, Any] | None:
    """Return what a page held of the training of a record; None where it did not hold it."""
    wanted = origin(record)
    if not wanted["weights"]:
        return None
    return next((model for model in payload["models"] if model.get("origin") == wanted), None)
