r"""A metric's band over real data, and how far other values lie outside of it.

The band is the mean $\bar{x}$ and the sample standard deviation $s$ of $K$ draws of the oracle. A value $v$ has

$z = (\ell(v) - \ell(\bar{x})) / s$

with $\ell$ the loss of `losses`: the value, its negative, or its distance to the ideal; where there is no ideal, its
distance to $\bar{x}$. So z > 0 is worse than real data by the metric's own direction, and z < 0 better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, comb

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit
from scipy.stats import binom, binomtest, chi2, norm

from aezoo.statistics.direction import best_value, is_target, losses, target_of

Floats = NDArray[np.float64]

PARTITIONS = 400

NOMINAL_RATE = 0.005
"""So many draws of real data lie above the threshold, if the values are normal."""

FOOLED_Z = -1.0
"""Below it a draw counts as preferred to real data."""

MIN_AGREEING_SHARE = 0.95
"""The share of draws that must agree before a verdict says anything."""

ROUNDING = 1e-9
"""Differences below this share of the value are rounding."""


@dataclass(frozen=True)
class FalseAlarmRate:
    """How many of `draws` draws of real data were called worse than real data, with a 95 % interval of the rate.

    The interval is Clopper and Pearson's: exact for this band, and silent about other bands.
    """

    count: int
    draws: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share, in [0, 1]."""
        return self.count / self.draws


def false_alarm_rate(band: ReferenceBand, fresh: Sequence[float] | Floats) -> FalseAlarmRate:
    """The false alarms of `band` on fresh draws of the oracle."""
    count, draws = int((band.z(fresh) > band.threshold()).sum()), len(fresh)
    interval = binomtest(count, draws).proportion_ci(0.95, "exact")
    return FalseAlarmRate(count, draws, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class OverallFalseAlarms:
    """False alarms over all metrics.

    Attributes:
        rate: with the band that was used.
        promise: the mean of what the metrics' thresholds promise.
        expected, low, high: mean and central 95 % of the rate when other draws of the same ones make the band.
    """

    rate: float
    promise: float
    expected: float
    low: float
    high: float


def overall_false_alarms(
    values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]], seed: int = 0
) -> OverallFalseAlarms:
    """False alarms over all metrics, and what they depend on which draws made the band.

    All draws of the oracle are alike, so that any `band_draws` of them could have made the band: a few hundred
    random choices show how much the rate varies. Metrics are not independent, which this keeps as it is.

    Args:
        values: shape (draws, metrics), finite; the first `band_draws` rows made the band.
        band_draws: how many.
        directions: better and ideal of each metric.
        seed: of the choices.
    """
    random = np.random.default_rng(seed)
    first, promise = _rates(values, band_draws, directions)
    orders = (random.permutation(len(values)) for _ in range(PARTITIONS))
    rates = [_rates(values[order], band_draws, directions)[0] for order in orders]
    low, high = np.quantile(rates, [0.025, 0.975])
    return OverallFalseAlarms(first, promise, float(np.mean(rates)), float(low), float(high))


def _rates(values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]]) -> tuple[float, float]:
    found, promised = [], []
    for column, (better, ideal) in zip(values.T, directions, strict=True):
        band = ReferenceBand.of(column[:band_draws], better, ideal)
        found.append(np.mean(band.z(column[band_draws:]) > band.threshold()))
        promised.append(band.promise)
    return float(np.mean(found)), float(np.mean(promised))


@dataclass(frozen=True)
class ReferenceBand:
    """Where a metric lies on real data.

    Attributes:
        mean, deviation: of the draws; the deviation is 0 where all are equal up to rounding.
        draws: how many there were.
        extreme: the largest z among them.
        better, ideal: the direction of the metric, as `losses` takes it.
    """

    mean: float
    deviation: float
    draws: int
    extreme: float
    better: str
    ideal: float | None = None

    @classmethod
    def of(cls, values: Sequence[float] | Floats, better: str, ideal: float | None = None) -> ReferenceBand:
        """The band of finite values, at least two; raises `ValueError` otherwise."""
        array = np.asarray(values, dtype=np.float64)
        if array.size < 2 or not np.isfinite(array).all():
            raise ValueError(f"a band needs two finite values at least; got {array.size}")
        mean, deviation = float(array.mean()), float(array.std(ddof=1))
        varies = deviation > ROUNDING * abs(mean)
        band = cls(mean, deviation if varies else 0.0, array.size, 0.0, better, ideal)
        return replace(band, extreme=float(band.z(array).max())) if varies else band

    def excess(self, values: ArrayLike) -> Floats:
        """``loss(v) - loss(mean)``, in the unit of the metric: above 0 is worse than real data."""
        target = target_of(self.better, self.ideal, self.mean)
        found: Floats = losses(values, self.better, target) - losses(self.mean, self.better, target)
        return found

    def z(self, values: ArrayLike) -> Floats:
        """`excess` in standard deviations; without spread infinite, or 0 where nothing but rounding differs."""
        excess = self.excess(values)
        if self.deviation > 0:
            return np.asarray(excess / self.deviation, dtype=np.float64)
        differs = np.abs(excess) > ROUNDING * max(abs(self.mean), np.finfo(np.float64).tiny)
        return np.where(differs, np.copysign(np.inf, excess), excess * 0.0)

    def best(self, low: float, high: float) -> float:
        """The z of the best value from `low` to `high`: not below `FOOLED_Z` where nothing can beat real data."""
        value = best_value(self.better, low, high, target_of(self.better, self.ideal, self.mean))
        return float(self.z([value])[0]) if np.isfinite(value) else -np.inf

    def threshold(self, rate: float = NOMINAL_RATE) -> float:
        r"""The z above which a draw is called worse than real data.

        The larger of two limits. Student's prediction limit for one more normal value, $t_{1 - r,\, K - 1}
        \sqrt{1 + 1 / K}$, with $r / 2$ for a target metric, which has two sides that are worse: 2.93, and 3.25,
        for 20 draws and a rate of 0.005. And the worst draw of the band, which makes `promise` hold whatever the
        distribution. Without spread it is 0: anything worse is above it.
        """
        if self.deviation == 0:
            return 0.0
        tail = rate / 2 if is_target(self.better) else rate
        return max(self.extreme, float(stdtrit(self.draws - 1, 1 - tail) * np.sqrt(1 + 1 / self.draws)))

    @property
    def sides(self) -> int:
        """2 for a target metric whose aim is the band's own mean, whose draws may fall out on either side; else 1."""
        return 2 if is_target(self.better) and self.ideal is None and self.deviation > 0 else 1

    @property
    def promise(self) -> float:
        r"""A further draw of the oracle exceeds `threshold` with a probability of at most $1 / (K + 1)$.

        Of K + 1 draws that can be exchanged the new one is the worst with this probability, whatever their
        distribution; $2 / (K + 1)$ with two sides.
        """
        return self.sides / (self.draws + 1)

    def verdict_promise(self, draws: int) -> float:
        r"""The probability, at most, that `classify` says detects of `draws` sets that are as good as real data.

        Of m that must exceed all K, $\binom{D}{m} / \binom{K + D}{m}$; m + 1 times as much with two sides.
        """
        needed = ceil(MIN_AGREEING_SHARE * draws)
        splits = needed + 1 if self.sides == 2 else 1
        return min(1.0, splits * comb(draws, needed) / comb(self.draws + draws, needed))


def split_factor(n: int, split: int, draws: int) -> float:
    r"""By how much thresholds grow for draws from another split of the same population.

    Draws of n of the N images of one split share images, and vary less about its mean, by $\sigma^2 (1/n - 1/N)$,
    than draws of the population do: a set from elsewhere differs from that mean by $\sigma^2 (1/n + 1/N)$. Exact
    for means: $\sqrt{((N + n) / (N - n) + 1 / K) / (1 + 1 / K)}$ for K draws in the band.
    """
    return float(np.sqrt(((split + n) / (split - n) + 1 / draws) / (1 + 1 / draws)))


def classify(z: ArrayLike, threshold: float, preference: float = FOOLED_Z) -> str:
    """``detects``, ``fooled`` or ``blind``, from the z of some draws.

    Detects: above the threshold in at least 95 % of the draws. Fooled: below `preference` in at least 95 % of
    them, so that the metric takes the control for better than real data. Blind: neither.
    """
    array = np.asarray(z, dtype=np.float64)
    if np.mean(array > threshold) >= MIN_AGREEING_SHARE:
        return "detects"
    return "fooled" if np.mean(array < preference) >= MIN_AGREEING_SHARE else "blind"


def chance_of_fooled(draws: int, band_draws: int, preference: float = FOOLED_Z) -> float:
    """The probability that `classify` says fooled of real data, normal values assumed; an integral on a grid."""
    grid = (np.arange(400) + 0.5) / 400
    mean = norm.ppf(grid)[:, None] / np.sqrt(band_draws)
    deviation = np.sqrt(chi2.ppf(grid, band_draws - 1) / (band_draws - 1))[None, :]
    once = norm.cdf(mean + preference * deviation)
    return float(binom.sf(ceil(MIN_AGREEING_SHARE * draws) - 1, draws, once).mean())
