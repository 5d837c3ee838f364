"""What `score` gives back: records, where the samples stand, and both as tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from aezoo.errors import UsageError
from aezoo.messages import Outcome
from aezoo.record import Record
from aezoo.reporting import Document, Table, render, tables, tables_document, tidy, write_tables
from aezoo.reporting.writer import write_file
from aezoo.scoring.headline_metrics import headline_only
from aezoo.scoring.page import legend_section, standing_section, summary_section
from aezoo.scoring.standing import Standing
from aezoo.store import Store

METRIC_SELECTIONS = ("headline", "all")

TABLES_ALONE = ("csv", "latex")
"""The formats that hold the tables without what stands around them."""


@dataclass(frozen=True)
class ScoreResult:
    """Scores of images from elsewhere, and what they are to be compared with.

    Attributes:
        record: the images' own, like that of any trial; its role is "samples".
        beside: the records of the oracle, the controls, and the models and floors of other folders, the last with no
            more than the scores that may be compared.
        standings: where the images stand in each headline score.
        notes: what was left out and why, a line each.
        warnings: what makes the scores, or what stands beside them, other than they were meant to be; a line each.
        also: the slow metrics that were asked for.
    """

    record: Record
    beside: tuple[Record, ...]
    standings: tuple[Standing, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = field(repr=False, compare=False, default=())

    @property
    def n(self) -> int:
        """How many images were scored, against as many real ones."""
        return int(self.record["spec"]["protocol"]["samples"])

    @property
    def scores(self) -> dict[str, float]:
        """The images' scores by name, those that have a value: ``{"fd_judge": 12.3, ...}``."""
        return {row["metric"]: row["value"] for row in self.record["scores"] if row["state"] == "ok"}

    def frame(self) -> pd.DataFrame:
        """Every score of every row, tidy: columns as in results.csv."""
        return tidy(self._shown("all"))

    def tables(self, metrics: str = "headline") -> list[Table]:
        """The tables of the headline scores, or of all of them."""
        return tables(self._shown(metrics))

    def table(self, format: str = "md", metrics: str = "headline") -> str:
        """As text: md (warnings, tables, where the images stand), csv and latex (tables), json (an object of it all).

        Raises:
            UsageError: another format or extent.
        """
        document = tables_document(self.tables(metrics)) if format in TABLES_ALONE else self.document(metrics)
        return render(document, format)

    def document(self, metrics: str = "headline") -> Document:
        """As a page: warnings, tables, where the images stand; raises `UsageError` for another extent."""
        found = self.tables(metrics)
        label, dataset = self.record["label"], self.record["dataset"]["name"]
        return Document(
            sections=(
                summary_section(label, self.n, dataset, self.warnings, self.notes),
                *tables_document(found).sections,
                standing_section(label, self.standings),
                legend_section(self.standings),
            ),
            data={**self._facts(), "tables": found},
        )

    def save(self, folder: Path) -> list[Path]:
        """Write the records of the images, the oracle and the controls, their tables, and score.md and score.json.

        Raises:
            ResultsError: the folder cannot be written.
        """
        store = Store(folder)
        store.create()
        for outcome in self.outcomes:
            store.commit(outcome.record, outcome.artifacts)
        written = write_tables(store.records(), folder)
        for format in ("md", "json"):
            written.append(write_file(folder / f"score.{format}", [self.table(format, "all").encode()]))
        return written

    def _facts(self) -> dict[str, Any]:
        """What JSON holds but for the tables."""
        told = {"warnings": self.warnings, "notes": self.notes}
        each = [{**asdict(one), "half_width": one.half_width, "sentence": one.sentence} for one in self.standings]
        return {"samples": self.record["label"], "n": self.n, **told, "standings": each}

    def _shown(self, extent: str) -> list[dict[str, Any]]:
        """All records as one section, as tables show them.

        Of a protocol, samples from elsewhere know no more than their number, and what was sampled in one way only
        needs no sampler's name.
        """
        if extent not in METRIC_SELECTIONS:
            raise UsageError(f"metrics {extent[:80]!r} are not known; use one of: {', '.join(METRIC_SELECTIONS)}")
        protocol = {"name": "score", "samples": self.n}
        records = [self.record, *self.beside]
        chosen = records if extent == "all" else [headline_only(record, self.also) for record in records]
        return [{**_without_sampler(record), "spec": {**record["spec"], "protocol": protocol}} for record in chosen]


def _without_sampler(record: Record) -> Record:
    if record["role"] in ("model", "floor"):
        return record
    return {**record, "scores": [{**row, "sampler": None} for row in record["scores"]]}
