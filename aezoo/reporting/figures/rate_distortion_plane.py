"""Rate-distortion plane: each model with a prior as a point, lines of equal bound behind (Alemi et al. 2018)."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from aezoo.reporting.figures.charts import add_legend, model_array, new_chart, seed_means
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.figures.style import MARKERS, series_style

EQUAL = "equal evidence bound"

FILLS = ("full", "none", "bottom")
"""In turn, where there are more models than markers: so 33 are told apart in grey."""


@register("rate-distortion-plane")
def rate_distortion_plane(scene: FigureData) -> Figure | None:
    """Draw rate and distortion of each model, means over seeds, nats per grey image; None with fewer than two.

    A likelihood that is a density of grey images has nats of another kind, by any number fewer: where models have a
    bound on binary images, those without one are left out.
    """
    array = model_array(scene)
    if array is None:
        return None
    rates, distortions = seed_means(array, "rate"), seed_means(array, "distortion")
    alike = seed_means(array, "elbo_binary") or rates
    points = {name: (distortions[name], rates[name]) for name in rates if name in distortions and name in alike}
    if len(points) < 2:
        return None
    best = min(points, key=lambda model: sum(points[model]))
    title = f"{best} spends the fewest nats in sum: {sum(points[best]):.1f}"
    figure, axes = new_chart(scene.finding(title, left_out=0), legend=[*points, EQUAL])
    for i, (model, (distortion, rate)) in enumerate(points.items()):
        fill: dict[str, Any] = {"fillstyle": FILLS[i // len(MARKERS) % len(FILLS)], "markerfacecoloralt": "white"}
        axes.plot([distortion], [rate], linestyle="", markersize=7, label=model, **series_style(i), **fill)
    axes.margins(0.15)
    low, high = axes.get_xlim(), axes.get_ylim()
    across = np.array(low)
    for total in sorted({round(sum(point), 3) for point in points.values()}):
        axes.plot(across, total - across, color="0.7", linewidth=0.8, zorder=1)
    axes.set(xlim=low, ylim=high, xlabel="distortion, nats per image", ylabel="rate, nats per image")
    axes.plot([], [], color="0.7", linewidth=0.8, label=EQUAL)
    add_legend(axes)
    return figure
