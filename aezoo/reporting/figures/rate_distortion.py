"""Rate-distortion curves of decoders: how many nats buy how small an error, all models in one panel."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from aezoo.reporting.figures.canvas import TITLE, add_panel, add_title, drawable_text, new_figure
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView
from aezoo.reporting.figures.style import series_style

WIDTH, HEIGHT = 900, 620
AXIS = 110
LEGEND = 380
RATE, DISTORTION = "rd_rate_", "rd_distortion_"

Points = list[tuple[float, float]]


@register("rate-distortion")
def rate_distortion_figure(scene: FigureData) -> Figure | None:
    """Draw the rate over the distortion of each model that has scores of its curve; None where none has."""
    shown = [subject for subject in scene.subjects if points_of(subject)]
    curves = {subject.title: points_of(subject) for subject in shown}
    if not curves:
        return None
    figure = new_figure(AXIS + WIDTH + LEGEND, TITLE + HEIGHT + AXIS)
    add_title(figure, scene.finding(_finding(curves, scene.among(shown)), scene.absent(shown)))
    axes = add_panel(figure, AXIS, TITLE, WIDTH, HEIGHT)
    for i, (title, points) in enumerate(curves.items()):
        distortions, rates = zip(*points, strict=True)
        (line,) = axes.plot(distortions, rates, markersize=3.5, **series_style(i))
        line.set_label(f" {drawable_text(title)}")
    axes.set_xlabel("distortion: squared error per image", size=8)
    axes.set_ylabel("rate: nats per image", size=8)
    axes.tick_params(labelsize=7)
    legend = axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False, fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure


def _finding(curves: Mapping[str, Points], among: str) -> str:
    """Say whose curve reaches the smallest distortion, and whose the largest of these, the first of equals."""
    nearest = {title: points[0][0] for title, points in curves.items()}
    best, worst = min(nearest, key=nearest.__getitem__), max(nearest, key=nearest.__getitem__)
    text = f"{best} comes nearest{among} to images, to a squared error of {nearest[best]:.4g}"
    return text if len(curves) == 1 else f"{text}; {worst} stays at {nearest[worst]:.4g}"


def points_of(subject: TrialView) -> Points:
    """List distortion and rate of each point of a model's curve, the smallest distortion first."""
    powers = [name.removeprefix(RATE) for name in subject.scores if name.startswith(RATE)]
    known = [power for power in powers if f"{DISTORTION}{power}" in subject.scores]
    return sorted((subject.scores[f"{DISTORTION}{power}"], subject.scores[f"{RATE}{power}"]) for power in known)
