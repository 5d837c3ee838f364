"""Scores against seconds of training: what waiting buys."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, ScalarFormatter

from aezoo.analysis.cost import load_remark
from aezoo.reporting.figures.charts import add_legend, model_array, new_chart, seed_means
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.figures.style import series_style

SHOWN = (("fd_judge", "fd_judge, models' own samplers"), ("nll", "reconstruction, nats per image"))
"""The score to show, the first that two models have, with the name of its axis."""


@register("seconds")
def seconds_figure(scene: FigureData) -> Figure | None:
    """Draw a score over the median seconds of training; hollow where a time is of a shared or unknown machine."""
    array = model_array(scene)
    seconds = {} if array is None else _seconds(scene)
    for metric, name in SHOWN:
        values = {} if array is None else seed_means(array, metric)
        points = {model: (seconds[model], value) for model, value in values.items() if model in seconds}
        if len(points) >= 2:
            return _draw(scene, points, metric, name)
    return None


def _draw(scene: FigureData, points: dict[str, tuple[float, float]], metric: str, name: str) -> Figure:
    best, fastest = (min(points, key=lambda model: points[model][side]) for side in (1, 0))
    title = f"{best} has the lowest mean {metric}, after {points[best][0]:.0f} s"
    more = "" if best == fastest else f"; {fastest} trains fastest, {points[fastest][0]:.0f} s"
    figure, axes = new_chart(scene.finding(title + more, left_out=0), legend=[*points])
    remarked = {record["label"] for record in scene.records if record["role"] == "model" and load_remark(record)}
    for i, (model, (time, value)) in enumerate(points.items()):
        fill: dict[str, Any] = {"markerfacecolor": "white"} if model in remarked else {}
        axes.plot([time], [value], linestyle="", markersize=8, label=model, **series_style(i), **fill)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(0.15)
    note = "; hollow: of a shared machine, or of unknown load" if remarked & set(points) else ""
    axes.set_xlabel(f"seconds of training, median over seeds{note}")
    axes.set_ylabel(name)
    add_legend(axes)
    return figure


def _seconds(scene: FigureData) -> dict[str, float]:
    """Compute the median seconds of training, by model."""
    found: dict[str, list[float]] = {}
    for record in scene.records:
        if record["role"] == "model" and (record["timing"].get("train") or 0) > 0:
            found.setdefault(record["label"], []).append(float(record["timing"]["train"]))
    return {model: float(np.median(times)) for model, times in found.items()}
