"""Agreement matrix: rank correlation of every two metrics over the models."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from aezoo.analysis.score_array import discriminating_scores
from aezoo.reporting.figures.charts import model_array, new_chart
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.text import format_percent
from aezoo.statistics import kendall_tau

MIN_MODELS = 3
CELL = 22
LABELS = 330
MAX_METRICS = 80


@register("agreement")
def agreement_figure(scene: FigureData) -> Figure | None:
    """Draw Kendall's tau-b of the mean losses of every two metrics; None with fewer than three models."""
    array = model_array(scene)
    array = None if array is None else discriminating_scores(array)
    if array is None or len(array.models) < MIN_MODELS or not 2 <= len(array.scores) <= MAX_METRICS:
        return None
    order = sorted(range(len(array.scores)), key=lambda i: array.scores[i].question)
    tau = np.asarray(kendall_tau(array.means))[np.ix_(order, order)]
    names = [array.scores[i].metric for i in order]
    pairs = tau[np.triu_indices(len(names), 1)]
    known = pairs[np.isfinite(pairs)]
    if not known.size:
        return None
    negative = f"{format_percent(float((known < 0).mean()))} of {known.size} pairs of metrics"
    title = f"{negative} have a negative rank correlation over {len(array.models)} models"
    side = CELL * len(names)
    figure, axes = new_chart(scene.finding(title, left_out=0), side + LABELS, side + LABELS, left=24)
    across, up = figure.bbox.width, figure.bbox.height
    frame = axes.get_position()
    axes.set_position((frame.x0 + LABELS / across, frame.y1 - side / up, side / across, side / up))
    shown = axes.imshow(tau, cmap="PuOr", vmin=-1, vmax=1, interpolation="none", aspect="auto")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6, parse_math=False)
    axes.set_yticks(range(len(names)), names, fontsize=6, parse_math=False)
    axes.grid(visible=False)
    bar = figure.colorbar(shown, cax=figure.add_axes((1 - 250 / across, frame.y1 - 400 / up, 24 / across, 400 / up)))
    bar.set_label("Kendall's tau: 1 alike, -1 opposite")
    return figure
