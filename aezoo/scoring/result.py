"""Result of `score`: records, where the images of each generator stand, and both as tables and as a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from aezoo.analysis.frames import COMPARISON
from aezoo.errors import UnknownNameError, UsageError
from aezoo.messages import Outcome
from aezoo.record import Record
from aezoo.reporting import Document, Table, render, tables, tables_document, tidy, write_tables
from aezoo.reporting.document import PageSection
from aezoo.reporting.writer import write_file
from aezoo.scoring.finding import Finding
from aezoo.scoring.headline_metrics import headline_only
from aezoo.scoring.page import (
    finding_section,
    legend_section,
    notes_sections,
    order_text,
    screen_section,
    standing_section,
    summary_section,
)
from aezoo.scoring.standing import Standing
from aezoo.store import Store

METRIC_SELECTIONS = ("headline", "all")
TABLES_ALONE = ("csv", "latex")
"""The formats that hold the tables without what stands around them."""


@dataclass(frozen=True, repr=False)
class ScoreResult:
    """Scores of images from elsewhere, and of real images, controls and models beside them.

    Of several generators, ``result["name"]`` is the result of one.

    Attributes:
        records: of each generator's images, like those of any trial; their role is "samples".
        references: the records of the oracle, the controls, and the models and floors of other folders, the last with
            no more than the scores that may be compared.
        standings: where the images stand in each headline score, generator by generator.
        notes: what was left out and why, a line each.
        warnings: what makes the scores, or what stands beside them, other than they were meant to be, and copies of
            training images; a line each.
        protocol: the line that names the protocol of the comparison; scores can be compared only where it is equal.
        findings: what is found of each generator, in five lines or fewer.
        extra_metrics: the slow metrics that were asked for.
        outcomes: all that was computed, with its artifacts.
    """

    records: tuple[Record, ...]
    references: tuple[Record, ...]
    standings: tuple[Standing, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    protocol: str = ""
    findings: tuple[Finding, ...] = ()
    extra_metrics: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = field(compare=False, default=())

    def __repr__(self) -> str:
        counts = {"standing": len(self.standings), "warning": len(self.warnings)}
        told = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
        return f"<ScoreResult of {', '.join(self.names)} on {self._dataset}: {self.n:,} images, {told}>"

    def __getitem__(self, name: str) -> ScoreResult:
        """Restrict the result to one generator; raises `UnknownNameError` for another name."""
        if name not in self.names:
            raise UnknownNameError("generator", name, self.names)
        records = tuple(record for record in self.records if record["label"] == name)
        others = {record["id"] for record in self.records} - {record["id"] for record in records}
        prefixes = tuple(f"{other}: " for other in self.names if other != name)
        return replace(
            self,
            records=records,
            findings=tuple(finding for finding in self.findings if finding.samples == name),
            standings=tuple(standing for standing in self.standings if standing.samples == name),
            notes=tuple(line for line in self.notes if not line.startswith(prefixes)),
            warnings=tuple(line for line in self.warnings if not line.startswith(prefixes)),
            outcomes=tuple(outcome for outcome in self.outcomes if outcome.record["id"] not in others),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The generators' names."""
        return tuple(record["label"] for record in self.records)

    @property
    def n(self) -> int:
        """Number of images of each generator that were scored, against as many real ones."""
        return int(self.records[0]["spec"]["protocol"]["samples"])

    @property
    def record(self) -> Record:
        """The record of the only generator; raises `UsageError` where there are several."""
        if len(self.records) > 1:
            raise UsageError(
                f"the result holds {', '.join(self.names)}; take one of them, such as result[{self.names[0]!r}]"
            )
        return self.records[0]

    @property
    def scores(self) -> dict[str, float]:
        """The scores of the only generator that have a value, by name: ``{"fd_judge": 12.3, ...}``."""
        return {row["metric"]: row["value"] for row in self.record["scores"] if row["state"] == "ok"}

    def frame(self) -> pd.DataFrame:
        """Give every score of every row, tidy: columns as in results.csv."""
        return tidy(self._shown("all"))

    def tables(self, metrics: str = "headline") -> list[Table]:
        """Make the tables of the headline scores, or of all of them, each with the line of the protocol below it."""
        return tables(self._shown(metrics))

    def table(self, format: str = "md", metrics: str = "headline") -> str:
        """Render as text: md (warnings, where the images stand, tables), csv and latex (tables), json (all in one).

        Raises:
            UsageError: another format or selection.
        """
        document = tables_document(self.tables(metrics)) if format in TABLES_ALONE else self.document(metrics)
        return render(document, format)

    def document(self, metrics: str = "headline") -> Document:
        """Make the page: warnings, the finding, then the details; raises `UsageError` for another selection."""
        found = self.tables(metrics)
        return Document(
            sections=(
                self._summary(),
                *(finding_section(finding) for finding in self.findings),
                *(standing_section(name, self[name].standings) for name in self.names),
                *tables_document(found).sections,
                *notes_sections(self.notes),
                legend_section(self.standings, self.findings),
            ),
            data={**self._facts(), "tables": found},
        )

    def screen(self) -> Document:
        """Make the first screen: warnings, the finding on each generator, and the headline scores side by side."""
        return Document(
            sections=(
                self._summary(),
                *(finding_section(finding) for finding in self.findings),
                screen_section(self.names, self.standings, self.findings),
            ),
            data=self._facts(),
        )

    def save(self, folder: Path | str) -> list[Path]:
        """Write the records of the images, the oracle and the controls, their tables, and score.md and score.json.

        Raises:
            ResultsError: the folder cannot be written.
        """
        folder = Path(folder)
        store = Store(folder)
        store.create()
        for outcome in self.outcomes:
            store.commit(outcome.record, outcome.artifacts)
        written = write_tables(store.records(), folder)
        for format in ("md", "json"):
            written.append(write_file(folder / f"score.{format}", [self.table(format, "all").encode()]))
        return written

    @property
    def _dataset(self) -> str:
        return str(self.records[0]["dataset"]["name"])

    def _summary(self) -> PageSection:
        order = order_text(self.standings)
        return summary_section(self.names, self.n, self._dataset, self.warnings, self.protocol, order)

    def _facts(self) -> dict[str, Any]:
        """Collect what JSON holds but for the tables."""
        standings = [
            {**asdict(standing), "half_width": standing.half_width, "sentence": standing.sentence}
            for standing in self.standings
        ]
        names = {"samples": ", ".join(self.names), "generators": self.names}
        lines = {"warnings": self.warnings, "notes": self.notes, "findings": self.findings}
        return {**names, "n": self.n, "protocol": self.protocol, **lines, "standings": standings}

    def _shown(self, selection: str) -> list[dict[str, Any]]:
        """Give all records as one section, as tables show them.

        Of a protocol, samples from elsewhere know no more than their number, and what was sampled in one way only
        needs no sampler's name.
        """
        if selection not in METRIC_SELECTIONS:
            raise UsageError(f"metrics {selection[:80]!r} are not known; use one of: {', '.join(METRIC_SELECTIONS)}")
        protocol = {"name": "score", "samples": self.n}
        records = [*self.records, *self.references]
        chosen = records if selection == "all" else [headline_only(record, self.extra_metrics) for record in records]
        shared = {COMPARISON: self.protocol}
        return [
            {**_without_sampler(record), "spec": {**record["spec"], "protocol": protocol}, **shared}
            for record in chosen
        ]


def _without_sampler(record: Record) -> Record:
    if record["role"] in ("model", "floor"):
        return record
    return {**record, "scores": [{**row, "sampler": None} for row in record["scores"]]}
