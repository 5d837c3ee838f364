"""Where samples stand in one headline score: against the oracle's band, and among rows of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from aezoo.analysis.conventions import ROLE_ORDER, ROLE_PLURAL, ROLE_SINGULAR
from aezoo.reporting import tidy
from aezoo.reporting.text import format_mean
from aezoo.scoring.headline_metrics import headline_name
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.statistics.direction import is_target, loss, losses, signed, target_of

Record = Mapping[str, Any]

Row = Mapping[str, Any]

ROUNDING = 1e-6
"""Relative: the judge computes in float32, whose last digits depend on the order of the images."""

NAMED = 3
"""So many rows are named, more are counted."""

REAL = "real images"

Z = NormalDist().inv_cdf(0.975)
"""Standard errors in half of a 95 % interval: 1.96."""


def standings(records: Sequence[Record], bands: Mapping[str, PredictionInterval]) -> tuple[Standing, ...]:
    """One for each headline score of the samples, the first of `records`; the others are what they stand between."""
    frame = tidy(records)
    frame = frame[(frame["state"] == "ok") & (frame["role"] != "samples")]
    keys = ["role", "model", "sampler", "metric"]
    means = frame.groupby(keys, sort=False)["value"].mean().reset_index()
    rows = [row for row in records[0]["scores"] if headline_name(row) and row["state"] == "ok"]
    return tuple(_standing(row, means[means["metric"] == row["metric"]], bands.get(row["metric"])) for row in rows)


def _standing(row: Row, others: pd.DataFrame, band: PredictionInterval | None) -> Standing:
    ordered = _sort_by_distance(row, others)
    better, worse = (ordered[ordered["side"] == side] for side in ("better", "worse"))
    return Standing(
        metric=row["metric"],
        headline=headline_name(row) or "",
        better=row["better"],
        ideal=target_of(row["better"], row["ideal"]),
        value=row["value"],
        standard_error=row.get("standard_error"),
        low=None if band is None else band.low,
        high=None if band is None else band.high,
        place="" if band is None else band.position(row["value"]),
        next_better=next(_neighbours(better), None),
        next_worse=next(_neighbours(worse), None),
        among=tuple(_rank_by_role(ordered)),
    )


def _sort_by_distance(row: Row, others: pd.DataFrame) -> pd.DataFrame:
    """The other rows with the side they are on, the nearest first."""
    oracle = others.loc[others["role"] == "oracle", "value"]
    target = target_of(row["better"], row["ideal"], oracle)
    distances = losses(others["value"].to_numpy(), row["better"], target)
    own = loss(row["value"], row["better"], target)
    equal = np.isclose(distances, own, rtol=ROUNDING, atol=0)
    side = np.where(equal, "equal", np.where(distances < own, "better", "worse"))
    return others.assign(side=side, far=np.abs(distances - own)).sort_values("far", kind="stable")


def _rank_by_role(ordered: pd.DataFrame) -> Iterator[RankedRows]:
    for role in ROLE_ORDER:
        rows = ordered[ordered["role"] == role]
        sides = {side: tuple(each.name for each in _neighbours(of)) for side, of in rows.groupby("side", sort=False)}
        if sides:
            yield RankedRows(role, **{str(side): names for side, names in sides.items()})


def _neighbours(rows: pd.DataFrame) -> Iterator[AdjacentRow]:
    for role, model, sampler, value in zip(rows["role"], rows["model"], rows["sampler"], rows["value"], strict=True):
        named = model if role in ("oracle", "control") or not sampler else f"{model} with {sampler}"
        yield AdjacentRow(named, role, float(value))


@dataclass(frozen=True)
class RankedRows:
    """The names of the rows of one role by how they compare with a value, the nearest first."""

    role: str
    better: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return len(self.better) + len(self.equal) + len(self.worse)


def comparison_text(among: Sequence[RankedRows]) -> str:
    """``better than all 8 rows of models; worse than real images and the control memoriser``; nothing among none."""
    real_first = sorted(among, key=lambda each: each.role != "oracle")
    sides = {
        "better than": [_named(each.role, each.worse, each.total) for each in real_first],
        "worse than": [_named(each.role, each.better, each.total) for each in real_first],
        "equal to": [_named(each.role, each.equal, each.total) for each in real_first],
    }
    told = {words: [each for each in rows if each] for words, rows in sides.items()}
    return "; ".join(f"{words} {_listed(rows)}" for words, rows in told.items() if rows)


def _named(role: str, names: Sequence[str], total: int) -> str:
    """Rows of one role: "" for none."""
    if not names or role == "oracle":
        return REAL if names else ""
    if len(names) == 1:
        return f"the {_role_name(role)} {names[0]}"
    several = "controls" if role == "control" else f"rows of {ROLE_PLURAL[role]}"
    if len(names) == total:
        return f"all {total} {several}"
    told = f" ({', '.join(names)})" if len(names) <= NAMED else ""
    return f"{len(names)} of {total} {several}{told}"


def _role_name(role: str) -> str:
    return REAL if role == "oracle" else ROLE_SINGULAR[role]


def _listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


@dataclass(frozen=True)
class AdjacentRow:
    """A row of the tables, with its mean over seeds: its name, and what it is."""

    name: str
    role: str
    value: float

    def __str__(self) -> str:
        return f"{self.name}, {_role_name(self.role)} ({format_mean(self.value, None)})"


@dataclass(frozen=True)
class Standing:
    """Where the samples stand in one score.

    Attributes:
        metric, headline: the score, and its name in `HEADLINE`, without the feature space.
        better: which way is better: lower, higher or target.
        ideal: where a target score should be; None where the oracle's value is.
        value: of the samples.
        standard_error: over images, of the generator and real ones; None where it is not known.
        low, high: the oracle's band; None without one.
        place: within, below or above the band; "" without one.
        next_better, next_worse: the nearest rows on both sides; None where there is none.
        among: the rows of each kind that are better, equal and worse, nearest first.
    """

    metric: str
    headline: str
    better: str
    ideal: float | None
    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    place: str
    next_better: AdjacentRow | None
    next_worse: AdjacentRow | None
    among: tuple[RankedRows, ...] = ()

    @property
    def verdict(self) -> str:
        """``within``, ``above (worse)``, ``below (better)``."""
        return f"{self.place}{self._judged}"

    @property
    def _judged(self) -> str:
        if self.place in ("", "within"):
            return ""
        rises = signed(1.0 if self.place == "above" else -1.0, self.better)
        return " (better)" if rises < 0 and not is_target(self.better) else " (worse)"

    @property
    def equal(self) -> tuple[str, ...]:
        """The names of the rows of the same value, or as far from the aim."""
        return tuple(name for each in self.among for name in each.equal)

    @property
    def half_width(self) -> float | None:
        """Half of the 95 % interval over images; None where it is not known."""
        return None if self.standard_error is None else Z * self.standard_error

    @property
    def value_text(self) -> str:
        """``3.43 ± 0.26``; without ± where it is not known."""
        return format_mean(self.value, self.half_width)

    @property
    def band_text(self) -> str:
        """``0.612 to 0.871``; nothing without a band."""
        if self.low is None or self.high is None:
            return ""
        return f"{format_mean(self.low, None)} to {format_mean(self.high, None)}"

    @property
    def sentence(self) -> str:
        """``fd_judge is 3.4 ± 0.3: better than all 8 rows of models; worse than the control memoriser``.

        Within the band it is chance whether the samples or the oracle are better, and nothing is said of it.
        """
        band = f", {self.place} the oracle's band {self.band_text}{self._judged}" if self.place else ""
        told = [each for each in self.among if each.role != "oracle" or self.place != "within"]
        return ": ".join(filter(None, [f"{self.metric} is {self.value_text}{band}", comparison_text(told)]))
