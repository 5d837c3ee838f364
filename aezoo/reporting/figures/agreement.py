"""Agreement matrix: rank correlation of every two metrics over the models, metrics that agree beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform

from aezoo.analysis.score_array import Floats, ScoreArray, discriminating_scores
from aezoo.reporting.figures.canvas import MARGIN, TITLE, add_panel, add_text, add_title, drawable_text, new_figure
from aezoo.reporting.figures.charts import model_array
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.text import format_percent
from aezoo.statistics import MIN_MODELS, kendall_tau

MAX_METRICS = 60
"""Metrics that are read in one matrix; of more, those of the question that has the most are drawn."""

CELL = 34
CHARACTER, NUMBERS = 10.5, 36
BAR, BAR_HEIGHT, BAR_ROOM = 24, 400, 210
"""Pixels of the scale of colours at the right."""

DARK = 0.6
"""Share of the scale from which on a cell is so dark that its sign is white."""

ALIKE = 0.5
"""Mean tau from which on metrics are outlined as a group."""

SMALLEST_GROUP = 3


@register("agreement")
def agreement_figure(scene: FigureData) -> Figure | None:
    """Draw Kendall's tau-b of the mean losses of every two metrics; None with fewer than five models.

    Rows and columns stand in the order of a clustering, a row has the name of its metric and a column its number alone.
    A minus marks what is negative, so that both ends of the scale are told apart in grey too.
    """
    array = model_array(scene)
    array = None if array is None else _readable(discriminating_scores(array))
    if array is None or len(array.models) < MIN_MODELS or len(array.scores) < 2:
        return None
    tau = np.asarray(kendall_tau(array.means))
    if not np.isfinite(_pairs(tau)).any():
        return None
    order, groups = clusters(tau)
    tau, names = tau[np.ix_(order, order)], [drawable_text(array.scores[i].metric) for i in order]
    return _draw(scene.finding(_finding(array, tau, names), left_out=0), tau, names, groups)


def clusters(tau: Floats) -> tuple[list[int], list[int]]:
    """Order metrics by average linkage of 1 - tau; return the order, and the number of the group of each in it.

    Two metrics without a tau count as unrelated.
    """
    distances = 1 - np.where(np.isfinite(tau), tau, 0)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average", optimal_ordering=True)
    order = leaves_list(tree)
    return order.tolist(), fcluster(tree, 1 - ALIKE, "distance")[order].tolist()


def _readable(array: ScoreArray) -> ScoreArray:
    """Select the question with the most metrics where all are too many to read."""
    if len(array.scores) <= MAX_METRICS:
        return array
    ((question, _),) = Counter(score.question for score in array.scores).most_common(1)
    return array.select_scores([i for i, score in enumerate(array.scores) if score.question == question][:MAX_METRICS])


def _pairs(tau: Floats) -> Floats:
    return tau[np.triu_indices(len(tau), 1)]


def _finding(array: ScoreArray, tau: Floats, names: Sequence[str]) -> str:
    """Say of one question how much its metrics agree and which two least; of several how many pairs are opposed."""
    known = _pairs(tau)[np.isfinite(_pairs(tau))]
    questions = {score.question for score in array.scores}
    models = len(array.models)
    if len(questions) > 1:
        negative = f"{format_percent(float((known < 0).mean()))} of {known.size} pairs of metrics"
        return f"{negative} have a negative rank correlation over {models} models"
    least = np.nanmin(known)
    rows, columns = np.triu_indices(len(tau), 1)
    at = int(np.flatnonzero(_pairs(tau) == least)[0])
    return (
        f"{len(names)} metrics of {questions.pop()} over {models} models: the median tau of two is "
        f"{np.median(known):.2f}, the lowest {least:.2f}, of {names[rows[at]]} and {names[columns[at]]}"
    )


def _draw(title: str, tau: Floats, names: Sequence[str], groups: Sequence[int]) -> Figure:
    count = len(names)
    labels = [f"{name}  {i}" for i, name in enumerate(names, start=1)]
    side, left = CELL * count, MARGIN + round(CHARACTER * max(map(len, labels)))
    width = max(left + side + MARGIN + BAR_ROOM, 1200)
    figure = new_figure(width, TITLE + NUMBERS + max(side, BAR_HEIGHT) + 2 * MARGIN + NUMBERS)
    add_title(figure, title)
    axes = add_panel(figure, left, TITLE + NUMBERS, side, side)
    shown = axes.imshow(tau, cmap="PuOr", vmin=-1, vmax=1, interpolation="none", aspect="auto")
    axes.set_yticks(range(count), labels, fontsize=8, parse_math=False)
    axes.set_xticks(range(count), [str(i + 1) for i in range(count)], fontsize=7)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    _mark_negative(axes, tau)
    _outline(axes, groups)
    bar = add_panel(figure, left + side + MARGIN, TITLE + NUMBERS, BAR, min(side, BAR_HEIGHT))
    figure.colorbar(shown, cax=bar).set_label("Kendall's tau: 1 alike, -1 opposite (minus: negative)")
    note = f"outlined: groups of {SMALLEST_GROUP} metrics and more with a mean tau of {ALIKE} or more"
    add_text(figure, left, TITLE + NUMBERS + max(side, BAR_HEIGHT) + MARGIN, note, va="center", size=8)
    return figure


def _mark_negative(axes: Axes, tau: Floats) -> None:
    for colour, is_theirs in (("white", tau < -DARK), ("0.2", (tau < 0) & (tau >= -DARK))):
        down, across = np.nonzero(is_theirs)
        axes.plot(across, down, linestyle="", marker="_", markersize=5, markeredgewidth=1, color=colour)


def _outline(axes: Axes, groups: Sequence[int]) -> None:
    """Draw a frame around the groups, which are neighbours in the order of the clustering."""
    start = 0
    for _, members in groupby(groups):
        size = len(list(members))
        if size >= SMALLEST_GROUP:
            frame = Rectangle((start - 0.5, start - 0.5), size, size, fill=False, edgecolor="black", linewidth=1.8)
            axes.add_patch(frame).set_clip_on(False)
        start += size
