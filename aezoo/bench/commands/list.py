"""The command `list`: registered things, plug-ins among them, and what is wrong with these."""

from __future__ import annotations

import shutil
import sys
import textwrap
import warnings
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from aezoo.architectures import ARCHITECTURES
from aezoo.controls import CONTROLS, Control
from aezoo.datasets import DATASETS
from aezoo.errors import UnknownNameError
from aezoo.metrics import METRICS, Metric
from aezoo.metrics.score_names import metric_of_score
from aezoo.models import MODELS
from aezoo.models.catalogue import short_facts
from aezoo.optimizers import OPTIMIZERS
from aezoo.provenance import default_parameters
from aezoo.quiet_import import quieten_tensorflow
from aezoo.registry import PluginWarning, Registry
from aezoo.reporting.formats import FORMATS
from aezoo.runner.selection import ALL, FAMILY_PREFIX, models_named
from aezoo.samplers import SAMPLERS
from aezoo.spec import PROTOCOLS
from aezoo.statistics.direction import describe_briefly
from aezoo.trackers import TRACKERS

REGISTRIES: dict[str, Registry[Any]] = {
    "models": MODELS,
    "metrics": METRICS,
    "datasets": DATASETS,
    "samplers": SAMPLERS,
    "controls": CONTROLS,
    "architectures": ARCHITECTURES,
    "optimizers": OPTIMIZERS,
    "formats": FORMATS,
    "trackers": TRACKERS,
}

KINDS = (*REGISTRIES, "protocols")

MORE = {"models": "samplers and exact test of one: python -m aezoo.bench list models NAME"}
"""Last lines of lists that leave out what would make every entry half as long again."""

MAX_WIDTH = 100


def listing(kind: str | None) -> Iterator[str]:
    """Yield lines that fit the terminal: each name of `kind`, or of every kind under a heading, with what it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # a line of the list says it
        yield from _listed(kind)


def family_listing(text: str) -> Iterator[str]:
    """Yield lines that fit the terminal: each model of ``family:NAME``, with what it is; raises `UnknownNameError`."""
    quieten_tensorflow()
    chosen = [name for name, _ in models_named(text)]
    entries = dict(_entries("models"))
    width = max(map(len, chosen))
    for name in chosen:
        yield from _indent_wrapped(f"{name:{width}}  ", entries[name])


def _listed(kind: str | None) -> Iterator[str]:
    for heading in KINDS if kind is None else (kind,):
        if kind is None:
            yield f"{heading}:"
        entries = dict(_entries(heading))
        indent = "  " if kind is None else ""
        width = max(map(len, entries), default=0)
        for name, paragraphs in entries.items():
            yield from _indent_wrapped(f"{indent}{name:{width}}  ", paragraphs)
        refused = REGISTRIES[heading].refused() if heading in REGISTRIES else ()
        for line in (*refused, *filter(None, [MORE.get(heading)])):
            yield from textwrap.wrap(line, _width(), initial_indent=indent, subsequent_indent=indent)


def _width() -> int:
    """Return the width of the terminal, or what COLUMNS says, where that is less than `MAX_WIDTH`."""
    return min(MAX_WIDTH, shutil.get_terminal_size((MAX_WIDTH, 24)).columns)


def _indent_wrapped(label: str, paragraphs: list[str]) -> Iterator[str]:
    """Yield paragraphs to the right of a label."""
    for start, paragraph in zip([label, *[" " * len(label)] * len(paragraphs)], paragraphs, strict=False):
        rest = " " * len(label)
        yield from textwrap.wrap(paragraph, _width(), initial_indent=start, subsequent_indent=rest) or [start.rstrip()]


def _entries(kind: str) -> Iterator[tuple[str, list[str]]]:
    """Return each name with its summary and its facts."""
    if kind == "protocols":
        for name, protocol in PROTOCOLS.items():
            text = f"{protocol.epochs} epochs, latent size {protocol.latent_dim}, batch {protocol.batch_size}"
            yield name, [text]
        return
    registry = REGISTRIES[kind]
    for name in registry.names():
        declared = registry.declaration(name)
        problem = registry.problem(name)
        facts = "" if problem else _facts(kind, name)
        origin = declared.origin if declared else ""
        known = short_facts(name) if kind == "models" else ""
        lines = [declared.summary if declared else "", facts, known, f"plug-in of {origin}" if origin else ""]
        yield name, [text for text in (*lines, f"broken: {problem}" if problem else "") if text]


def _facts(kind: str, name: str) -> str:
    """Say what sets a thing apart from others of its kind."""
    if kind == "metrics":
        return _metric_facts(METRICS.get(name))
    if kind == "controls":
        return _control_facts(CONTROLS.get(name))
    return _parameters(name) if kind == "models" else ""


def _metric_facts(metric: Metric) -> str:
    """Return ``samples, version 2, slow; precision: higher, share; density: target 1, ratio``."""
    slow = ", slow: only when asked for" if metric.slow else ""
    scores = "; ".join(
        f"{score.name}: {describe_briefly(score.better, score.ideal)}, {score.unit}" for score in metric.scores
    )
    return f"{metric.question}, version {metric.version}{slow}; {scores}"


def _control_facts(control: Control) -> str:
    """Return ``draws from oracle; doses 1, 2, 5 (5 unless said), classes dropped; parameters: dose, dropped``."""
    own = ", ".join(control.annotations)
    parameters = f"; parameters: {own}" if own not in ("", "dose") else ""
    if not control.doses:
        return f"draws from {control.draws_from}; no dose{parameters}"
    doses = ", ".join(f"{dose:g}" for dose in control.doses)
    facts = f"doses {doses} ({control.default:g} unless said), {control.unit}"
    return f"draws from {control.draws_from}; {facts}{parameters}"


def _parameters(model: str) -> str:
    """Return ``parameters: beta=4``, as they are written after the model's name."""
    declared = MODELS.declaration(model)
    if declared is None:
        return ""
    values: Mapping[str, Any] = declared.values
    names = [name for name in declared.parameters or () if name not in ("self", "protocol")]
    if declared.parameters is None and not MODELS.is_builtin(model):  # it has its constructor from another class
        values = default_parameters(model)
        names = list(MODELS.get(model).model.parameter_names())
    text = ", ".join(f"{name}={values[name]}" if name in values else name for name in names)
    return f"parameters: {text}" if text else ""


def command(
    kind: Annotated[str | None, typer.Argument(help=f"{', '.join(KINDS)}; all of them without this.")] = None,
    name: Annotated[
        str | None, typer.Argument(help="One of them; a model with all that is known of it, or family:variational.")
    ] = None,
) -> None:
    """List what is registered, with what each of them is; of one model its protocols, samplers, cost and exact test."""
    if kind is not None and kind not in KINDS:
        raise UnknownNameError("kind", kind, KINDS)
    for line in listing(kind) if kind is None or name is None else card(kind, name):
        print(line)


def card(kind: str, name: str) -> Iterator[str]:
    """Yield what is known of one thing of a kind; raises `UnknownNameError`.

    A score such as fd_judge is its metric; ``family:variational`` is its models.
    """
    if kind == "models":
        yield from family_listing(name) if name == ALL or name.startswith(FAMILY_PREFIX) else model_card(name)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the entry says it
        entries = dict(_entries(kind))
        metric = metric_of_score(name) if kind == "metrics" and name not in entries else None
    if metric is not None:
        yield f"{name} is a score of the metric {metric}"
    shown = metric or name
    if shown not in entries:
        raise UnknownNameError(REGISTRIES[kind].kind if kind in REGISTRIES else "protocol", name, entries)
    more = [definition(METRICS.get(shown))] if kind == "metrics" and not METRICS.problem(shown) else []
    yield from _indent_wrapped(f"{shown}  ", [*entries[shown], *more])


def definition(metric: Metric) -> str:
    """Say where formula, range and source of a metric are to be read: in the docstring of its function."""
    function = metric.function
    package, name = function.__module__.rpartition(".")[0], function.__name__
    public = getattr(sys.modules.get(package), name, None) is function
    module = package if public else function.__module__
    return f'formula, shapes, range and source: python -c "from {module} import {name}; help({name})"'


def model_card(name: str) -> Iterator[str]:
    """Yield lines that fit the terminal: all that the catalogue knows of a model; raises `UnknownNameError`."""
    quieten_tensorflow()
    from aezoo.models.catalogue import catalogue_entry

    entry = catalogue_entry(name)
    yield from _indent_wrapped(f"{name}  ", list(entry.lines()))
