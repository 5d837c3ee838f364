"""Standing of generated images in each headline score: against the oracle's interval, and among rows of each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from aezoo.analysis.conventions import ROLE_PLURAL, ROLE_SINGULAR
from aezoo.reporting import tidy
from aezoo.reporting.text import format_mean, join_words
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES, headline_name
from aezoo.scoring.oracle_interval import PredictionInterval
from aezoo.statistics.direction import is_target, loss, losses, signed, target_of

Record = Mapping[str, Any]
Row = Mapping[str, Any]

ROUNDING = 1e-6
"""Relative: the judge computes in float32, whose last digits depend on the order of the images."""
MAX_NAMED = 3
"""Rows that are named; more are counted."""
Z = NormalDist().inv_cdf(0.975)
"""Standard errors in half of a 95 % interval: 1.96."""

REAL_IMAGES = "real images"
ROLE_NAMES = {
    "samples": ("generator", "generators"),
    **{role: (ROLE_SINGULAR[role], f"rows of {ROLE_PLURAL[role]}") for role in ("model", "floor")},
    "control": (ROLE_SINGULAR["control"], ROLE_PLURAL["control"]),
    "oracle": (REAL_IMAGES, REAL_IMAGES),
}
"""Roles in the order in which rows are compared, as one row and as several are called."""
READINGS = {
    (NEAR_DUPLICATES, "above"): "more are near a training image than of new real ones",
    (NEAR_DUPLICATES, "below"): "fewer are near a training image than of new real ones",
    (COPYING_AUC, "below"): "all together nearer to training images than new real ones are",
    (COPYING_AUC, "above"): "all together further from training images than new real ones are",
}
"""Meanings of a headline score of copying outside of the oracle's interval."""
COPIES = "a share of them are copies, or nearly"
"""The meaning of the first where nothing but copies explains it."""


def standings(records: Sequence[Record], intervals: Mapping[str, PredictionInterval]) -> tuple[Standing, ...]:
    """Compare each headline score of each record with the role "samples" with the scores of all other records.

    Args:
        records: of the scored images and of what stands beside them.
        intervals: the oracle's, by score.
    """
    frame = tidy(records)
    keys = ["role", "model", "sampler", "metric"]
    means = frame[frame["state"] == "ok"].groupby(keys, sort=False)["value"].mean().reset_index()
    return tuple(
        _standing(record["label"], row, means[means["metric"] == row["metric"]], intervals.get(row["metric"]))
        for record in records
        if record["role"] == "samples"
        for row in record["scores"]
        if row["state"] == "ok" and headline_name(row)
    )


def _standing(label: str, row: Row, means: pd.DataFrame, interval: PredictionInterval | None) -> Standing:
    others = means[(means["role"] != "samples") | (means["model"] != label)]
    ordered = _sort_by_distance(row, others)
    better, worse = (ordered[ordered["side"] == side] for side in ("better", "worse"))
    return Standing(
        samples=label,
        metric=row["metric"],
        headline=headline_name(row) or "",
        better=row["better"],
        ideal=target_of(row["better"], row["ideal"]),
        value=row["value"],
        standard_error=row.get("standard_error"),
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        place="" if interval is None else interval.position(row["value"]),
        next_better=next(_adjacent_rows(better), None),
        next_worse=next(_adjacent_rows(worse), None),
        among=tuple(_rank_by_role(ordered)),
    )


def _sort_by_distance(row: Row, others: pd.DataFrame) -> pd.DataFrame:
    """Sort the other rows by their distance from this one, and tell on which side of it each is."""
    oracle = others.loc[others["role"] == "oracle", "value"]
    target = target_of(row["better"], row["ideal"], oracle)
    distances = losses(others["value"].to_numpy(), row["better"], target)
    own = loss(row["value"], row["better"], target)
    equal = np.isclose(distances, own, rtol=ROUNDING, atol=0)
    side = np.where(equal, "equal", np.where(distances < own, "better", "worse"))
    return others.assign(side=side, far=np.abs(distances - own)).sort_values("far", kind="stable")


def _rank_by_role(ordered: pd.DataFrame) -> Iterator[RankedRows]:
    for role in ROLE_NAMES:
        rows = ordered[ordered["role"] == role]
        sides = {
            str(side): tuple(row.name for row in _adjacent_rows(part))
            for side, part in rows.groupby("side", sort=False)
        }
        if sides:
            yield RankedRows(role, **sides)


def _adjacent_rows(rows: pd.DataFrame) -> Iterator[AdjacentRow]:
    for role, model, sampler, value in zip(rows["role"], rows["model"], rows["sampler"], rows["value"], strict=True):
        name = f"{model} with {sampler}" if role in ("model", "floor") and sampler else model
        yield AdjacentRow(name, role, float(value))


@dataclass(frozen=True)
class AdjacentRow:
    """A row of the tables, with its mean over seeds: its name, and what it is."""

    name: str
    role: str
    value: float

    def __str__(self) -> str:
        return f"{self.name}, {ROLE_NAMES[self.role][0]} ({format_mean(self.value, None)})"


@dataclass(frozen=True)
class RankedRows:
    """Names of the rows of one role, split into better, equal and worse than a given value, the nearest first."""

    role: str
    better: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Number of rows."""
        return len(self.better) + len(self.equal) + len(self.worse)


def comparison_text(among: Sequence[RankedRows]) -> str:
    """Write ``better than all 8 rows of models; worse than real images and the control memoriser``; "" among none."""
    real_first = sorted(among, key=lambda rows: rows.role != "oracle")
    sides = {
        "better than": [_name_rows(rows, rows.worse) for rows in real_first],
        "worse than": [_name_rows(rows, rows.better) for rows in real_first],
        "equal to": [_name_rows(rows, rows.equal) for rows in real_first],
    }
    named = {start: [text for text in texts if text] for start, texts in sides.items()}
    return "; ".join(f"{start} {join_words(texts)}" for start, texts in named.items() if texts)


def _name_rows(rows: RankedRows, names: Sequence[str]) -> str:
    """Name some rows of one role; "" for none."""
    one, several = ROLE_NAMES[rows.role]
    if not names or rows.role == "oracle":
        return several if names else ""
    if len(names) == 1:
        return f"the {one} {names[0]}"
    if len(names) == rows.total:
        return f"all {rows.total} {several}"
    listed = f" ({', '.join(names)})" if len(names) <= MAX_NAMED else ""
    return f"{len(names)} of {rows.total} {several}{listed}"


@dataclass(frozen=True)
class Standing:
    """Standing of one generator's images in one score.

    Attributes:
        samples: the generator's name.
        metric: the score.
        headline: its name in `HEADLINE`, without the feature space.
        better: its direction: lower, higher or target.
        ideal: where a target score should be; None where the oracle's value is.
        value: of the samples.
        standard_error: over images, of the generator and real ones; None where it is not known.
        low: lower end of the oracle's interval; None without one.
        high: upper end of the oracle's interval; None without one.
        place: within, below or above the interval; "" without one.
        next_better: the nearest row that is better; None where there is none.
        next_worse: the nearest row that is worse; None where there is none.
        among: the rows of each kind that are better, equal and worse, nearest first.
        copied: whether the finding on the generator is that it copies.
    """

    samples: str
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
    copied: bool = False

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
        """Names of the rows of the same value, or as far from the target."""
        return tuple(name for rows in self.among for name in rows.equal)

    @property
    def space(self) -> str:
        """Feature space; "" for a score of none."""
        return self.metric.removeprefix(self.headline).removeprefix("_")

    @property
    def half_width(self) -> float | None:
        """Half of the 95 % interval over images; None where it is not known."""
        return None if self.standard_error is None else Z * self.standard_error

    @property
    def value_text(self) -> str:
        """``3.43 ± 0.26``; without ± where it is not known."""
        return format_mean(self.value, self.half_width)

    @property
    def interval_text(self) -> str:
        """``0.612 to 0.871``; "" without an interval."""
        if self.low is None or self.high is None:
            return ""
        return f"{format_mean(self.low, None)} to {format_mean(self.high, None)}"

    @property
    def sentence(self) -> str:
        """``fd_judge is 3.4 ± 0.3: better than all 8 rows of models; worse than the control memoriser``.

        Within the interval it is chance whether the samples or the oracle are better, and nothing is said of it.
        """
        interval = f", {self.place} the oracle's band {self.interval_text}{self._judged}" if self.place else ""
        compared = [rows for rows in self.among if rows.role != "oracle" or self.place != "within"]
        is_copied = self.copied and (self.headline, self.place) == (NEAR_DUPLICATES, "above")
        reading = COPIES if is_copied else READINGS.get((self.headline, self.place), "")
        rest = "; ".join(filter(None, [reading, comparison_text(compared)]))
        return ": ".join(filter(None, [f"{self.metric} is {self.value_text}{interval}", rest]))
