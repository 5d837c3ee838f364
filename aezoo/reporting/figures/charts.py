"""Frame that charts of scores share: one panel, a legend at its right, and the seed means of models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aezoo.analysis.score_array import ScoreArray
from aezoo.reporting.figures.canvas import TITLE, add_panel, add_title, drawable_text, new_figure
from aezoo.reporting.figures.selection import FigureData

AXIS = 110
LEGEND = 380
LEGEND_LINE, LEGEND_SIGN, CHARACTER = 26, 80, 11
"""Pixels of a line of the legend, of its sign with the space around, and of a character."""


def new_chart(
    title: str, width: int = 900, height: int = 620, left: int = AXIS, legend: Sequence[str] = ()
) -> tuple[Figure, Axes]:
    """Make a figure with one panel of `width` x `height` pixels and room for a legend of these names."""
    longest = max((len(drawable_text(name)) for name in legend), default=0)
    room = max(LEGEND, legend_columns(len(legend), height) * (LEGEND_SIGN + CHARACTER * longest))
    figure = new_figure(left + width + room, TITLE + height + AXIS)
    add_title(figure, title)
    return figure, add_panel(figure, left, TITLE, width, height)


def legend_columns(entries: int, height: float) -> int:
    """Give the columns in which so many entries stand beside a panel."""
    return max(1, -(-entries // int(height // LEGEND_LINE)))


def add_legend(axes: Axes) -> None:
    """Add the legend at the right of the panel, names as they are."""
    handles, labels = axes.get_legend_handles_labels()
    height = axes.get_position().height * axes.figure.bbox.height
    columns = legend_columns(len(labels), height)
    legend = axes.legend(handles, [""] * len(labels), loc="upper left", bbox_to_anchor=(1.02, 1.0), ncols=columns)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set(text=drawable_text(label), parse_math=False)


def model_array(scene: FigureData) -> ScoreArray | None:
    """Select the models of a scene that can be compared; None where there are fewer than two."""
    array = None if scene.array is None else scene.array.only_models()
    return array if array is not None and len(array.models) >= 2 else None


def seed_means(array: ScoreArray, metric: str) -> dict[str, float]:
    """Compute the mean over seeds of a score, by model; models without it are left out."""
    columns = [i for i, score in enumerate(array.scores) if score.metric == metric]
    if not columns:
        return {}
    values = array.values[:, columns[0]]
    known = {model: row[np.isfinite(row)] for model, row in zip(array.models, values, strict=True)}
    return {model: float(row.mean()) for model, row in known.items() if len(row)}
