"""A metric and named arrays in, rows of a record out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite, sqrt
from typing import Any

import numpy as np

from aezoo.metrics import METRICS, Metric, Score, Variance

Row = dict[str, Any]

COUNT_NEEDS = (
    *("fake", "fake_images", "features", "probabilities", "p", "codes"),
    *("x_binary", "x_binary_few", "x_few", "x", "posterior_mean", "labels"),
)
"""The needs whose length is the number of images that were scored, first present first."""


MISSING_NEEDS_PREFIX = "needs "
"""How the reason of a score begins that is not applicable for want of the needs that follow."""


def default_metrics(also: Collection[str] = ()) -> list[Metric]:
    """Every registered metric that is not slow, and those named in `also`."""
    return [metric for _, metric in METRICS.items() if not metric.slow or metric.name in also]


def compute_rows(
    metric: Metric,
    inputs: Mapping[str, Any],
    sampler: str | None,
    space: str | None,
    random: np.random.Generator | None = None,
) -> list[Row]:
    """One row for each score of `metric`: its value, or why there is none.

    A missing need or too few images is "n/a"; a metric that raises is "error". Neither is ever a number. With
    `random` there are standard errors as well, of the metrics that declare how; where the estimate fails, the reason
    says so and the value stands.
    """
    missing = [need for need in metric.needs if need not in inputs]
    n = next((len(inputs[name]) for name in COUNT_NEEDS if name in metric.needs and name in inputs), 0)
    values: dict[str, float] = {}
    if missing:
        state, reason = "n/a", MISSING_NEEDS_PREFIX + ", ".join(missing)
    elif n < metric.minimum_n:
        state, reason = "n/a", f"{n} images; needs {metric.minimum_n}"
    else:
        try:
            state, reason, values = "ok", "", metric(inputs)
        except Exception as error:  # a plug-in's metric may raise anything; its record says what
            state, reason = "error", f"{type(error).__name__}: {error}"
    variances: Mapping[str, Variance] = {}
    if values and random is not None and metric.standard_error is not None:
        try:
            variances = metric.standard_error(metric, inputs, values, random)
        except Exception as error:
            reason = f"no standard error: {type(error).__name__}: {error}"
    facts = {"sampler": sampler, "features": space, "n": n, "state": state, "reason": reason}
    return [
        {
            **_error_text(metric, score, space),
            **facts,
            "value": values.get(score.name),
            **_standard_errors(variances.get(score.name)),
        }
        for score in metric.scores
    ]


def _standard_errors(variance: Variance | None) -> Row:
    """Over all images, and over those alone that the trial drew."""
    found = (None, None) if variance is None else (variance.drawn + variance.held_out, variance.drawn)
    errors = [None if of is None or not isfinite(of) else sqrt(of) for of in found]
    return {"standard_error": errors[0], "standard_error_drawn": errors[1]}


def _error_text(metric: Metric, score: Score, space: str | None) -> Row:
    return {
        "question": metric.question,
        "metric": f"{score.name}_{space}" if space and metric.per_feature_space else score.name,
        "family": metric.name,
        "version": metric.version,
        "unit": score.unit,
        "better": score.better,
        "ideal": score.ideal,
    }
