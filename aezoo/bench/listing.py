"""The command `list`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS
from aezoo.metrics import METRICS
from aezoo.models import MODELS
from aezoo.registry import Registry
from aezoo.samplers import SAMPLERS
from aezoo.spec import PROTOCOLS

REGISTRIES: dict[str, Registry[Any]] = {
    "models": MODELS,
    "metrics": METRICS,
    "datasets": DATASETS,
    "samplers": SAMPLERS,
    "controls": CONTROLS,
}


def listing(kind: str | None) -> Iterator[str]:
    """Lines: each name of `kind`, or of every kind under a heading, with its summary."""
    for heading in (*REGISTRIES, "protocols") if kind is None else (kind,):
        if kind is None:
            yield f"{heading}:"
        names = _summaries(heading)
        width = max(map(len, names), default=0)
        yield from (f"{'  ' if kind is None else ''}{name:{width}}  {text}" for name, text in names.items())


def _summaries(kind: str) -> dict[str, str]:
    if kind == "protocols":
        return {
            name: f"{p.epochs} epochs, latent size {p.latent_dim}, batch {p.batch_size}"
            for name, p in PROTOCOLS.items()
        }
    registry = REGISTRIES[kind]
    return {name: d.summary if (d := registry.declaration(name)) else "(plug-in)" for name in registry.names()}
