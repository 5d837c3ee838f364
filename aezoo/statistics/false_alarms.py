"""How often a threshold calls real data bad, measured on draws that did not make the band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from aezoo.statistics.bands import Band

Floats = NDArray[np.float64]

PARTITIONS = 400


@dataclass(frozen=True)
class Alarms:
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


def alarms(band: Band, fresh: Sequence[float] | Floats) -> Alarms:
    """The false alarms of `band` on fresh draws of the oracle."""
    count, draws = int((band.z(fresh) > band.threshold()).sum()), len(fresh)
    interval = binomtest(count, draws).proportion_ci(0.95, "exact")
    return Alarms(count, draws, float(interval.low), float(interval.high))


@dataclass(frozen=True)
class Overall:
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


def overall(values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]], seed: int = 0) -> Overall:
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
    return Overall(first, promise, float(np.mean(rates)), float(low), float(high))


def _rates(values: Floats, band_draws: int, directions: Sequence[tuple[str, float | None]]) -> tuple[float, float]:
    found, promised = [], []
    for column, (better, ideal) in zip(values.T, directions, strict=True):
        band = Band.of(column[:band_draws], better, ideal)
        found.append(np.mean(band.z(column[band_draws:]) > band.threshold()))
        promised.append(band.promise)
    return float(np.mean(found)), float(np.mean(promised))
