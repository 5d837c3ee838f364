"""The rows of a record that a metric gives for named arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import isfinite, sqrt
from typing import Any

import numpy as np

from aezoo.errors import UnknownNameError, one_line
from aezoo.metrics import METRICS, Absent, Metric, Score, Variance
from aezoo.metrics.inputs import QUESTIONS

Row = dict[str, Any]

MISSING_NEEDS_PREFIX = "needs "
"""The prefix of the reason stored with a score that is n/a because inputs are missing; their names follow, separated
by commas."""


EVERY_SLOW = "slow"
"""The word that requests all slow metrics."""


def default_metrics(also: Collection[str] = (), questions: Collection[str] = ()) -> list[Metric]:
    """List every registered metric that is not slow, of `questions` if any is given, and those named in `also`."""
    return [
        metric
        for _, metric in METRICS.items()
        if metric.name in also or (not metric.slow and (not questions or metric.question in questions))
    ]


def requested_questions(names: Collection[str]) -> tuple[str, ...]:
    """List the questions of these names, in the order of the tables.

    Raises:
        UnknownNameError: there is no question of a name.
    """
    for name in names:
        if name not in QUESTIONS:
            raise UnknownNameError("question", name, QUESTIONS)
    return tuple(name for name in QUESTIONS if name in names)


def slow_metrics(
    requested: Collection[str], questions: Collection[str] | None = None, kind: str = "slow metric"
) -> tuple[str, ...]:
    """List the slow metrics that are requested, sorted: all of them for "slow", else those of these names.

    Args:
        requested: names of slow metrics, or `EVERY_SLOW`.
        questions: the questions whose metrics can be requested; None for all.
        kind: what an error calls such a metric.

    Raises:
        UnknownNameError: a name is that of no such metric.
    """
    slow = [
        name for name, metric in METRICS.items() if metric.slow and (questions is None or metric.question in questions)
    ]
    for name in requested:
        if name not in slow and name != EVERY_SLOW:
            raise UnknownNameError(kind, name, [*slow, EVERY_SLOW])
    return tuple(name for name in slow if name in requested or EVERY_SLOW in requested)


def compute_rows(
    metric: Metric,
    inputs: Mapping[str, Any],
    sampler: str | None,
    space: str | None,
    random: np.random.Generator | None = None,
) -> list[Row]:
    """Compute one row for each score of `metric`: its value, or the reason why there is none.

    A need that is missing or `Absent`, or too few images, is "n/a"; a metric that raises is "error". Neither is ever a
    number. Where no need counts images, as where the model alone is one, there are none to be too few. With `random`
    there are standard errors as well, of the metrics that declare how; where the estimate fails, the reason says so and
    the value stands.
    """
    missing = [need for need in metric.needs if need not in inputs]
    absent = [inputs[need].reason for need in metric.needs if isinstance(inputs.get(need), Absent)]
    present = {name: value for name, value in inputs.items() if not isinstance(value, Absent)}
    counted = [declared.name for declared in metric.inputs if declared.counts]
    n = next((_length(present[name]) for name in counted if name in present), 0)
    values: dict[str, float] = {}
    if absent:
        state, reason = "n/a", absent[0]
    elif missing:
        state, reason = "n/a", MISSING_NEEDS_PREFIX + ", ".join(missing)
    elif counted and n < metric.minimum_n:
        state, reason = "n/a", f"{n} images; needs {metric.minimum_n}"
    else:
        try:
            state, reason, values = "ok", "", metric(inputs)
        except Exception as error:  # a plug-in's metric may raise anything; its record says what
            state, reason = "error", one_line(error)
    variances: Mapping[str, Variance] = {}
    if values and random is not None and metric.standard_error is not None:
        try:
            variances = metric.standard_error(metric, inputs, values, random)
        except Exception as error:
            reason = f"no standard error: {one_line(error)}"
    facts = {"sampler": sampler, "features": space, "n": n, "state": state, "reason": reason}
    return [
        {
            **_describe(metric, score, space),
            **facts,
            "value": values.get(score.name),
            **_standard_errors(variances.get(score.name)),
        }
        for score in metric.scores
    ]


def failed_rows(metric: Metric, sampler: str, space: str | None, reason: str) -> list[Row]:
    """Make a row of state "error" for each score of `metric`: there are no images of `sampler` to compute it from."""
    facts = {"sampler": sampler, "features": space, "n": 0, "state": "error", "reason": reason}
    empty = {"value": None, **_standard_errors(None)}
    return [{**_describe(metric, score, space), **facts, **empty} for score in metric.scores]


def _length(value: Any) -> int:  # noqa: ANN401 (an array, or arrays of equal length by name)
    return len(next(iter(value.values()), ())) if isinstance(value, Mapping) else len(value)


def _standard_errors(variance: Variance | None) -> Row:
    """The standard errors over all images, and over those alone that the trial generated."""
    parts = (None, None) if variance is None else (variance.generated + variance.held_out, variance.generated)
    errors = [None if part is None or not isfinite(part) else sqrt(part) for part in parts]
    return {"standard_error": errors[0], "standard_error_drawn": errors[1]}


def _describe(metric: Metric, score: Score, space: str | None) -> Row:
    """The part of a row that says which score it is of."""
    return {
        "question": metric.question,
        "metric": f"{score.name}_{space}" if space and metric.per_feature_space else score.name,
        "family": metric.name,
        "version": metric.version,
        "unit": score.unit,
        "better": score.better,
        "ideal": score.ideal,
    }
