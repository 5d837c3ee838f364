"""Bump chart: the rank of each model by the metrics that are read first, one metric after the other."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import rankdata

from aezoo.analysis.conventions import QUESTIONS, headline_metrics
from aezoo.analysis.score_array import Floats, ScoreSpec
from aezoo.reporting.figures.charts import add_legend, model_array, new_chart
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.figures.style import series_style

EACH = 4
"""Metrics of each question."""

LABELS = 150


@register("ranks")
def ranks_figure(scene: FigureData) -> Figure | None:
    """Draw ranks by the means over seeds, 1 the best, ties at their mean rank; None with fewer than two metrics."""
    array = model_array(scene)
    if array is None:
        return None
    columns = [i for question in QUESTIONS for i in _first(array.means, array.scores, question)]
    if len(columns) < 2:
        return None
    means = array.means[:, columns]
    ranks = np.full(means.shape, np.nan)
    for j, column in enumerate(means.T):
        known = np.isfinite(column)
        ranks[known, j] = rankdata(column[known])
    names = [array.scores[i].metric for i in columns]
    wins = {model: int((row == 1).sum()) for model, row in zip(array.models, ranks, strict=True)}
    most = max(wins.values())
    first = ", ".join(model for model, won in wins.items() if won == most)
    title = f"First by most of these metrics: {first}, {most} of {len(names)}"
    figure, axes = new_chart(scene.finding(title), width=max(900, 95 * len(names)), height=520 + LABELS)
    axes.set_position(axes.get_position().shrunk(1, 520 / (520 + LABELS)).translated(0, LABELS / figure.bbox.height))
    for i, (model, row) in enumerate(zip(array.models, ranks, strict=True)):
        axes.plot(range(len(names)), row, markersize=8, label=model, **series_style(i))
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor", parse_math=False)
    axes.set_yticks(range(1, len(array.models) + 1))
    axes.set_ylabel("rank, 1 the best")
    axes.invert_yaxis()
    add_legend(axes)
    return figure


def _first(means: Floats, scores: tuple[ScoreSpec, ...], question: str) -> list[int]:
    """Give the columns of the metrics of a question that are read first, where two models have them."""
    placed = {name: place for place, name in enumerate(headline_metrics(question))}
    own = [
        (min(places), i)
        for i, score in enumerate(scores)
        if score.question == question and np.isfinite(means[:, i]).sum() >= 2
        for places in ([placed[name] for name in (score.metric, score.metric.rsplit("_", 1)[0]) if name in placed],)
        if places
    ]
    return [i for _, i in sorted(own)][:EACH]
