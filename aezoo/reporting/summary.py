"""Scores of single seeds to means with intervals, for every cell of every table at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aezoo.reporting.ordering import metric_key
from aezoo.reporting.tidy import Frames
from aezoo.statistics import interval_half_width

COLUMN = ["section", "question", "metric"]
ROW = ["section", "question", "role", "model", "sampler"]
CELL = [*ROW, "metric"]
ROUNDING = 1e-6
"""A relative spread below it is that of rounding, on processors that add in another order, and not one over seeds."""


def placed_scores(frames: Frames) -> pd.DataFrame:
    """The scores with section, role, model and seed of their trial; only the newest version of each metric.

    A new version is a new meaning: its values and the old one's have no common mean. What is not applicable is so in
    any version.
    """
    trials = frames.trials[["trial", "section", "role", "model", "seed"]]
    scores = frames.scores.merge(trials, on="trial", how="inner", sort=False)
    newest = scores.groupby(COLUMN, sort=False)["version"].transform("max")
    return scores[(scores["version"] == newest) | (scores["state"] == "n/a")]


def summarise_cells(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: mean, half width of the interval (NaN with one seed), n of seeds, state."""
    flagged = scores.assign(failed=scores["state"] == "error")
    groups = flagged.groupby(CELL, sort=False)
    cells = groups["value"].agg(["mean", "std", "min", "max", "count"])
    constant = np.isclose(cells["min"], cells["max"], rtol=ROUNDING, atol=0)
    mean = np.where(constant, cells["min"], cells["mean"])
    deviation = np.where(constant, 0.0, cells["std"])
    state = np.where(groups["failed"].any(), "error", "n/a")
    return pd.DataFrame(
        {
            "mean": mean,
            "half_width": interval_half_width(deviation, cells["count"].to_numpy()),
            "n": cells["count"].to_numpy(),
            "state": np.where(cells["count"] > 0, "ok", state),
        },
        index=cells.index,
    ).reset_index()


def summarise_rows(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per row of a table: how many seeds gave a score there."""
    scored = scores["seed"].where(scores["state"] != "error")
    keys = [scores[name] for name in ROW]
    return scored.groupby(keys, sort=False).nunique().rename("done").reset_index()


def summarise_columns(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per metric of a section and question, those to read first before the others."""
    described = scores.sort_values("version", ascending=False, kind="stable").groupby(COLUMN, sort=False)
    columns = described[["features", "unit", "better", "ideal", "version"]].first()
    columns = columns.assign(images=described["n"].max()).reset_index()
    named = zip(columns["question"], columns["metric"], columns["features"], strict=True)
    position = pd.Series([metric_key(*each) for each in named], index=columns.index, dtype=object)
    return columns.assign(position=position).sort_values(["section", "question", "position"], ignore_index=True)


def count_seeds(trials: pd.DataFrame) -> pd.DataFrame:
    """One row per subject of a section: `total` seeds that its table expects.

    A model is expected to have every seed that any model of its section has; a floor or an oracle its own.
    """
    shared = trials[trials["role"] == "model"].groupby("section")["seed"].nunique()
    subjects = trials.groupby(["section", "role", "model"])["seed"].nunique().rename("total").reset_index()
    expected = subjects["section"].map(shared)
    return subjects.assign(total=subjects["total"].where(subjects["role"] != "model", expected).astype(int))
