"""Standard errors of scores: how far a score would move with other images, drawn or held out.

A metric may declare one of these estimators, as `standard_error` where it is registered; without one its standard
error is unknown, and null in a record. Each gives a variance for every side that was sampled, because the sides play
different parts in a comparison: every trial draws its own generated images, and all trials share the held-out ones.

`BinomialError` and `InfluenceFunctionError` are closed forms; for smooth scores an influence gives what the bootstrap's
variance tends to with many resamples, at the cost of one. `BootstrapError` draws images with replacement.

All are first-order: where real and generated images have one distribution, as for the oracle, the first-order part of
a distance vanishes, and its standard error comes out too large (by about a half). For scores that look at nearest
neighbours (`prdc`, `one_nearest_neighbour`, `unique_ratio`, `trustworthiness`) there is none here that is right: in the
bootstrap a repeated image is its own neighbour at distance 0, and subsampling is far off for generators far from real.

Sources: Efron 1979, "Bootstrap methods: another look at the jackknife"; Jaeckel 1972, "The infinitesimal jackknife".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.metrics.base import Floats, Metric, Variance
from aezoo.metrics.inputs import INPUTS

Inputs = Mapping[str, Any]
Influences = Mapping[str, Mapping[str, Floats]]

RESAMPLES = 50
"""Makes the standard error itself uncertain by about 10 %."""

MAX_INFLUENCE_ROWS = 2_000
"""The most rows that a spread over images is estimated from: so many tell it to about 2 %."""


def is_generated(metric: Metric, need: str) -> bool:
    """Tell whether the rows of `need` are images that the trial generates."""
    return INPUTS[metric.question][need].rows == "generated"


def rows_of(value: Any) -> int:  # noqa: ANN401
    """Count the rows of an array, or of arrays of equal length by name."""
    return len(next(iter(value.values()))) if isinstance(value, Mapping) else len(value)


def subsample(rows: int, most: int = MAX_INFLUENCE_ROWS) -> slice:
    """Select at most `most` evenly spaced rows, to estimate a spread from."""
    return slice(None, None, max(1, -(-rows // most)))


@dataclass(frozen=True)
class BinomialError:
    """The variance ``p (1 - p) / n`` of scores that are shares p of n images.

    A share of 0 or 1 has none: the formula would say that it is certain.

    Attributes:
        rows: the need whose rows are the n images.
    """

    rows: str

    def __call__(
        self, metric: Metric, inputs: Inputs, values: Mapping[str, float], random: np.random.Generator
    ) -> dict[str, Variance]:
        n, generated = len(inputs[self.rows]), is_generated(metric, self.rows)
        return {name: _variance_of_side(p * (1 - p) / n, generated) for name, p in values.items() if 0 < p < 1}


@dataclass(frozen=True)
class InfluenceFunctionError:
    """The variance of means over images, and of smooth functions of them: that of the images' influences, over n.

    The influence of an image is the derivative of the score with respect to its weight, times n; of a mean it is the
    image's own value. A constant does not matter.

    Attributes:
        function: takes `needs` by name and gives, for scores by name, the influences of the rows of a need; of some
            of the rows, where these tell the spread.
        needs: what it takes.
    """

    function: Callable[..., Influences]
    needs: tuple[str, ...]

    def __call__(
        self, metric: Metric, inputs: Inputs, values: Mapping[str, float], random: np.random.Generator
    ) -> dict[str, Variance]:
        influences = self.function(**{need: inputs[need] for need in self.needs})
        return {
            name: _sum_variances(
                _variance_of_side(float(np.var(influence, ddof=1)) / rows_of(inputs[need]), is_generated(metric, need))
                for need, influence in sides.items()
            )
            for name, sides in influences.items()
        }


@dataclass(frozen=True)
class BootstrapError:
    """The variance over scores of images drawn with replacement, one side at a time, as many as there are.

    Attributes:
        sides: for each side the needs that hold its rows; they are drawn together.
        resamples: how many draws of each side.
    """

    sides: tuple[tuple[str, ...], ...]
    resamples: int = RESAMPLES

    def __call__(
        self, metric: Metric, inputs: Inputs, values: Mapping[str, float], random: np.random.Generator
    ) -> dict[str, Variance]:
        variances: dict[str, list[Variance]] = {name: [] for name in values}
        for side in self.sides:
            n = len(inputs[side[0]])
            resampled = [metric(_with_rows(inputs, side, random.integers(n, size=n))) for _ in range(self.resamples)]
            for name, of_sides in variances.items():
                spread = float(np.var([scores[name] for scores in resampled], ddof=1))
                of_sides.append(_variance_of_side(spread, is_generated(metric, side[0])))
        return {name: _sum_variances(of_sides) for name, of_sides in variances.items()}


def _with_rows(inputs: Inputs, side: tuple[str, ...], rows: NDArray[np.int64]) -> dict[str, Any]:
    return {**inputs, **{need: inputs[need][rows] for need in side}}


def _variance_of_side(variance: float, generated: bool) -> Variance:
    return Variance(variance, 0.0) if generated else Variance(0.0, variance)


def _sum_variances(variances: Iterable[Variance]) -> Variance:
    parts = list(variances)
    return Variance(sum(part.generated for part in parts), sum(part.held_out for part in parts))
