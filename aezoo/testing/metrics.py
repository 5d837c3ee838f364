"""The conformance suite of metrics."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from aezoo.metrics import METRICS, Metric, Score
from aezoo.metrics.compute import compute_rows
from aezoo.registry import Registry
from aezoo.statistics.direction import is_ranked, is_target, loss
from aezoo.testing.metric_cases import arrays_of, metric_inputs
from aezoo.testing.suite import ConformanceSuite, not_applicable, require

ROUNDING = 1e-9

Scores = dict[str, float]


class MetricTests(ConformanceSuite):
    """Checks of a registered metric on arrays of its question: some at their best, and some that are worthless."""

    registry: ClassVar[Registry[Any]] = METRICS

    @property
    def metric(self) -> Metric:
        """The metric itself."""
        metric: Metric = METRICS.get(self.name)
        return metric

    @property
    def good(self) -> dict[str, Any]:
        """The arrays of its question at their best; read-only."""
        return metric_inputs()[self.metric.question][0]

    def test_documents_itself(self) -> None:
        require((self.metric.function.__doc__ or "").strip(), "its docstring is empty; say what it measures")
        for score in self.metric.scores:
            require(score.unit, f"{score.name} has no unit")

    def test_is_deterministic_and_leaves_its_inputs_alone(self) -> None:
        require(not any(array.flags.writeable for array in arrays_of(self.good)), "the inputs can be written to")
        np.random.random(3)  # noqa: NPY002 - the state that a metric must not depend on is another now
        again = self.metric(self.good)  # to write into the inputs raises ValueError
        require(again == self._scores()[0], f"a second call gives {again}, the first gave {self._scores()[0]}")

    def test_values_lie_in_the_stated_range(self) -> None:
        for scores in self._scores():
            for score in self.metric.scores:
                value, (low, high) = scores[score.name], score.range
                inside = low - ROUNDING <= value <= high + ROUNDING
                require(inside, f"{score.name} is {value:.6g}, outside of [{low:g}, {high:g}]")

    def test_better_is_better(self) -> None:
        ranked = [score for score in self.metric.scores if is_ranked(score.better)]
        if not ranked:
            not_applicable("the metric ranks nothing")
        good, bad = self._scores()
        for score in ranked:
            best, worst = good[score.name], bad[score.name]
            require(
                _is_better(score, best, worst),
                f"{score.name} is {best:.6g} at its best and {worst:.6g} of what is worthless",
            )

    def test_the_ideal_lies_in_the_range(self) -> None:
        ideals = {score: score.ideal for score in self.metric.scores if score.ideal is not None}
        if not ideals:
            not_applicable("no score of the metric has an ideal")
        for score, ideal in ideals.items():
            low, high = score.range
            require(low <= ideal <= high, f"the ideal {ideal:g} of {score.name} is outside of its range")

    def test_a_missing_need_is_not_a_number(self) -> None:
        first = self.metric.needs[0]
        lacking = {name: value for name, value in self.good.items() if name != first}
        for row in compute_rows(self.metric, lacking, None, None):
            require((row["state"], row["value"]) == ("n/a", None), f"without {first} it is {row['state']}")
            require(first in row["reason"], f"without {first} the reason is {row['reason']!r}")

    def test_too_few_images_are_not_scored(self) -> None:
        few = {name: _first(value) for name, value in self.good.items()}
        expected = "n/a" if self.metric.minimum_n > 1 else "ok"
        for row in compute_rows(self.metric, few, None, None):
            require(row["state"] == expected, f"of one image it is {row['state']}, not {expected}: {row['reason']}")

    def test_nan_is_an_error_not_a_score(self) -> None:
        floats = [need for need in self.metric.needs if np.asarray(self.good[need]).dtype.kind == "f"]
        if not floats:
            not_applicable("the metric needs no array of floating-point numbers")
        for need in floats:
            poisoned = {**self.good, need: np.full(np.shape(self.good[need]), np.nan)}
            for row in compute_rows(self.metric, poisoned, None, None):
                found = (row["state"], row["value"])
                require(found == ("error", None), f"where {need} is NaN it is {row['state']}, {row['value']}")
                require(row["reason"], f"where {need} is NaN the error has no reason")

    def _scores(self) -> tuple[Scores, Scores]:
        return _scores_of(self.metric)


def _is_better(score: Score, best: float, worst: float) -> bool:
    if (
        is_target(score.better) and score.ideal is None
    ):  # it is the oracle's value, which what is worthless must not have
        return best != worst
    return loss(best, score.better, score.ideal) < loss(worst, score.better, score.ideal)


@lru_cache(maxsize=4)
def _scores_of(metric: Metric) -> tuple[Scores, Scores]:
    """Compute the scores on the good and on the bad inputs, once."""
    good, bad = metric_inputs()[metric.question]
    return metric(good), metric(bad)


def _first(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {name: _first(part) for name, part in value.items()}
    return value[:1] if np.ndim(value) else value
