"""Table of models and metrics: means over seeds with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aezoo.analysis.conventions import Role
from aezoo.analysis.sections import Section, SectionResult

State = Literal["ok", "n/a", "error", "missing", "other row"]
"""Of a cell; "other row": the same score stands in another row of the model, since it depends on no sampler."""


@dataclass(frozen=True)
class Column:
    """A metric: its name, unit, direction, and `ideal`, which is None where the oracle's value is the aim."""

    metric: str
    unit: str
    better: str
    ideal: float | None
    features: str


@dataclass(frozen=True)
class Cell:
    """Mean over `n` seeds, and half the width of its 95 % interval (None with one seed); only if "ok".

    `best` marks the lowest mean loss among the models, as `best_cells` finds it, and `tied` what the seeds cannot tell
    from it, as `tied_cells` does. `remark` is what to know of the value, such as the load of the machine of a time.
    """

    state: State = "missing"
    mean: float | None = None
    half_width: float | None = None
    n: int = 0
    best: bool = False
    tied: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Row:
    """A model, floor or oracle (with a sampler, or ""): `done` of `total` seeds, and one cell per column."""

    role: Role
    model: str
    sampler: str
    done: int
    total: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table(SectionResult):
    """One table: never mixes data sets or protocols.

    Attributes:
        question: which question it answers.
        part: what part of the question, such as a feature space; "" when there is one part only.
        section: where its numbers come from.
        columns, rows: models first, then floors, then the oracle.
        note: one line on these columns: units, number of images, versions of the metrics.
        footer: lines on where all parts come from: data, protocol, software, trials that failed.
    """

    question: str
    part: str
    section: Section
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str
    footer: tuple[str, ...]
