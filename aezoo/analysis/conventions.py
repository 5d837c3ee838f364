"""Conventions of tables and figures: the order and names of questions, roles, models and metrics."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from aezoo.plugins import installed
from aezoo.source import Declaration, read_declarations

QUESTIONS = ("reconstruction", "latent", "samples")
"""The questions that every model is asked, in this order; others follow by name."""

Role = Literal["samples", "model", "floor", "control", "oracle"]

ROLE_SINGULAR: dict[str, str] = {
    "samples": "samples",
    "model": "model",
    "floor": "floor",
    "control": "control",
    "oracle": "the oracle",
}
"""The roles in the order of rows: samples from elsewhere first, then models, floors, controls and the oracle."""

ROLE_PLURAL = {**ROLE_SINGULAR, "model": "models", "floor": "floors", "control": "controls"}

ROLE_ORDER = tuple(ROLE_SINGULAR)

NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]\d+)?)")

METRIC_REGISTRY = ("aezoo.metrics.METRICS", "aezoo.METRICS")
"""Names under which a source file imports the registry of metrics."""


def role_rank(role: str) -> int:
    """Give the place of a role in `ROLE_ORDER`; raises `ValueError` for an unknown one."""
    return ROLE_ORDER.index(role)


def question_key(question: str) -> tuple[int, str]:
    """Make a sort key for questions: `QUESTIONS` in their order, then others by name."""
    return (QUESTIONS.index(question) if question in QUESTIONS else len(QUESTIONS)), question


def questions() -> list[str]:
    """List the questions that some metric answers, plug-ins' too, in the order of `question_key`."""
    return sorted({str(each.options["question"]) for each in metric_declarations()}, key=question_key)


def natural_key(name: str) -> list[tuple[float, str]]:
    """Make a sort key that puts ``beta=4`` before ``beta=10``, and ``beta=0.25`` before ``beta=0.5``.

    Two names never have one key: sets are sorted by it.
    """
    parts = NUMBER.split(name)  # text and numbers in turn
    return [*((float(part), "") if i % 2 else (-1.0, part) for i, part in enumerate(parts)), (-1.0, name)]


def headline_metrics(question: str) -> tuple[str, ...]:
    """List the scores of a question to read first: numbers that fail differently. The others follow by name.

    The order is declared where metrics are registered (`headline`), and read from their source: no metric is imported.
    """
    places = _headline_places().get(question, {})
    return tuple(sorted(places, key=lambda name: (places[name], name)))


@cache
def headline_place(question: str, metric: str, features: str = "") -> int:
    """Find the place of a score among those of its question to read first; after all of them where it is not there.

    Of the spaces of features the judge's alone is among them.
    """
    first = headline_metrics(question)
    name = metric.removesuffix(f"_{features}") if features else metric
    return first.index(name) if name in first and features in ("", "judge") else len(first)


def redundant_groups() -> tuple[tuple[str, ...], ...]:
    """List the scores that are computed from one quantity, each group with the score that all others repeat first.

    Declared where metrics are registered (`redundant_with`), and read from their source.
    """
    groups: dict[str, list[str]] = {}
    for declaration in metric_declarations():
        for name, original in declaration.options.get("redundant_with", {}).items():
            groups.setdefault(original, [original]).append(name)
    return tuple(tuple(names) for names in groups.values())


@cache
def metric_declarations() -> tuple[Declaration, ...]:
    """Read from the source of every metric, plug-ins' too, how it is registered."""
    plugged = (
        declaration
        for plugin in installed()
        for source in plugin.sources
        for registry, _, declaration in source.registered
        if registry in METRIC_REGISTRY
    )
    return (*read_declarations("aezoo.metrics").values(), *plugged)


@cache
def _headline_places() -> dict[str, dict[str, int]]:
    """Collect the place of each score to read first, by question and name."""
    places: dict[str, dict[str, int]] = {}
    for declaration in metric_declarations():
        question = str(declaration.options.get("question"))
        places.setdefault(question, {}).update(declaration.options.get("headline", {}))
    return places


def metric_key(question: str, metric: str, features: str = "") -> tuple[int, str]:
    """Make a sort key for the metrics of a question; `features` is the space that the name ends in."""
    first = headline_metrics(question)
    name = metric.removesuffix(f"_{features}") if features else metric
    return (first.index(name) if name in first else len(first)), metric
