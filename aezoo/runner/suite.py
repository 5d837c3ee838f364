"""Suites from what users write: names of models with parameters, seeds, a data set, a protocol and changes to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any, TypeVar

from pydantic import ValidationError

from aezoo.architectures import ARCHITECTURES
from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS
from aezoo.errors import UnknownNameError, UsageError
from aezoo.models import MODELS
from aezoo.optimizers import OPTIMIZERS
from aezoo.parameters import type_error_message
from aezoo.provenance import default_parameters
from aezoo.runner.selection import expand_models
from aezoo.spec import (
    FrozenModel,
    ModelSpec,
    Protocol,
    Suite,
    canonical_json,
    first_repeated,
    format_validation_error,
    get_protocol,
    parse_seeds,
)

PROTOCOL_SETTINGS = tuple(name for name in Protocol.model_fields if name != "name")
"""The fields of a protocol that can be set."""

Description = TypeVar("Description", bound=FrozenModel)


def make_suite(
    models: Iterable[str | ModelSpec] | None = None,
    seeds: str | Iterable[int] | None = None,
    dataset: str | None = None,
    protocol: str | Protocol | None = None,
    changes: Mapping[str, Any] | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Suite:
    """Make a suite; None stands for its default.

    Args:
        models: specs, or texts such as ``beta-vae:beta=10``, ``family:variational`` or ``all``.
        seeds: whole numbers, or a text such as ``0-4`` or ``0,3,7``.
        dataset: a registered name.
        protocol: a protocol, or the name of one.
        changes: fields of the protocol to set, by name.
        tell: called with a line for each model of ``all`` or of a family that is left out.

    Raises:
        UsageError: a name or a value that cannot be.
    """
    base = protocol if isinstance(protocol, Protocol) else get_protocol(protocol or "chapter")
    chosen: dict[str, Any] = {
        "protocol": change_protocol(base, changes or {}),
        "dataset": DATASETS.check(dataset or "auto"),
    }
    if models is not None:
        models = (models,) if isinstance(models, str | ModelSpec) else models
        expanded = expand_models(models, chosen["protocol"], tell)
        chosen["models"] = tuple(resolve_model(model) for model in expanded)
        if not chosen["models"]:
            raise UsageError("models is empty, so that floors alone would run; name a model, or leave models out")
    if seeds is not None:
        chosen["seeds"] = parse_seeds(seeds) if isinstance(seeds, str) else _listed(seeds)
    return validated(Suite, chosen)


def _listed(seeds: Iterable[int]) -> tuple[int, ...]:
    """List seeds, NumPy's whole numbers among them, which a validator refuses.

    Raises `UsageError` for a single number, which may be meant as a seed or as how many.
    """
    if not isinstance(seeds, Iterable):
        raise UsageError(f"seeds is {seeds!r}; write '0-{seeds - 1}' for {seeds} seeds or [{seeds}] for one")
    return tuple(int(seed) if isinstance(seed, Integral) and not isinstance(seed, bool) else seed for seed in seeds)


def seed_advice(seeds: object) -> str | None:
    """Return the line that a single number as a text deserves: it is one seed, and not so many."""
    if not isinstance(seeds, str) or not seeds.strip().isdecimal() or int(seeds) == 0:
        return None
    count = int(seeds)
    other = "the first seed is 0" if count == 1 else f"for {count} seeds write 0-{count - 1}"
    return f"seeds {count} is seed {count} alone; {other}"


def one_model_lines(models: Iterable[ModelSpec]) -> Iterator[str]:
    """Yield a line for each model that stands under several names: the same class with the same parameters in force.

    They are run apart, and give the same numbers. Imports a model only where the sources of two do not tell them apart.
    """
    alike: dict[tuple[str, str], list[ModelSpec]] = {}
    for model in models:
        declared = MODELS.declaration(model.name) if model.name in MODELS.names() else None
        if declared is not None:
            in_force = {**default_parameters(model.name), **model.parameters}
            alike.setdefault((declared.module, canonical_json(in_force)), []).append(model)
    for specs in alike.values():
        by_class: dict[type, list[str]] = {}
        for spec in specs if len(specs) > 1 else ():
            by_class.setdefault(MODELS.get(spec.name).model, []).append(spec.label)
        for labels in by_class.values():
            if len(labels) > 1:
                yield f"{' and '.join(labels)} are one model: the same class and parameters, so the same numbers twice"


def change_protocol(protocol: Protocol, changes: Mapping[str, Any]) -> Protocol:
    """Return `protocol` with some fields set; raises `UsageError` for a field or a value that cannot be."""
    for name in changes:
        _check_setting(name)
    changed = validated(Protocol, {**dict(protocol), **changes})
    OPTIMIZERS.check(changed.optimizer)
    ARCHITECTURES.check(changed.architecture)
    return changed


def parse_setting(text: str) -> tuple[str, Any]:
    """Read ``field=value``, where the value is JSON or a word; raises `UsageError` for an unknown field."""
    name, equals, value = text.partition("=")
    _check_setting(name)
    if not equals or not value:
        raise UsageError(f"setting {text[:80]!r} is not understood; write field=value, such as batch_size=50")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def parse_settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read several of ``field=value``; raises `UsageError` as `parse_setting` does, and for a field given twice."""
    parsed = [parse_setting(text) for text in texts]
    if (twice := first_repeated(name for name, _ in parsed)) is not None:
        raise UsageError(f"setting {twice} is given twice; give it once")
    return dict(parsed)


def _check_setting(name: str) -> None:
    if name not in PROTOCOL_SETTINGS:
        raise UnknownNameError("setting of the protocol", name, PROTOCOL_SETTINGS)


def resolve_model(model: str | ModelSpec) -> ModelSpec:
    """Return a model, read from ``name`` or ``name:parameter=value:...``, whose name and parameters exist.

    A parameter that has the value of the preset is left out: ``vae:beta=1`` is ``vae``.

    Raises:
        UnknownNameError: no model or control has this name, or it has no such parameter.
        UsageError: a text is not understood, or a value is not of the kind that the parameter's annotation says, or
            makes no sense for a control on any data.
    """
    if not isinstance(model, str | ModelSpec):
        name = getattr(model, "__name__", type(model).__name__)
        raise UsageError(
            f"models has {name[:80]!r}, which is no name; register the class, @aezoo.MODELS.register('my-model'), in a "
            "module that you import, and give the name"
        )
    spec = ModelSpec.parse(model) if isinstance(model, str) else model
    known = {*MODELS.names(), *CONTROLS.names()}
    if spec.name not in known:
        raise UnknownNameError("model", spec.name, known)
    if not spec.parameters:
        return spec
    if spec.name in CONTROLS.names():
        CONTROLS.get(spec.name).resolve_parameters(spec.parameters)
    else:
        _check_parameters(spec)
    defaults = default_parameters(spec.name)
    given = {
        key: value
        for key, value in spec.parameters.items()
        if key not in defaults or (type(defaults[key]), defaults[key]) != (type(value), value)
    }
    return ModelSpec(name=spec.name, parameters=given)


def _check_parameters(model: ModelSpec) -> None:
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


def validated(kind: type[Description], values: Mapping[str, Any]) -> Description:
    """Make a `kind` of `values`; raises `UsageError` for values that it refuses."""
    try:
        return kind(**values)
    except ValidationError as error:
        raise UsageError(format_validation_error(error)) from error
