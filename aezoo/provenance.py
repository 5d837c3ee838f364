"""The code behind a record: parameters in force, digests of sources, and what differs from the code as it is now."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from aezoo.architectures import ARCHITECTURES
from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS
from aezoo.errors import UsageError
from aezoo.metrics import METRICS
from aezoo.models import MODELS
from aezoo.optimizers import OPTIMIZERS
from aezoo.record import Record, environment
from aezoo.registry import Registry
from aezoo.samplers import SAMPLERS
from aezoo.spec import Parameter, Trial

Sources = dict[str, dict[str, str]]
"""Digests of sources by name, by kind."""

REGISTRIES: dict[str, Registry[Any]] = {
    "architecture": ARCHITECTURES,
    "control": CONTROLS,
    "data set": DATASETS,
    "metric": METRICS,
    "model": MODELS,
    "optimizer": OPTIMIZERS,
    "sampler": SAMPLERS,
}

SCORING_KINDS = ("metric", "sampler")
"""Kinds whose change asks for new scores; a change of any other asks for a new training."""

CODE_PACKAGES = ("aezoo", "tensorflow", "keras")


def parameters_in_force(trial: Trial) -> dict[str, Parameter]:
    """Return every parameter of a trial's model or control: given, else the preset's, else the default.

    Imports the model or control.
    """
    is_control = registry_of(trial.model) is CONTROLS
    given = CONTROLS.get(trial.model).resolve_parameters(trial.parameters) if is_control else trial.parameters
    return _plain({**_imported_defaults(trial.model), **given})


def default_parameters(name: str) -> dict[str, Parameter]:
    """Return the parameters of a model or control with the values that they have unless others are given.

    Imports nothing where the source tells.
    """
    declared = registry_of(name).declaration(name)
    if declared is None or declared.parameters is None:
        return _plain(_imported_defaults(name))
    dose = (
        {"dose": declared.options["default"]} if "dose" in declared.parameters and "default" in declared.options else {}
    )
    return _plain({**dose, **declared_parameters(name)})


def declared_parameters(name: str) -> dict[str, Parameter]:
    """Return the parameters of a model or control with the values that its source writes out; imports nothing."""
    declared = registry_of(name).declaration(name)
    if declared is None:
        return {}
    return _plain({key: value for key, value in declared.values.items() if key in (declared.parameters or ())})


def registry_of(name: str) -> Registry[Any]:
    """Return the registry of a model or control."""
    return CONTROLS if name in CONTROLS.names() else MODELS


def _imported_defaults(name: str) -> dict[str, Any]:
    if registry_of(name) is CONTROLS:
        return {**declared_parameters(name)}
    preset = MODELS.get(name)
    arguments = inspect.signature(preset.model.__init__).parameters.values()
    defaults = {each.name: each.default for each in arguments if each.name in preset.model.parameter_names()}
    return {**defaults, **preset.parameters}


def trial_sources(
    trial: Trial, metrics: Iterable[str] = (), samplers: Iterable[str] = (), role: str = "model"
) -> Sources:
    """Return the digests of the source of what makes a record of `trial`, with these metrics and samplers.

    They are taken once in a process, whose code does not change when a file does. Only what has the role "model" is
    made of the protocol's architecture and optimizer.
    """
    kind = registry_of(trial.model).kind
    names = {kind: [trial.model], "data set": [trial.dataset], "metric": metrics, "sampler": samplers}
    if role == "model":
        names |= {"architecture": [trial.protocol.architecture], "optimizer": [trial.protocol.optimizer]}
    found = {kind: {name: _digest_once(kind, name) for name in sorted(these)} for kind, these in names.items()}
    return {
        kind: {name: digest for name, digest in digests.items() if digest is not None}
        for kind, digests in sorted(found.items())
    }


@dataclass(frozen=True)
class CodeChange:
    """A difference between the code behind a record and the code as it is now.

    Attributes:
        kind: a key of `REGISTRIES`, or "package".
        name: which of them.
        text: the difference, as what a trial ran on: "another source of model dae".
    """

    kind: str
    name: str
    text: str


class CurrentCode:
    """The code as it is now, read once: what records are compared with."""

    def __init__(self) -> None:
        self._digests: dict[tuple[str, str], str | None] = {}

    def changes(self, record: Record) -> list[CodeChange]:
        """List the differences of the code behind `record` from today's; older records tell of packages alone."""
        return [*self.package_changes(record), *self.source_changes(record)]

    def package_changes(self, record: Record) -> Iterator[CodeChange]:
        """Yield the packages that have another version now."""
        now, then = self._environment, record["environment"]
        for name in CODE_PACKAGES:
            if name in then and then[name] != now[name]:
                yield CodeChange("package", name, f"{name} {then[name]}, now {now[name]}")

    def source_changes(self, record: Record) -> Iterator[CodeChange]:
        """Yield the default parameters and the sources that are others now.

        aezoo's own things have versions. So the sources of its metrics are not compared, for each has a version of
        its own; nor is any other of its sources where the record's aezoo has another version.
        """
        same_aezoo = record["environment"].get("aezoo") == self._environment["aezoo"]
        yield from self._parameter_changes(record)
        for kind, registry in REGISTRIES.items():
            for name, digest in record.get("sources", {}).get(kind, {}).items():
                versioned = registry.is_builtin(name) and (kind == "metric" or not same_aezoo)
                if not versioned and self._digest(kind, name) not in (None, digest):
                    yield CodeChange(kind, name, f"another source of {kind} {name}")

    def _parameter_changes(self, record: Record) -> Iterator[CodeChange]:
        then: Mapping[str, Parameter] = record.get("parameters", {})
        name, given = record["spec"]["model"], record["spec"]["parameters"]
        kind = registry_of(name).kind
        now = {**declared_parameters(name), **given} if then else {}
        if then and kind == "control" and not CONTROLS.problem(name):  # its dose may follow from other parameters
            with suppress(UsageError):  # a parameter that it no longer has: its source is another one, which is told
                now |= CONTROLS.get(name).resolve_parameters(given)
        for key, value in then.items():
            if key in now and now[key] != value:
                yield CodeChange(kind, name, f"{kind} {name} with {key} {value}, now {now[key]}")

    def _digest(self, kind: str, name: str) -> str | None:
        if (kind, name) not in self._digests:
            self._digests[kind, name] = _current_digest(kind, name)
        return self._digests[kind, name]

    @cached_property
    def _environment(self) -> dict[str, str]:
        return environment()


def _current_digest(kind: str, name: str) -> str | None:
    registry = REGISTRIES[kind]
    return registry.digest(name) if name in registry.names() else None


@cache
def _digest_once(kind: str, name: str) -> str | None:
    return _current_digest(kind, name)


def _plain(values: Mapping[str, Any]) -> dict[str, Parameter]:
    """Select the values that may be parameters, whole numbers as int."""
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in values.items()
        if isinstance(value, Parameter)
    }
