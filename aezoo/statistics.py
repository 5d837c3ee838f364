"""From seeds to intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit


@dataclass(frozen=True)
class Interval:
    """A mean over `n` seeds and the bounds of its confidence interval, which one seed does not have."""

    mean: float
    low: float | None
    high: float | None
    n: int


def mean_interval(values: Iterable[float], confidence: float = 0.95) -> Interval:
    r"""Mean and Student's t interval of the mean over seeds.

    $\bar{x} \pm t_{(1 + c) / 2,\, n - 1}\, s / \sqrt{n}$, where $s$ is the sample standard deviation (divisor
    $n - 1$) and $c$ the confidence. The interval covers the variation from seed to seed (initial weights,
    shuffling, noise, samples drawn), assuming that it is roughly normal; it says nothing of another data set.

    Args:
        values: one finite number per seed, at least one; the interval is in their unit.
        confidence: strictly between 0 and 1.

    Returns:
        The interval. One value gives no bounds; identical values give an interval of zero width.

    Raises:
        ValueError: no values, a value that is not finite, or a confidence outside (0, 1).

    Source: Student (1908), "The probable error of a mean", Biometrika 6(1).
    """
    array = np.fromiter(values, dtype=np.float64)
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(
            f"got {array.size} values, {int(np.isfinite(array).sum())} of them finite; give finite ones"
        )
    constant = bool((array == array[0]).all())
    mean = float(array[0]) if constant else float(array.mean())
    deviation = 0.0 if constant else float(array.std(ddof=1)) if array.size > 1 else np.nan
    half = float(interval_half_width(deviation, array.size, confidence))
    if array.size == 1:
        return Interval(mean, None, None, 1)
    return Interval(mean, mean - half, mean + half, array.size)


def interval_half_width(deviation: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> NDArray[np.float64]:
    r"""Half the width of Student's t interval, $t_{(1 + c) / 2,\, n - 1}\, s / \sqrt{n}$, elementwise.

    Args:
        deviation: sample standard deviations $s$ (divisor $n - 1$), any shape.
        n: how many values each comes from, broadcast against `deviation`.
        confidence: $c$, strictly between 0 and 1.

    Returns:
        Half widths in the unit of `deviation`, float64; NaN where n < 2, because one value has no spread.

    Raises:
        ValueError: a confidence outside (0, 1).
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence is {confidence}; it must lie strictly between 0 and 1, for example 0.95"
        )
    spread, count = np.asarray(deviation, dtype=np.float64), np.asarray(n, dtype=np.float64)
    freedom = np.where(count > 1, count - 1, np.nan)
    return np.asarray(
        stdtrit(freedom, (1 + confidence) / 2) * spread / np.sqrt(freedom + 1), dtype=np.float64
    )
