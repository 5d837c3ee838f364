"""The catalogue of models: of each its idea, its paper, the protocols and samplers that suit it, and its cost."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, get_args

from aezoo.errors import UsageError
from aezoo.models import MODELS
from aezoo.source import display_equation, first_sentence
from aezoo.spec import PROTOCOLS, Parameter

MEASURED = "measured.json"
"""The file of what was measured or run, made by ``python benchmarks/catalogue.py``; plug-ins stand in none."""


SOURCES = ("paper", "program", "searched", "tried", "chosen", "definition")
"""Where a default comes from, by its first word: a paper, in nats per image; a published program, in these too; a
search with one budget for all, which says what it found; the best of a few values that were tried, which is none; a
free choice; or the definition of the preset."""


@dataclass(frozen=True)
class Measured:
    """Facts about a model of aezoo's own that only running it tells.

    Attributes:
        family: of the class, which is asked for here and not imported with TensorFlow; likewise the next two.
        paper: of the preset.
        protocols: those that suit it.
        protocol: under which it was measured.
        weights: numbers that it keeps, trained or not.
        step: processor time of a step, relative to that of ``vae`` under the same protocol in the same process.
        step_at_2: the same at two latent dimensions; None where these do not suit it.
        compile_seconds: processor seconds that the compilation of its epoch and its held-out means takes, which is what
            `Trainer.compile` does: without building and checking the model, which comes before.
        samplers: those that give codes for it.
        exact_tests: those that hold it to exact properties, as pytest names them; none for a floor.
    """

    family: str
    paper: str
    protocols: tuple[str, ...]
    protocol: str
    weights: int
    step: float | None
    step_at_2: float | None
    compile_seconds: float
    samplers: tuple[str, ...]
    exact_tests: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A model in the catalogue.

    Attributes:
        family: its idea, one of `aezoo.models.base.Family`.
        role: "model", or "floor" for a baseline that no table ranks.
        objective: what it minimises, in a sentence.
        equation: the same in LaTeX; "" where the docstring has none.
        paper: who defined it.
        failure: what went wrong with it, so that ``--models all`` leaves it out; "" where it works.
        dearer: what makes its step take longer than two of `vae`, where it does.
        parameters: with the values that they have unless others are given.
        defaults: where each of these values comes from, by parameter, beginning with a word of `SOURCES`.
        protocols: those of `aezoo.spec.PROTOCOLS` in which it makes sense.
        unsuitable: the reason of each of the others.
        measured: None where nobody measured it, as for a plug-in.
    """

    name: str
    family: str
    role: str
    objective: str
    equation: str
    paper: str
    failure: str
    dearer: str
    parameters: Mapping[str, Parameter]
    defaults: Mapping[str, str]
    protocols: tuple[str, ...]
    unsuitable: Mapping[str, str]
    measured: Measured | None

    def lines(self) -> Iterator[str]:
        """Yield paragraphs of plain text that tell all of it."""
        yield self.objective
        yield f"{'floor' if self.role == 'floor' else 'family'}: {self.family}" + (f"; {self.paper}" * bool(self.paper))
        if self.failure:
            yield f"does not work, and is not among all: {self.failure}"
        if self.parameters:
            yield "parameters: " + parameter_text(self.parameters)
        for parameter, source in self.defaults.items():
            yield f"{parameter}: {source}"
        yield "protocols: " + ", ".join(self.protocols)
        for reason, names in protocols_by_reason(self.unsuitable).items():
            yield f"not under {', '.join(names)}: {reason}"
        if self.measured is None:
            yield "cost and samplers: not measured"
            return
        yield "samplers: " + (", ".join(self.measured.samplers) or "none")
        yield f"cost: {cost_text(self.measured)}"
        for test in self.measured.exact_tests:
            yield f"exact test: {test}"


def catalogue_entry(name: str) -> Entry:
    """Look up a registered model; raises `UnknownNameError`."""
    preset = MODELS.get(name)
    documentation = inspect.getdoc(preset.model) or ""
    reasons = {each: preset.model.unsuitable(protocol) for each, protocol in PROTOCOLS.items()}
    defaults = {
        key: each.default
        for key, each in inspect.signature(preset.model.__init__).parameters.items()
        if key not in ("self", "protocol") and isinstance(each.default, Parameter)
    }
    return Entry(
        name=name,
        family=preset.model.family,
        role=preset.model.role,
        objective=first_sentence(documentation),
        equation=display_equation(documentation),
        paper=preset.model.papers.get(name, preset.model.paper),
        failure=preset.model.failure,
        dearer=preset.model.dearer,
        parameters={**defaults, **preset.parameters},
        defaults=default_sources(documentation),
        protocols=tuple(each for each, reason in reasons.items() if not reason),
        unsuitable={each: reason for each, reason in reasons.items() if reason},
        measured=measured_facts().get(name) if MODELS.is_builtin(name) else None,
    )


def default_sources(documentation: str) -> dict[str, str]:
    """Read the section ``Defaults:`` of a docstring, its last: ``name: source`` of each parameter, in one line each."""
    section = documentation.partition("\nDefaults:\n")[2]
    entries = re.split(r"^ {4}(?=\w+: )", section, flags=re.MULTILINE)[1:]
    return {name: " ".join(source.split()) for name, _, source in (entry.partition(": ") for entry in entries)}


def catalogue() -> dict[str, list[Entry]]:
    """Look up all of aezoo's own models, by family in the order of `aezoo.models.base.Family`; floors last."""
    from aezoo.models.base import Family

    entries = [catalogue_entry(name) for name in MODELS.names() if MODELS.is_builtin(name)]
    by_family = {family: [each for each in entries if each.family == family] for family in get_args(Family)}
    return {family: found for family, found in by_family.items() if found}


@cache
def measured_facts() -> Mapping[str, Measured]:
    """Read the facts of each model that was measured."""
    text = resources.files("aezoo.models").joinpath(MEASURED).read_text(encoding="utf-8")
    return {name: read_measured(name, facts) for name, facts in json.loads(text)["models"].items()}


def read_measured(name: str, facts: Mapping[str, Any]) -> Measured:
    """Read the facts of one model from their JSON; raises `UsageError` where one is missing or unknown."""
    try:
        lists = {key: tuple(facts[key]) for key in ("protocols", "samplers", "exact_tests")}
        return Measured(**{**facts, **lists})
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{MEASURED} has other facts of {name!r} than it should: {error}; run python benchmarks/catalogue.py"
        ) from error


def parameter_text(parameters: Mapping[str, Parameter]) -> str:
    """Write parameters as they stand after a model's name: ``beta=4, k=5``."""
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def cost_text(measured: Measured) -> str:
    """Say in a line what a model costs: ``235,012 weights; a step takes 1.4 times that of vae; compiled in 2.1 s``."""
    weights = f"{measured.weights:,} weights under {measured.protocol}"
    if measured.step is None:
        return f"{weights}; no training by steps"
    at_2 = f" ({measured.step_at_2:.2f} at two latent dimensions)" if measured.step_at_2 else ""
    step = f"a step takes {measured.step:.2f} times that of vae{at_2}"
    return f"{weights}; {step}; compiled in {measured.compile_seconds:.1f} s"


def short_facts(name: str) -> str:
    """Say in a line what is known of one of aezoo's own models without TensorFlow; "" of another."""
    facts = measured_facts().get(name) if MODELS.is_builtin(name) else None
    if facts is None:
        return ""
    parts = (facts.family, facts.paper, cost_text(facts), f"protocols {', '.join(facts.protocols)}")
    return "; ".join(part for part in parts if part)


def protocols_by_reason(unsuitable: Mapping[str, str]) -> dict[str, list[str]]:
    """Collect the protocols that share a reason, so that it is said once."""
    found: dict[str, list[str]] = {}
    for protocol, reason in unsuitable.items():
        found.setdefault(reason, []).append(protocol)
    return found
