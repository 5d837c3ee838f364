"""The command `list`: what is registered."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from aezoo.controls import CONTROLS, Control
from aezoo.datasets import DATASETS
from aezoo.metrics import METRICS, Metric
from aezoo.models import MODELS
from aezoo.registry import Registry
from aezoo.samplers import SAMPLERS
from aezoo.spec import PROTOCOLS
from aezoo.statistics.direction import describe_briefly

REGISTRIES: dict[str, Registry[Any]] = {
    "models": MODELS,
    "metrics": METRICS,
    "datasets": DATASETS,
    "samplers": SAMPLERS,
    "controls": CONTROLS,
}

WIDTH = 100


def listing(kind: str | None) -> Iterator[str]:
    """Lines of at most `WIDTH` characters: each name of `kind`, or of every kind under a heading, with what it is."""
    for heading in (*REGISTRIES, "protocols") if kind is None else (kind,):
        if kind is None:
            yield f"{heading}:"
        entries = dict(_entries(heading))
        indent = "  " if kind is None else ""
        width = max(map(len, entries), default=0)
        for name, paragraphs in entries.items():
            yield from _indent_wrapped(f"{indent}{name:{width}}  ", paragraphs)


def _indent_wrapped(label: str, paragraphs: list[str]) -> Iterator[str]:
    """Paragraphs to the right of a label."""
    for start, paragraph in zip([label, *[" " * len(label)] * len(paragraphs)], paragraphs, strict=False):
        rest = " " * len(label)
        yield from textwrap.wrap(paragraph, WIDTH, initial_indent=start, subsequent_indent=rest) or [start.rstrip()]


def _entries(kind: str) -> Iterator[tuple[str, list[str]]]:
    """Each name with its summary and its facts."""
    if kind == "protocols":
        for name, protocol in PROTOCOLS.items():
            text = f"{protocol.epochs} epochs, latent size {protocol.latent_dim}, batch {protocol.batch_size}"
            yield name, [text]
        return
    registry = REGISTRIES[kind]
    loaded = dict(registry.items()) if kind in ("metrics", "controls") else {}
    for name in registry.names():
        declared = registry.declaration(name)
        facts = _description(loaded[name]) if name in loaded else _parameters(name) if kind == "models" else ""
        yield name, [text for text in (declared.summary if declared else "(plug-in)", facts) if text]


def _description(thing: Metric | Control) -> str:
    return _metric_facts(thing) if isinstance(thing, Metric) else _control_facts(thing)


def _metric_facts(metric: Metric) -> str:
    """``samples, version 2, slow; precision: higher, share; density: target 1, ratio``."""
    slow = ", slow: only when asked for" if metric.slow else ""
    scores = "; ".join(
        f"{score.name}: {describe_briefly(score.better, score.ideal)}, {score.unit}" for score in metric.scores
    )
    return f"{metric.question}, version {metric.version}{slow}; {scores}"


def _control_facts(control: Control) -> str:
    """``draws from oracle; doses 1, 2, 5 (5 unless said), classes dropped; parameters: dose, dropped``."""
    own = ", ".join(control.annotations)
    parameters = f"; parameters: {own}" if own not in ("", "dose") else ""
    if not control.doses:
        return f"draws from {control.draws_from}; no dose{parameters}"
    doses = ", ".join(f"{dose:g}" for dose in control.doses)
    facts = f"doses {doses} ({control.default:g} unless said), {control.unit}"
    return f"draws from {control.draws_from}; {facts}{parameters}"


def _parameters(model: str) -> str:
    """``parameters: beta=4``, as they are written after the model's name."""
    declared = MODELS.declaration(model)
    names = [name for name in declared.parameters or () if name not in ("self", "protocol")] if declared else []
    values = declared.values if declared else {}
    text = ", ".join(f"{name}={values[name]}" if name in values else name for name in names)
    return f"parameters: {text}" if text else ""


class Registered(StrEnum):
    """What `list` can list."""

    models = "models"
    metrics = "metrics"
    datasets = "datasets"
    samplers = "samplers"
    controls = "controls"
    protocols = "protocols"


def command(kind: Annotated[Registered | None, typer.Argument(help="All of them without this.")] = None) -> None:
    """List what is registered, with what each of them is."""

    for line in listing(None if kind is None else kind.value):
        print(line)
