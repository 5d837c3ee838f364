"""The order in which models and metrics stand in tables and figures, whatever the order of the records."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from aezoo.source import read_declarations

QUESTIONS = ("reconstruction", "latent", "samples")

Role = Literal["samples", "model", "floor", "control", "oracle"]

METRICS_PACKAGE = "aezoo.metrics"

ROLE_ORDER = ("samples", "model", "floor", "control", "oracle")


def role_rank(role: str) -> int:
    """Samples from elsewhere first, then models, floors, controls and the oracle."""
    return ROLE_ORDER.index(role)


def natural_key(name: str) -> list[tuple[int, str]]:
    """A sort key that puts ``beta=4`` before ``beta=10``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def headline_metrics(question: str) -> tuple[str, ...]:
    """List the scores of a question to read first: numbers that fail differently. The others follow by name.

    The order is declared where metrics are registered (`headline`), and read from their source: no metric is imported.
    """
    places = _headline_places().get(question, {})
    return tuple(sorted(places, key=lambda name: (places[name], name)))


@cache
def _headline_places() -> dict[str, dict[str, int]]:
    """The place of each score to read first, by question and name."""
    places: dict[str, dict[str, int]] = {}
    for declaration in read_declarations(METRICS_PACKAGE).values():
        question = str(declaration.options.get("question"))
        places.setdefault(question, {}).update(declaration.options.get("headline", {}))
    return places


def redundant_groups() -> tuple[tuple[str, ...], ...]:
    """List the scores that are computed from one quantity, each group with the score that all others repeat first.

    Declared where metrics are registered (`redundant_with`), and read from their source.
    """
    groups: dict[str, list[str]] = {}
    for declaration in read_declarations(METRICS_PACKAGE).values():
        for name, original in declaration.options.get("redundant_with", {}).items():
            groups.setdefault(original, [original]).append(name)
    return tuple(tuple(names) for names in groups.values())


def metric_key(question: str, metric: str, features: str = "") -> tuple[int, str]:
    """A sort key for the metrics of a question; `features` is the space that its name ends in."""
    first = headline_metrics(question)
    name = metric.removesuffix(f"_{features}") if features else metric
    return (first.index(name) if name in first else len(first)), metric
