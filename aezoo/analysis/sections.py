"""Section: one data set under one protocol with one judge. Only what is in one section may be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from aezoo.analysis.conventions import metric_key
from aezoo.analysis.frames import Frames, Record, describe_protocol, read_records
from aezoo.statistics import interval_half_width, is_ranked

SCORE_KEYS = ["question", "metric"]
ROW_KEYS = ["question", "role", "model", "sampler"]
CELL_KEYS = [*ROW_KEYS, "metric"]

OF_PAIRS = "of pairs of seeds"
"""Remark on the value of a seed that is held against the other seeds: they have no interval that takes them apart."""
TOO_FEW_CODES = "codes of fewer than two seeds are stored"
"""Reason for no value where a seed has none to be held against."""

ROUNDING = 1e-6
"""A relative spread below it is that of rounding, on processors that add in another order, and not one over seeds."""


@dataclass(frozen=True)
class Section:
    """Data set under a protocol with a judge: what may be compared.

    Sections with the same first five attributes are equal.

    Attributes:
        dataset: name of the data set.
        fingerprint: of its decoded arrays; "" where no trial has read them.
        judge: name of the classifier whose features the sample scores use; "" without one.
        protocol: name and settings of the protocol in words.
        settings: the same as a mapping.
        versions: of each software that the trials ran on.
        trials: one row per trial, whatever its status.
        recorded: one row per score of a finished trial, with role, model and seed of the trial; every version of a
            metric is there.
    """

    dataset: str
    fingerprint: str
    judge: str
    protocol: str
    settings: Mapping[str, Any] = field(hash=False, repr=False)
    versions: Mapping[str, list[str]] = field(compare=False, repr=False)
    trials: pd.DataFrame = field(compare=False, repr=False)
    recorded: pd.DataFrame = field(compare=False, repr=False)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The recorded scores, of each metric those of its newest version.

        A new version is a new meaning: its values and the old one's have no common mean. What is not applicable is so
        in any version.
        """
        newest = self.recorded.groupby(SCORE_KEYS, sort=False)["version"].transform("max")
        return self.recorded[(self.recorded["version"] == newest) | (self.recorded["state"] == "n/a")]

    @cached_property
    def columns(self) -> pd.DataFrame:
        """One row per metric of a question, those to read first before the others.

        Of records that differ about the direction some may call it neither: the score then ranks nothing, as in
        `compare`.
        """
        newest = self.scores.groupby(SCORE_KEYS, sort=False)["version"].transform("max")
        described = self.scores[self.scores["version"] == newest].groupby(SCORE_KEYS, sort=False)
        columns = described[["features", "unit", "better", "ideal", "version"]].first()
        columns["better"] = described["better"].agg(lambda of: min(of.unique(), key=_direction_rank))
        columns = columns.assign(images=described["n"].max()).reset_index()
        named = zip(columns["question"], columns["metric"], columns["features"], strict=True)
        position = pd.Series([metric_key(*names) for names in named], index=columns.index, dtype=object)
        return columns.assign(position=position).sort_values(["question", "position"], ignore_index=True)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row per cell of a table: mean, half width of the interval (NaN with one seed), n of seeds, state, remark.

        The remark is what some value says of itself beside being "ok", the first in the order of the alphabet.
        """
        flagged = self.scores.assign(failed=self.scores["state"] == "error")
        groups = flagged.groupby(CELL_KEYS, sort=False)
        cells = groups["value"].agg(["mean", "std", "min", "max", "count"])
        constant = np.isclose(cells["min"], cells["max"], rtol=ROUNDING, atol=0)
        deviation = np.where(constant, 0.0, cells["std"])
        failed = np.where(groups["failed"].any(), "error", "n/a")
        remarks = self._remarks(cells.index)
        half_width = interval_half_width(deviation, cells["count"].to_numpy())
        return pd.DataFrame(
            {
                "mean": np.where(constant, cells["min"], cells["mean"]),
                "half_width": np.where(remarks == OF_PAIRS, np.nan, half_width),
                "n": cells["count"].to_numpy(),
                "state": np.where(cells["count"] > 0, "ok", failed),
                "remark": remarks,
            },
            index=cells.index,
        ).reset_index()

    def _remarks(self, index: pd.Index) -> pd.Series:
        remarked = self.scores[(self.scores["state"] == "ok") & (self.scores["reason"] != "")]
        return remarked.groupby(CELL_KEYS, sort=False)["reason"].min().reindex(index, fill_value="")

    @cached_property
    def finished_seeds(self) -> pd.DataFrame:
        """One row per row of a table: `done`, how many seeds gave a score there."""
        scored = self.scores["seed"].where(self.scores["state"] != "error")
        keys = [self.scores[name] for name in ROW_KEYS]
        return scored.groupby(keys, sort=False).nunique().rename("done").reset_index()

    @cached_property
    def expected_seeds(self) -> pd.DataFrame:
        """One row per model, floor, control or oracle: `total`, how many seeds a table expects of it.

        A model is expected to have every seed that any model of the section has; a floor or an oracle its own.
        """
        shared = self.trials.loc[self.trials["role"] == "model", "seed"].nunique()
        own = self.trials.groupby(["role", "model"])["seed"].nunique().rename("total").reset_index()
        return own.assign(total=own["total"].where(own["role"] != "model", shared).astype(int))


def sections(records: Iterable[Record]) -> list[Section]:
    """Group records into sections; the order of the records does not matter."""
    return sections_of(read_records(records))


def sections_of(frames: Frames) -> list[Section]:
    """Group records that are already read into sections."""
    trials = frames.trials[["trial", "section", "role", "model", "seed"]]
    recorded = frames.scores.merge(trials, on="trial", how="inner", sort=False)
    return [
        _section(frames, int(str(number)), of_section, recorded[recorded["section"] == number])
        for number, of_section in frames.trials.groupby("section", sort=True)
    ]


def _section(frames: Frames, number: int, trials: pd.DataFrame, recorded: pd.DataFrame) -> Section:
    first = trials.iloc[0]
    settings = frames.protocols[first["protocol"]]
    return Section(
        dataset=first["dataset"],
        fingerprint=first["fingerprint"],
        judge=first["judge"],
        protocol=describe_protocol(settings),
        settings=settings,
        versions=frames.versions[number],
        trials=trials,
        recorded=recorded,
    )


def _direction_rank(better: str) -> tuple[bool, str]:
    return is_ranked(better), better


class SectionResult:
    """Result about one section, for dataclasses with a field `section`."""

    section: Section

    SECTION_KEYS: ClassVar[tuple[str, ...]] = ("dataset", "fingerprint", "protocol")
    """Attributes that stand for the section in `to_dict`."""

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.section.dataset

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the data set's arrays."""
        return self.section.fingerprint

    @property
    def protocol(self) -> str:
        """Name and settings of the protocol in words."""
        return self.section.protocol

    def to_dict(self) -> dict[str, Any]:
        """Give the fields as plain values for JSON, with the names of the section in the place of the section."""
        found: dict[str, Any] = {}
        for name in (each.name for each in fields(self)):  # type: ignore[arg-type]  # every subclass is a dataclass
            if name == "section":
                found |= {key: getattr(self.section, key) for key in self.SECTION_KEYS}
            else:
                found[name] = _plain(getattr(self, name))
        return found


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else value
