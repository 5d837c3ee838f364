"""Where samples stand in each headline score: against the oracle's band, and between which rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aezoo.reporting import tidy
from aezoo.reporting.numbers import format_mean
from aezoo.scoring.band import Band
from aezoo.scoring.headline import headline_name
from aezoo.statistics import losses

Record = Mapping[str, Any]

ROUNDING = 1e-9


@dataclass(frozen=True)
class Neighbour:
    """A row of the table, by its name, with its mean over seeds."""

    name: str
    value: float

    def __str__(self) -> str:
        return f"{self.name} ({format_mean(self.value, None)})"


@dataclass(frozen=True)
class Standing:
    """Where the samples stand in one score.

    Attributes:
        metric, better: the score, and which way is better: lower, higher or target.
        ideal: where a target score should be; None where the oracle's value is.
        value: of the samples.
        low, high: the oracle's band; None without one.
        place: within, below or above the band; "" without one.
        next_better, next_worse: the nearest rows on both sides; None where there is none. `equal`: rows of this value.
    """

    metric: str
    better: str
    ideal: float | None
    value: float
    low: float | None
    high: float | None
    place: str
    next_better: Neighbour | None
    next_worse: Neighbour | None
    equal: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """``within``, ``above (worse)``, ``below (better)``."""
        if self.place in ("", "within"):
            return self.place
        good = (self.better, self.place) in (("lower", "below"), ("higher", "above"))
        return f"{self.place} ({'better' if good else 'worse'})"

    @property
    def equal_text(self) -> str:
        """``equal to oracle and 2 more``; nothing where no row is equal."""
        more = f" and {len(self.equal) - 1} more" if len(self.equal) > 1 else ""
        return f"equal to {self.equal[0]}{more}" if self.equal else ""

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        band = f"the oracle's band {band_text(self)}"
        parts = [f"{self.metric} is {format_mean(self.value, None)}"]
        parts += [f"{self.verdict} {band}"] if self.place else []
        parts += [self.equal_text] if self.equal else []
        parts += [f"next better {self.next_better or 'none'}, next worse {self.next_worse or 'none'}"]
        return "; ".join(parts)


def band_text(standing: Standing) -> str:
    """``0.612 to 0.871``; nothing without a band."""
    if standing.low is None or standing.high is None:
        return ""
    return f"{format_mean(standing.low, None)} to {format_mean(standing.high, None)}"


def standings(records: Sequence[Record], bands: Mapping[str, Band]) -> tuple[Standing, ...]:
    """One for each headline score of the samples, the first of `records`; the others are what they stand between."""
    frame = tidy(records)
    frame = frame[frame["state"] == "ok"]
    keys = ["role", "model", "sampler", "metric"]
    means = frame.groupby(keys, sort=False)["value"].mean().reset_index()
    rows = [row for row in records[0]["scores"] if headline_name(row) and row["state"] == "ok"]
    return tuple(_standing(row, means[means["metric"] == row["metric"]], bands.get(row["metric"])) for row in rows)


def _standing(row: Mapping[str, Any], means: pd.DataFrame, band: Band | None) -> Standing:
    others = means[means["role"] != "samples"]
    oracle = others.loc[others["role"] == "oracle", "value"]
    aim = row["ideal"] if row["ideal"] is not None or oracle.empty else float(oracle.iloc[0])
    distances = losses(others["value"].to_numpy(), row["better"], aim)
    own = float(losses(row["value"], row["better"], aim))
    names = [_name(*of) for of in zip(others["role"], others["model"], others["sampler"], strict=True)]
    found = [Neighbour(name, float(value)) for name, value in zip(names, others["value"], strict=True)]
    equal = np.isclose(distances, own, rtol=ROUNDING, atol=0)
    better, worse = np.flatnonzero((distances < own) & ~equal), np.flatnonzero((distances > own) & ~equal)
    return Standing(
        metric=row["metric"],
        better=row["better"],
        ideal=row["ideal"] if row["better"] == "target" else None,
        value=row["value"],
        low=None if band is None else band.low,
        high=None if band is None else band.high,
        place="" if band is None else band.place(row["value"]),
        next_better=found[better[distances[better].argmax()]] if len(better) else None,
        next_worse=found[worse[distances[worse].argmin()]] if len(worse) else None,
        equal=tuple(names[i] for i in np.flatnonzero(equal)),
    )


def _name(role: str, model: str, sampler: str) -> str:
    return model if role in ("oracle", "control") or not sampler else f"{model}, {sampler}"
