"""From records and bands to where the samples stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from aezoo.reporting import tidy
from aezoo.scoring.band import Band
from aezoo.scoring.headline import headline_name
from aezoo.scoring.phrases import Among
from aezoo.scoring.standing import ROLES, Neighbour, Standing
from aezoo.statistics import losses

Record = Mapping[str, Any]
Row = Mapping[str, Any]

ROUNDING = 1e-6
"""Relative: the judge computes in float32, whose last digits depend on the order of the images."""


def standings(records: Sequence[Record], bands: Mapping[str, Band]) -> tuple[Standing, ...]:
    """One for each headline score of the samples, the first of `records`; the others are what they stand between."""
    frame = tidy(records)
    frame = frame[(frame["state"] == "ok") & (frame["role"] != "samples")]
    keys = ["role", "model", "sampler", "metric"]
    means = frame.groupby(keys, sort=False)["value"].mean().reset_index()
    rows = [row for row in records[0]["scores"] if headline_name(row) and row["state"] == "ok"]
    return tuple(_standing(row, means[means["metric"] == row["metric"]], bands.get(row["metric"])) for row in rows)


def _standing(row: Row, others: pd.DataFrame, band: Band | None) -> Standing:
    ordered = _by_distance(row, others)
    better, worse = (ordered[ordered["side"] == side] for side in ("better", "worse"))
    return Standing(
        metric=row["metric"],
        headline=headline_name(row) or "",
        better=row["better"],
        ideal=row["ideal"] if row["better"] == "target" else None,
        value=row["value"],
        standard_error=row.get("standard_error"),
        low=None if band is None else band.low,
        high=None if band is None else band.high,
        place="" if band is None else band.place(row["value"]),
        next_better=next(_neighbours(better), None),
        next_worse=next(_neighbours(worse), None),
        among=tuple(_among(ordered)),
    )


def _by_distance(row: Row, others: pd.DataFrame) -> pd.DataFrame:
    """The other rows with the side they are on, the nearest first."""
    oracle = others.loc[others["role"] == "oracle", "value"]
    aim = row["ideal"] if row["ideal"] is not None or oracle.empty else float(oracle.iloc[0])
    distances = losses(others["value"].to_numpy(), row["better"], aim)
    own = float(losses(row["value"], row["better"], aim))
    equal = np.isclose(distances, own, rtol=ROUNDING, atol=0)
    side = np.where(equal, "equal", np.where(distances < own, "better", "worse"))
    return others.assign(side=side, far=np.abs(distances - own)).sort_values("far", kind="stable")


def _among(ordered: pd.DataFrame) -> Iterator[Among]:
    for role in ROLES:
        rows = ordered[ordered["role"] == role]
        sides = {side: tuple(each.name for each in _neighbours(of)) for side, of in rows.groupby("side", sort=False)}
        if sides:
            yield Among(role, **{str(side): names for side, names in sides.items()})


def _neighbours(rows: pd.DataFrame) -> Iterator[Neighbour]:
    for role, model, sampler, value in zip(rows["role"], rows["model"], rows["sampler"], rows["value"], strict=True):
        named = model if role in ("oracle", "control") or not sampler else f"{model} with {sampler}"
        yield Neighbour(named, role, float(value))
