"""A suite from options and, where one is given, a TOML file; options win."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, field_validator

from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS
from aezoo.errors import UnknownNameError, UsageError
from aezoo.metrics import METRICS
from aezoo.models import MODELS
from aezoo.parameters import type_error_message
from aezoo.spec import FrozenModel, ModelSpec, Protocol, Suite, format_validation_error, get_protocol, parse_seeds

SPACES = ("judge", "pca", "pixels")

MAX_FILE_BYTES = 1_000_000

EVERY_SLOW = "slow"
"""What `also` takes in place of the names of all slow metrics."""

Kind = TypeVar("Kind", bound=FrozenModel)


def parse_model(text: str) -> ModelSpec:
    """Read ``name`` or ``name:parameter=value:...``; imports no model.

    Raises:
        UnknownNameError: no model or control has this name, or it has no such parameter.
        UsageError: `text` is not understood, or a value is not of the kind that the parameter's annotation says, or
            makes no sense for a control on any data.
    """
    subject = ModelSpec.parse(text)
    known = {*MODELS.names(), *CONTROLS.names()}
    if subject.name not in known:
        raise UnknownNameError("model", subject.name, known)
    if subject.name not in CONTROLS.names():
        _check_model(subject)
    elif subject.parameters:  # a plain name is right, and a plug-in that cannot be loaded says so in its record
        CONTROLS.get(subject.name).settled(subject.parameters)
    return subject


def _check_model(model: ModelSpec) -> None:
    declaration = MODELS.declaration(model.name)
    if declaration is None:
        return
    own = declaration.parameters
    parameters = set(MODELS.get(model.name).model.parameter_names() if own is None else own) - {"self", "protocol"}
    for name, value in model.parameters.items():
        if name not in parameters:
            raise UnknownNameError(f"parameter of {model.name}", name, parameters)
        wrong = type_error_message(name, value, declaration.annotations.get(name, ""))
        if wrong:
            raise UsageError(f"model {model.name!r}: {wrong}")


def parse_list(option: str, text: str) -> list[str]:
    """The names in `text`, comma-separated; raises `UsageError` where there is none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"{option} {text!r} names nothing; give at least one name, or leave {option} out")
    return names


def parse_metrics(option: str, text: str) -> list[str]:
    """Registered metrics; raises `UsageError` for another name, which says where to find a score that tables show."""
    names = parse_list(option, text)
    for name in names:
        if name not in METRICS.names():
            _refuse_score(option, name)
        METRICS.check(name)
    return names


def _refuse_score(option: str, name: str) -> None:
    """Raise `UsageError` if `name` is a score, with or without its feature space, of some metric."""
    for metric, registered in METRICS.items():
        known = {score.name for score in registered.scores}
        if name in known | {f"{score}_{space}" for score in known for space in SPACES}:
            raise UsageError(f"{option} {name!r} is a score, computed by the metric {metric}; give {option} {metric}")


def parse_controls(option: str, text: str) -> list[str]:
    """Registered controls, without parameters; raises `UsageError` otherwise."""
    names = parse_list(option, text)
    for name in names:
        plain, colon, _ = name.partition(":")
        CONTROLS.check(plain)
        if colon:
            raise UsageError(
                f"{option} {name!r} sets a parameter, and {option} takes names alone; for one dose, run --models {name}"
            )
    return names


class RunOptions(FrozenModel):
    """Everything that `run` takes, from options or from a file; None where neither says."""

    models: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=1_000)
    seeds: str | tuple[Any, ...] | None = None
    dataset: str | None = None
    data_file: Path | None = None
    protocol: str | None = None
    epochs: int | None = Field(default=None, strict=True)
    latent_dim: int | None = Field(default=None, strict=True)
    out: Path | None = None
    jobs: int | None = Field(default=None, ge=1, le=1_024, strict=True)
    also: tuple[str, ...] = ()

    @field_validator("models", "also", mode="before")
    @classmethod
    def _names(cls, names: Any) -> Any:  # noqa: ANN401
        return tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names

    def slow_metrics(self) -> tuple[str, ...]:
        """The slow metrics that `also` asks for, sorted; raises `UnknownNameError` for a name that is none."""
        slow = [name for name, metric in METRICS.items() if metric.slow]
        for name in self.also:
            if name not in slow and name != EVERY_SLOW:
                raise UnknownNameError("slow metric", name, [*slow, EVERY_SLOW])
        return tuple(name for name in slow if name in self.also or EVERY_SLOW in self.also)

    def suite(self) -> Suite:
        """The suite that the options describe; raises `UsageError` for a name or a value that cannot be."""
        changes = {"epochs": self.epochs, "latent_dim": self.latent_dim}
        protocol = get_protocol(self.protocol or "chapter").model_dump()
        chosen: dict[str, Any] = {
            "protocol": _valid(Protocol, {**protocol, **{k: v for k, v in changes.items() if v is not None}}),
            "dataset": DATASETS.check(self.dataset or "auto"),
        }
        if self.models is not None:
            chosen["models"] = tuple(parse_model(text) for text in self.models)
        if self.seeds is not None:
            chosen["seeds"] = parse_seeds(self.seeds) if isinstance(self.seeds, str) else self.seeds
        return _valid(Suite, chosen)


def read_options(given: dict[str, Any], file: Path | None) -> RunOptions:
    """The options given, over those of a TOML file; raises `UsageError`, which names the file where that is wrong."""
    present = {key: value for key, value in given.items() if value is not None}
    return _valid(RunOptions, {**(_read_checked(file) if file else {}), **present})


def _read_checked(file: Path) -> dict[str, Any]:
    """What a suite file says; all of it must make sense, also what an option replaces."""
    found = _read_toml(file)
    try:
        for key in found:
            if key not in RunOptions.model_fields:
                raise UnknownNameError("key", key, RunOptions.model_fields)
        options = _valid(RunOptions, found)
        options.suite()
        options.slow_metrics()
    except UsageError as error:
        raise UsageError(f"suite file {file}: {error}") from error
    return found


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise UsageError(f"suite file {file} is larger than {MAX_FILE_BYTES} bytes; no suite needs that")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"suite file {file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"suite file {file} is not TOML: {error}") from error


def _valid(kind: type[Kind], values: dict[str, Any]) -> Kind:
    try:
        return kind(**values)
    except ValidationError as error:
        raise UsageError(format_validation_error(error)) from error
