"""Training curves: each term of the objective, on training and on held-out images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import (
    MARGIN,
    TITLE,
    add_panel,
    add_text,
    grid_shape,
    new_figure,
    readable,
)
from aezoo.reporting.figures.shown import Scene, Subject

CURVES_ACROSS = 3
PANEL_WIDTH = 560
PANEL_HEIGHT = 420
AXIS = 90
LEGEND = 380
LineStyle = Literal["-", "--"]
STYLES: dict[str, tuple[str, LineStyle]] = {"train": ("training", "-"), "held_out": ("held out", "--")}


def curves_figure(scene: Scene) -> Figure | None:
    """One panel per term, a colour per model; solid for training, dashed for held-out images; None without any.

    Floors, which are known in closed form, are level lines; one that lies outside of what the models span is left out.
    """
    shown = _worth_showing([subject for subject in scene.subjects if any(subject.curves.values())])
    terms = list(dict.fromkeys(term for s in shown for part in STYLES for term in s.curves.get(part, {})))
    if not terms:
        return None
    rows, columns = grid_shape(len(terms), CURVES_ACROSS)
    step_across, step_down = AXIS + PANEL_WIDTH, PANEL_HEIGHT + AXIS + MARGIN
    width = columns * step_across + LEGEND
    figure = new_figure(width, max(TITLE + rows * step_down, TITLE + 28 * (len(shown) + 4)))
    add_text(figure, MARGIN, TITLE / 2, scene.title("Training curves"), va="center", size=10)
    for i, term in enumerate(terms):
        left, top = (i % columns) * step_across + AXIS, TITLE + (i // columns) * step_down + MARGIN
        _draw_term(add_panel(figure, left, top, PANEL_WIDTH, PANEL_HEIGHT), term, shown)
    _add_legend(figure, shown, columns * step_across / width)
    return figure


def _worth_showing(subjects: Sequence[Subject]) -> list[Subject]:
    """Models, and the floors that have a value within what the models span in some term; floors where no model is."""
    models = [subject for subject in subjects if subject.role == "model"]
    return [each for each in subjects if not models or each.role == "model" or _levels(each, models)]


def _levels(floor: Subject, models: Sequence[Subject]) -> dict[tuple[str, str], float]:
    """The last values of a floor, by part and term, that lie within what the models span in that term."""
    found = {}
    for part in STYLES:
        for term, values in floor.curves.get(part, {}).items():
            spanned = [value for model in models for other in STYLES for value in _values(model, other, term)]
            if spanned and min(spanned) <= values[-1] <= max(spanned):
                found[part, term] = values[-1]
    return found


def _values(subject: Subject, part: str, term: str) -> NDArray[np.float64]:
    return np.array(subject.curves.get(part, {}).get(term, []), dtype=np.float64)


def _draw_term(panel: Axes, term: str, shown: Sequence[Subject]) -> None:
    models = [subject for subject in shown if subject.role == "model"]
    for i, subject in enumerate(shown):
        levels = _levels(subject, models) if models and subject.role != "model" else None
        for part, (_, line) in STYLES.items():
            style: dict[str, Any] = {"color": _colour(i), "linestyle": line, "linewidth": 1.2}
            values = _values(subject, part, term)
            if levels is None:
                panel.plot(np.arange(1, len(values) + 1), values, marker="." if len(values) == 1 else "", **style)
            elif (part, term) in levels:
                panel.axhline(levels[part, term], **style)
    panel.set_title(readable(term), size=9, parse_math=False)
    panel.set_xlabel("epoch", size=8)
    panel.set_ylabel("nats per image", size=8)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.25, linewidth=0.5)


def _add_legend(figure: Figure, shown: Sequence[Subject], left: float) -> None:
    models = [(Line2D([], [], color=_colour(i)), readable(subject.title)) for i, subject in enumerate(shown)]
    parts = [(Line2D([], [], color="black", linestyle=line), name) for name, line in STYLES.values()]
    handles, labels = zip(*models, *parts, strict=True)
    top = 1 - (TITLE + MARGIN) / (figure.get_size_inches()[1] * figure.dpi)
    legend = figure.legend(handles, [""] * len(labels), loc="upper left", bbox_to_anchor=(left, top), frameon=False)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set(text=label, parse_math=False, fontsize=8)


def _colour(index: int) -> tuple[float, float, float, float]:
    return colormaps["tab10" if index < 10 else "tab20b"](index % (10 if index < 10 else 20))
