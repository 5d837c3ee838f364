"""Bump chart: the rank of each model by the metrics that are read first, one metric after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import rankdata

from aezoo.analysis.conventions import QUESTIONS
from aezoo.analysis.score_array import Floats
from aezoo.reporting.figures.canvas import drawable_text
from aezoo.reporting.figures.charts import add_legend, model_array, new_chart
from aezoo.reporting.figures.leaders import first_columns, leading_models
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import MAX_MODELS, FigureData
from aezoo.reporting.figures.style import PALETTE, series_style

EACH = 4
"""Metrics of each question."""

CROWD = 12
"""Above so many models those that win a metric are coloured, the others grey, and names stand at the ends of lines."""

LABELS = 100
CROWD_STEP = 17
"""Pixels from rank to rank in a crowd: a name's line fits."""

Rows = Mapping[str, Floats]


@register("ranks")
def ranks_figure(scene: FigureData) -> Figure | None:
    """Draw ranks by the means over seeds, 1 the best, ties at their mean rank; None with fewer than two metrics.

    Ranks are among all models. Of many, the leaders of the questions and those behind them are drawn.
    """
    array = model_array(scene)
    if array is None:
        return None
    columns = [i for question in QUESTIONS for i in first_columns(array, question, EACH)]
    if len(columns) < 2:
        return None
    names = [array.scores[i].metric for i in columns]
    ranks = dict(zip(array.models, _ranks(array.means[:, columns]), strict=True))
    ranked = {model: row for model, row in ranks.items() if np.isfinite(row).any()}
    wins = {model: int((row == 1).sum()) for model, row in ranked.items()}
    most = max(wins.values())
    first = ", ".join(model for model, won in wins.items() if won == most)
    title = f"First by most of these metrics: {first}, {most} of {len(names)}"
    if not most:  # who is level at the top has a rank above 1
        title = f"No model is first alone by any of these {len(names)} metrics"
    crowded = len(ranked) > CROWD
    shown = [model for model in leading_models(array) if model in ranked][:MAX_MODELS] if crowded else list(ranked)
    last = int(np.nanmax(list(ranked.values())))
    height = max(520, CROWD_STEP * last) if crowded else 520
    figure, axes = new_chart(
        scene.finding(title, left_out=len(ranked) - len(shown)), max(900, 95 * len(names)), height + LABELS
    )
    kept = axes.get_position()
    axes.set_position(kept.shrunk(1, height / (height + LABELS)).translated(0, LABELS / figure.bbox.height))
    if crowded:
        winners = sorted((model for model in shown if wins[model]), key=lambda model: -wins[model])
        _draw_crowd(axes, {model: ranked[model] for model in shown}, winners[: len(PALETTE)], last)
    else:
        for i, model in enumerate(shown):
            axes.plot(range(len(names)), ranked[model], markersize=8, label=model, **series_style(i))
        axes.set_yticks(range(1, last + 1))
        add_legend(axes)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor", parse_math=False)
    axes.set_ylabel("rank, 1 the best" + (f" of {len(ranked)}; in colour who is first by a metric" if crowded else ""))
    axes.invert_yaxis()
    return figure


def _ranks(means: Floats) -> Floats:
    """Rank the losses of each column, (models, metrics); NaN where there is none."""
    ranks = np.full(means.shape, np.nan)
    for j, column in enumerate(means.T):
        known = np.isfinite(column)
        ranks[known, j] = rankdata(column[known])
    return ranks


def _draw_crowd(axes: Axes, rows: Rows, winners: Sequence[str], last: int) -> None:
    """Draw the winners in colour above the others in grey, and each name at the end of its line."""
    ends = {model: int(np.flatnonzero(np.isfinite(row))[-1]) for model, row in rows.items()}
    final = max(ends.values())
    places = _apart({model: float(row[final]) for model, row in rows.items() if ends[model] == final})
    for model, row in rows.items():
        won = model in winners
        style = series_style(winners.index(model)) if won else {"color": "0.72", "marker": "o"}
        sizes = {"markersize": 7, "linewidth": 2, "zorder": 3} if won else {"markersize": 2.5, "linewidth": 0.9}
        axes.plot(range(len(row)), row, label=model, **style, **sizes)
        axes.annotate(
            drawable_text(model),
            (ends[model], row[ends[model]]),
            (ends[model] + 0.12, places.get(model, row[ends[model]])),
            va="center",
            size=7,
            color=style["color"] if won else "0.25",
            weight="bold" if won else "normal",
            annotation_clip=False,
            parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8} if model not in places else None,
            zorder=4,
        )
    axes.set_yticks([1, *range(5, last + 1, 5)])
    axes.set_ylim(0.2, max(last, *places.values()) + 0.8)
    axes.margins(x=0.02)


def _apart(ranks: Mapping[str, float]) -> dict[str, float]:
    """Move tied ranks so far apart that a name fits between two."""
    placed: dict[str, float] = {}
    above = 0.0
    for model in sorted(ranks, key=lambda name: ranks[name]):
        above = placed[model] = max(ranks[model], above + 0.9)
    return placed
