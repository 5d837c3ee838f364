r"""Calibration of a score: its band over draws of real data, and how far other values lie outside of it.

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

NOMINAL_RATE = 0.005
"""The share of draws of real data above the threshold, if the values are normal."""

FOOLED_Z = -1.0
"""The z below which a draw counts as *fooling* the score: better than real data by more than a standard deviation."""

MIN_AGREEING_SHARE = 0.95
"""The share of draws that must agree before a verdict says anything."""

ROUNDING = 1e-9
"""Differences below this share of the value are rounding."""

PARTITIONS = 400
"""Random choices of the draws that make the band, to show how much the rate of false alarms depends on them."""


@dataclass(frozen=True)
class ReferenceBand:
    """The values of a score on draws of real data.

    Attributes:
        mean: of the draws.
        deviation: their sample standard deviation; 0 where all are equal up to rounding.
        draws: their number.
        max_z: the largest z among them.
        better: the direction of the score, as `losses` takes it.
        ideal: the best value, where there is one.
    """

    mean: float
    deviation: float
    draws: int
    max_z: float
    better: str
    ideal: float | None = None

    @classmethod
    def from_draws(cls, values: Sequence[float] | Floats, better: str, ideal: float | None = None) -> ReferenceBand:
        """Make the band of finite values, at least two; raise `ValueError` otherwise."""
        array = np.asarray(values, dtype=np.float64)
        if array.size < 2 or not np.isfinite(array).all():
            raise ValueError(f"a band needs two finite values at least; got {array.size}")
        mean, deviation = float(array.mean()), float(array.std(ddof=1))
        varies = deviation > ROUNDING * abs(mean)
        band = cls(mean, deviation if varies else 0.0, array.size, 0.0, better, ideal)
        return replace(band, max_z=float(band.z(array).max())) if varies else band

    @property
    def target(self) -> float | None:
        """The value that a target score should have: its ideal, or the mean of real data."""
        return target_of(self.better, self.ideal, self.mean)

    @property
    def n_tails(self) -> int:
        """2 for a target score whose target is the band's own mean, whose draws may fall out on either side; else 1."""
        return 2 if is_target(self.better) and self.ideal is None and self.deviation > 0 else 1

    @property
    def false_alarm_bound(self) -> float:
        r"""The probability, at most, that a further draw of the oracle exceeds `threshold`: $1 / (K + 1)$.

        Of K + 1 draws that can be exchanged the new one is the worst with this probability, whatever their
        distribution; $2 / (K + 1)$ with two tails.
        """
        return self.n_tails / (self.draws + 1)

    def verdict_bound(self, draws: int) -> float:
        r"""Bound the probability that `classify` says detects of `draws` sets that are as good as real data.

        Of m that must exceed all K, $\binom{D}{m} / \binom{K + D}{m}$; m + 1 times as much with two tails.
        """
        needed = ceil(MIN_AGREEING_SHARE * draws)
        splits = needed + 1 if self.n_tails == 2 else 1
        return min(1.0, splits * comb(draws, needed) / comb(self.draws + draws, needed))

    def excess_loss(self, values: ArrayLike) -> Floats:
        """Compute ``loss(v) - loss(mean)``, in the unit of the score: above 0 is worse than real data."""
        excess: Floats = losses(values, self.better, self.target) - losses(self.mean, self.better, self.target)
        return excess

    def z(self, values: ArrayLike) -> Floats:
        """Compute `excess_loss` in standard deviations; without spread infinite, or 0 where only rounding differs."""
        excess = self.excess_loss(values)
        if self.deviation > 0:
            return np.asarray(excess / self.deviation, dtype=np.float64)
        differs = np.abs(excess) > ROUNDING * max(abs(self.mean), np.finfo(np.float64).tiny)
        return np.where(differs, np.copysign(np.inf, excess), excess * 0.0)

    def best_z(self, low: float, high: float) -> float:
        """Find the z of the best value from `low` to `high`: not below `FOOLED_Z` where nothing can beat real data."""
        value = best_value(self.better, low, high, self.target)
        return float(self.z([value])[0]) if np.isfinite(value) else -np.inf

    def threshold(self, rate: float = NOMINAL_RATE) -> float:
        r"""Find the z above which a draw is called worse than real data.

        The larger of two limits. Student's prediction limit for one more normal value, $t_{1 - r,\, K - 1}
        \sqrt{1 + 1 / K}$, with $r / 2$ for a target score, which has two tails that are worse: 2.93, and 3.25,
        for 20 draws and a rate of 0.005. And the worst draw of the band, which makes `false_alarm_bound` hold whatever
        the distribution. Without spread it is 0: anything worse is above it.
        """
        if self.deviation == 0:
            return 0.0
        tail = rate / 2 if is_target(self.better) else rate
        return max(self.max_z, float(stdtrit(self.draws - 1, 1 - tail) * np.sqrt(1 + 1 / self.draws)))


def classify(z: ArrayLike, threshold: float, fooled_z: float = FOOLED_Z) -> str:
    """Give the verdict ``detects``, ``fooled`` or ``blind`` from the z of some draws.

    Detects: above the threshold in at least 95 % of the draws. Fooled: below `fooled_z` in at least 95 % of them, so
    that the score takes the control for better than real data. Blind: neither.
    """
    array = np.asarray(z, dtype=np.float64)
    if np.mean(array > threshold) >= MIN_AGREEING_SHARE:
        return "detects"
    return "fooled" if np.mean(array < fooled_z) >= MIN_AGREEING_SHARE else "blind"


def split_factor(n: int, split: int, draws: int) -> float:
    r"""Compute the factor by which thresholds grow for draws from another split of the same population.

    Draws of n of the N images of one split share images, and vary less about its mean, by $\sigma^2 (1/n - 1/N)$,
    than draws of the population do: a set from elsewhere differs from that mean by $\sigma^2 (1/n + 1/N)$. Exact
    for means: $\sqrt{((N + n) / (N - n) + 1 / K) / (1 + 1 / K)}$ for K draws in the band.
    """
    return float(np.sqrt(((split + n) / (split - n) + 1 / draws) / (1 + 1 / draws)))


def chance_of_fooled(draws: int, band_draws: int, fooled_z: float = FOOLED_Z) -> float:
    """Compute the probability that `classify` says fooled of real data with normal values; an integral on a grid."""
    grid = (np.arange(400) + 0.5) / 400
    mean = norm.ppf(grid)[:, None] / np.sqrt(band_draws)
    deviation = np.sqrt(chi2.ppf(grid, band_draws - 1) / (band_draws - 1))[None, :]
    once = norm.cdf(mean + fooled_z * deviation)
    return float(binom.sf(ceil(MIN_AGREEING_SHARE * draws) - 1, draws, once).mean())


@dataclass(frozen=True)
class FalseAlarmRate:
    """The draws of real data that were called worse than real data, with a 95 % interval of their rate.

    The interval is Clopper and Pearson's: exact for this band, and silent about other bands.

    Attributes:
        count: of the draws that were.
        draws: all of them.
        low: the lower end of the interval.
        high: the upper end.
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
    """Count the false alarms of `band` on fresh draws of the oracle."""
    count, draws = int((band.z(fresh) > band.threshold()).sum()), len(fresh)
    interval = binomtest(count, draws).proportion_ci(0.95, "exact")
    return FalseAlarmRate(count, draws, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class OverallFalseAlarms:
    """The false alarms of all scores together.

    Attributes:
        rate: with the band that was used.
        bound: the mean of the scores' `false_alarm_bound`.
        expected: the mean rate when other draws of the same ones make the band.
        low: the lower end of the central 95 % of these rates.
        high: the upper end.
    """

    rate: float
    bound: float
    expected: float
    low: float
    high: float


def overall_false_alarms(
    values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]], seed: int = 0
) -> OverallFalseAlarms:
    """Measure the false alarms of all scores, and how much they depend on which draws made the band.

    All draws of the oracle are alike, so that any `band_draws` of them could have made the band: a few hundred
    random choices show how much the rate varies. Scores are not independent, which this keeps as it is.

    Args:
        values: shape (draws, scores), finite; the first `band_draws` rows made the band.
        band_draws: their number.
        directions: better and ideal of each score.
        seed: of the choices.
    """
    random = np.random.default_rng(seed)
    rate, bound = _mean_rate_and_bound(values, band_draws, directions)
    orders = (random.permutation(len(values)) for _ in range(PARTITIONS))
    rates = [_mean_rate_and_bound(values[order], band_draws, directions)[0] for order in orders]
    low, high = np.quantile(rates, [0.025, 0.975])
    return OverallFalseAlarms(rate, bound, float(np.mean(rates)), float(low), float(high))


def _mean_rate_and_bound(
    values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]]
) -> tuple[float, float]:
    rates, bounds = [], []
    for column, (better, ideal) in zip(values.T, directions, strict=True):
        band = ReferenceBand.from_draws(column[:band_draws], better, ideal)
        rates.append(np.mean(band.z(column[band_draws:]) > band.threshold()))
        bounds.append(band.false_alarm_bound)
    return float(np.mean(rates)), float(np.mean(bounds))
