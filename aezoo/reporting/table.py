"""Table of models and metrics: means over seeds with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from aezoo.analysis.conventions import Role
from aezoo.analysis.sections import Section, SectionResult
from aezoo.statistics.direction import loss, target_of

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
    """Mean over `n` seeds, and half the width of its 95 % interval (None with one seed); only if "ok"."""

    state: State = "missing"
    mean: float | None = None
    half_width: float | None = None
    n: int = 0
    best: bool = False


@dataclass(frozen=True)
class TiedCell(Cell):
    """A cell that the seeds cannot tell from the best of its column; see `aezoo.analysis.ties`."""

    tied: bool = True


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


def mark_best(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Row, ...]:
    """Mark the best mean of each column among the models, and its ties; floors and oracles never compete.

    Where a model is alone, or all are equal, none is better than another, and none is marked.
    """
    best = [_best_cells(column, i, rows) for i, column in enumerate(columns)]
    return tuple(
        replace(row, cells=tuple(replace(cell, best=best[i][j]) for i, cell in enumerate(row.cells)))
        for j, row in enumerate(rows)
    )


def _best_cells(column: Column, index: int, rows: Sequence[Row]) -> list[bool]:
    target = _target(column, index, rows)
    losses = [_loss(column, row.cells[index], target) if row.role == "model" else math.inf for row in rows]
    best = min(losses, default=math.inf)
    tied = [math.isfinite(each) and math.isclose(each, best, rel_tol=1e-12) for each in losses]
    return [False] * len(tied) if sum(tied) == sum(map(math.isfinite, losses)) else tied


def _target(column: Column, index: int, rows: Sequence[Row]) -> float | None:
    """Find the value to come close to: the ideal, or else the oracle's mean."""
    real = [mean for row in rows if row.role == "oracle" and (mean := row.cells[index].mean) is not None]
    return target_of(column.better, column.ideal, real)


def _loss(column: Column, cell: Cell, target: float | None) -> float:
    """Give the loss of a cell, lower is better; infinite where there is nothing to compare."""
    found = math.nan if cell.mean is None else loss(cell.mean, column.better, target)
    return found if math.isfinite(found) else math.inf
