"""A metric and named arrays in, rows of a record out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aezoo.metrics import METRICS, Metric, Score

Row = dict[str, Any]

COUNTED = (
    *("fake", "fake_images", "features", "probabilities", "p", "codes"),
    *("x_binary", "x_binary_few", "x_few", "x", "posterior_mean", "labels"),
)
"""The needs whose length is the number of images that were scored, first present first."""


def default_metrics() -> list[Metric]:
    """Every registered metric that is not slow."""
    return [metric for _, metric in METRICS.items() if not metric.slow]


def score_rows(metric: Metric, inputs: Mapping[str, Any], sampler: str | None, space: str | None) -> list[Row]:
    """One row for each score of `metric`: its value, or why there is none.

    A missing need or too few images is "n/a"; a metric that raises is "error". Neither is ever a number.
    """
    missing = [need for need in metric.needs if need not in inputs]
    n = next((len(inputs[name]) for name in COUNTED if name in metric.needs and name in inputs), 0)
    values: dict[str, float] = {}
    if missing:
        state, reason = "n/a", f"needs {', '.join(missing)}"
    elif n < metric.minimum_n:
        state, reason = "n/a", f"{n} images; needs {metric.minimum_n}"
    else:
        try:
            state, reason, values = "ok", "", metric(inputs)
        except Exception as error:  # a plug-in's metric may raise anything; its record says what
            state, reason = "error", f"{type(error).__name__}: {error}"
    facts = {"sampler": sampler, "features": space, "n": n, "state": state, "reason": reason}
    return [{**_described(metric, score, space), **facts, "value": values.get(score.name)} for score in metric.scores]


def _described(metric: Metric, score: Score, space: str | None) -> Row:
    return {
        "question": metric.question,
        "metric": f"{score.name}_{space}" if space and metric.per_feature_space else score.name,
        "family": metric.name,
        "version": metric.version,
        "unit": score.unit,
        "better": score.better,
        "ideal": score.ideal,
    }
