"""Heat map of an audit: which failure each metric notices, and which it takes for better than real images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from aezoo.audit.report.findings import AuditFindings, Cell
from aezoo.audit.report.metric_audit import MetricAudit
from aezoo.audit.report.responses import Response
from aezoo.audit.report.tables import by_space, main_finding, ordered_cells
from aezoo.audit.report.text import feature_space_text, with_dose
from aezoo.reporting.figures.canvas import (
    MARGIN,
    TITLE,
    TITLE_CHARACTER,
    add_panel,
    add_text,
    add_title,
    drawable_text,
    new_figure,
)
from aezoo.statistics.direction import ARROWS

CELL_WIDTH, CELL_HEIGHT = 38, 32
LEGEND_WIDTH = 960
ROW_NAMES, CHARACTER = 40, 10.5
"""Pixels beside a row's name, and of one of its characters."""

COLUMN_CHARACTER = 9.5
HEADING, LEGEND, GAP = 44, 88, 48
MAX_COLUMNS = 30
"""Columns of all panels beside each other."""

DETECTS, SOMETIMES, BLIND, FOOLED, NO_VALUE = range(5)
FILLS = ("#0072B2", "#9CCBE8", "#EFEFEF", "#E69F00", "#FFFFFF")
"""One for each state: in grey dark, light, lighter, and middle under a cross."""

SIGNS = ("white", "0.15", "0.15", "black", "0.5")
"""Colours of the signs in cells of each state."""

MARKS: dict[str, dict[str, Any]] = {
    "^": {"markersize": 5, "markeredgewidth": 0},
    "v": {"markersize": 5, "markeredgewidth": 0},
    "x": {"markersize": 6, "markeredgewidth": 1.8},
    "_": {"markersize": 5},
}


@dataclass(frozen=True)
class Block:
    """Scores that stand in one panel."""

    title: str
    metrics: tuple[MetricAudit, ...]

    @property
    def width(self) -> float:
        """Pixels of its cells, or of its title if that is wider."""
        return max(CELL_WIDTH * len(self.metrics), TITLE_CHARACTER * len(self.title))


def heat_map(findings: AuditFindings) -> Figure | None:
    """Draw controls at their default doses x distinct scores, a panel for each feature space; None without any.

    Rows and columns begin with those that notice, or are noticed, most. A triangle says on which side of real images
    the values are.
    """
    cells = ordered_cells(findings)
    rows = _rows(_blocks(findings, cells))
    if not cells or not rows:
        return None
    names = [drawable_text(with_dose(*cell)) for cell in cells]
    indent = ROW_NAMES + CHARACTER * max(map(len, names))
    widths = [sum(block.width for block in row) + GAP * (len(row) - 1) for row in rows]
    longest = max(len(_column_name(metric)) for row in rows for block in row for metric in block.metrics)
    above, tall = HEADING + COLUMN_CHARACTER * longest, CELL_HEIGHT * len(cells)
    width, height = indent + max(*widths, LEGEND_WIDTH) + MARGIN, TITLE + len(rows) * (above + tall + MARGIN) + LEGEND
    figure = new_figure(round(width), round(height))
    add_title(figure, main_finding(findings))
    for i, row in enumerate(rows):
        left, top = indent, TITLE + i * (above + tall + MARGIN)
        for j, block in enumerate(row):
            across = CELL_WIDTH * len(block.metrics)
            add_text(figure, left, top + HEADING / 2, block.title, va="center", size=9, weight="bold")
            _draw(add_panel(figure, left, top + above, across, tall), findings, block, cells, names if j == 0 else None)
            left += block.width + GAP
    _add_legend(figure, MARGIN / width, (LEGEND - MARGIN / 2) / height)
    return figure


def _blocks(findings: AuditFindings, cells: Sequence[Cell]) -> list[Block]:
    """Make the panels, columns in the same order in each: first the score that notices most in all spaces."""
    scores = [metric for metric in findings.distinct if metric.responses]
    seen: dict[str, int] = {}
    for metric in scores:
        seen[metric.score["score"]] = seen.get(metric.score["score"], 0) + sum(
            metric.responses[cell].verdict == "detects" for cell in cells
        )
    blocks: list[Block] = []
    for features, metrics in by_space(findings):
        chosen = sorted((m for m in metrics if m in scores), key=lambda metric: -seen[metric.score["score"]])
        parts = [tuple(chosen[start : start + MAX_COLUMNS]) for start in range(0, len(chosen), MAX_COLUMNS)]
        blocks.extend(Block(feature_space_text(features), part) for part in parts)
    return blocks


def _rows(blocks: Sequence[Block]) -> list[list[Block]]:
    """Set panels side by side as long as they fit."""
    rows: list[list[Block]] = []
    for block in blocks:
        if rows and sum(len(other.metrics) for other in rows[-1]) + len(block.metrics) <= MAX_COLUMNS:
            rows[-1].append(block)
        else:
            rows.append([block])
    return rows


def _column_name(metric: MetricAudit) -> str:
    return drawable_text(f"{metric.score['score']} {ARROWS[metric.score['better']]}")


def _draw(
    axes: Axes, findings: AuditFindings, block: Block, cells: Sequence[Cell], names: Sequence[str] | None
) -> None:
    answers = [[metric.responses[cell] for metric in block.metrics] for cell in cells]
    states = np.array([[_state(answer) for answer in row] for row in answers])
    for state, fill in enumerate(FILLS):
        # one shape of all cells of a state: a shape each makes the SVG a third larger
        squares = [
            Path.unit_rectangle().transformed(Affine2D().translate(j, i)) for i, j in np.argwhere(states == state)
        ]
        if squares:
            shape = Path.make_compound_path(*squares)
            axes.add_patch(PathPatch(shape, facecolor=fill, edgecolor="white", linewidth=1))
    placed: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for i, cell in enumerate(cells):
        for j, metric in enumerate(block.metrics):
            state = int(states[i, j])
            placed.setdefault((_mark(findings, metric, cell, state), state), []).append((j + 0.5, i + 0.5))
    for (marker, state), at in placed.items():
        if marker:
            axes.plot(*zip(*at, strict=True), linestyle="", marker=marker, color=SIGNS[state], **MARKS[marker])
    axes.set(xlim=(0, len(block.metrics)), ylim=(len(cells), 0))
    axes.xaxis.tick_top()
    columns = [_column_name(metric) for metric in block.metrics]
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=90, fontsize=7, parse_math=False)
    axes.set_yticks(np.arange(len(cells)) + 0.5, names or [""] * len(cells), fontsize=8, parse_math=False)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _state(answer: Response) -> int:
    if answer.verdict == "blind":
        return BLIND if answer.looks_real else SOMETIMES
    return {"detects": DETECTS, "fooled": FOOLED}.get(answer.verdict, NO_VALUE)


def _mark(findings: AuditFindings, metric: MetricAudit, cell: Cell, state: int) -> str:
    """Give the sign of a cell: a triangle where the score notices something, up for values above those of real data."""
    if state in (FOOLED, NO_VALUE):
        return "x" if state == FOOLED else "_"
    if state == BLIND or metric.reference is None:
        return ""
    answer = metric.responses[cell]
    band = metric.reference.train if answer.reference == "train" else metric.reference.oracle
    values = findings.record.values(findings.record.control(*cell), metric.name)
    return "^" if band is not None and np.median(values) > band.mean else "v"


def _add_legend(figure: Figure, left: float, top: float) -> None:
    patches = [Patch(facecolor=fill, edgecolor="0.6", linewidth=0.5) for fill in FILLS[: BLIND + 1]]
    texts = ["noticed", "in most draws", "not noticed"]
    up, down = (Line2D([], [], marker=marker, linestyle="", color="0.15", **MARKS[marker]) for marker in "^v")
    cross = Line2D([], [], marker="x", linestyle="", color=SIGNS[FOOLED], **MARKS["x"])
    handles: list[Any] = [*patches, (Patch(facecolor=FILLS[FOOLED]), cross), up, down]
    texts += ["taken for better than real data", "value above that of real data", "value below it"]
    figure.legend(handles, texts, loc="upper left", bbox_to_anchor=(left, top), ncols=3, borderaxespad=0)
