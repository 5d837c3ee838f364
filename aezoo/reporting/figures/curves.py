"""Training curves: each term of the objective, on training and on held-out images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import MARGIN, TITLE, add_panel, add_title, drawable_text, grid_shape, new_figure
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView
from aezoo.reporting.figures.style import line_colour

CURVES_ACROSS = 3
PANEL_WIDTH = 560
PANEL_HEIGHT = 420
AXIS = 110
LEGEND = 380
LineStyle = Literal["-", "--"]
Colour = str
STYLES: dict[str, tuple[str, LineStyle]] = {"train": ("training", "-"), "held_out": ("held out", "--")}


NATS_PER_IMAGE = "nats per image"
ADVERSARY_UNITS = {"discriminator": "nats per decision", "critic": "units of the critic"}
"""The terms of an adversary, and what they are measured in; a model's other terms are so too, unless it has an nll."""


@dataclass(frozen=True)
class CurvePlot:
    """A term and the subjects that have it in the same unit."""

    term: str
    unit: str
    subjects: tuple[TrialView, ...]

    @property
    def title(self) -> str:
        """The term; where it is no loss in nats per image, also its models."""
        own = "" if self.unit == NATS_PER_IMAGE else f" of {', '.join(subject.label for subject in self.subjects)}"
        return f"{self.term}{own}"


@register("curves")
def curves_figure(scene: FigureData) -> Figure | None:
    """Draw a panel per term and unit, a colour per model; solid for training, dashed for held-out images; None without.

    Floors, which are known in closed form, are level lines; one that lies outside of what the models span is left out.
    """
    panels = _panels([subject for subject in scene.subjects if any(subject.curves.values())])
    shown = [subject for subject in scene.subjects if any(subject in panel.subjects for panel in panels)]
    if not panels:
        return None
    rows, columns = grid_shape(len(panels), CURVES_ACROSS)
    step_across, step_down = AXIS + PANEL_WIDTH, PANEL_HEIGHT + AXIS + MARGIN
    width = columns * step_across + LEGEND
    figure = new_figure(width, max(TITLE + rows * step_down, TITLE + 28 * (len(shown) + 4)))
    said = _finding(shown)
    add_title(figure, scene.finding(said) if said else scene.title("Training curves"))
    colours = {subject.title: line_colour(i) for i, subject in enumerate(shown)}
    for i, panel in enumerate(panels):
        left, top = (i % columns) * step_across + AXIS, TITLE + (i // columns) * step_down + MARGIN
        _draw(add_panel(figure, left, top, PANEL_WIDTH, PANEL_HEIGHT), panel, colours)
    _add_legend(figure, shown, columns * step_across / width)
    return figure


def _finding(subjects: Sequence[TrialView]) -> str:
    """Say whose loss ends highest on held-out images above that on training images; "" where nobody has both."""
    ends = {
        subject.title: subject.curves["held_out"]["loss"][-1] - subject.curves["train"]["loss"][-1]
        for subject in subjects
        if subject.role == "model" and all(subject.curves.get(name, {}).get("loss") for name in ("train", "held_out"))
    }
    if not ends:
        return ""
    most = max(ends, key=lambda title: ends[title])
    if ends[most] <= 0:
        return "No loss ends higher on held-out images than on training images"
    return f"The loss of {drawable_text(most)} ends {ends[most]:.1f} nats higher on held-out images, the widest gap"


def _panels(subjects: Sequence[TrialView]) -> list[CurvePlot]:
    """List the terms of losses in nats per image, then those of other units; floors that lie outside are left out."""
    placed: dict[tuple[str, str], list[TrialView]] = {}
    for subject in subjects:
        for term in dict.fromkeys(term for part in STYLES for term in subject.curves.get(part, {})):
            placed.setdefault((unit_of(subject, term), term), []).append(subject)
    ordered = sorted(placed, key=lambda place: place[0] != NATS_PER_IMAGE)
    return [CurvePlot(term, unit, tuple(_worth_showing(term, placed[unit, term]))) for unit, term in ordered]


def unit_of(subject: TrialView, term: str) -> str:
    """Give the unit of a term: nats per image, or that of an adversary, also for a model that it alone trains."""
    terms = {name for part in STYLES for name in subject.curves.get(part, {})}
    if term in ADVERSARY_UNITS:
        return ADVERSARY_UNITS[term]
    own = [unit for name, unit in ADVERSARY_UNITS.items() if name in terms]
    return own[0] if own and "nll" not in terms else NATS_PER_IMAGE


def _worth_showing(term: str, subjects: Sequence[TrialView]) -> list[TrialView]:
    """Select the models, and the floors with a value within what the models span; floors where no model is."""
    models = [subject for subject in subjects if subject.role == "model"]
    return [each for each in subjects if not models or each.role == "model" or _levels(each, term, models)]


def _levels(floor: TrialView, term: str, models: Sequence[TrialView]) -> dict[str, float]:
    """Give the last values of a floor, by part, that lie within what the models span."""
    spanned = [value for model in models for part in STYLES for value in _values(model, part, term)]
    values = {part: _values(floor, part, term) for part in STYLES}
    return {part: of[-1] for part, of in values.items() if len(of) and min(spanned) <= of[-1] <= max(spanned)}


def _values(subject: TrialView, part: str, term: str) -> NDArray[np.float64]:
    return np.array(subject.curves.get(part, {}).get(term, []), dtype=np.float64)


def _draw(axes: Axes, panel: CurvePlot, colours: dict[str, Colour]) -> None:
    models = [subject for subject in panel.subjects if subject.role == "model"]
    for subject in panel.subjects:
        levels = _levels(subject, panel.term, models) if models and subject.role != "model" else None
        for part, (_, line) in STYLES.items():
            style: dict[str, Any] = {"color": colours[subject.title], "linestyle": line, "linewidth": 1.2}
            values = _values(subject, part, panel.term)
            if levels is None:
                axes.plot(np.arange(1, len(values) + 1), values, marker="." if len(values) == 1 else "", **style)
            elif part in levels:
                axes.axhline(levels[part], **style)
    axes.set_title(drawable_text(panel.title), size=9, parse_math=False)
    axes.set_xlabel("epoch", size=8)
    axes.set_ylabel(panel.unit, size=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=7)


def _add_legend(figure: Figure, shown: Sequence[TrialView], left: float) -> None:
    models = [(Line2D([], [], color=line_colour(i)), drawable_text(subject.title)) for i, subject in enumerate(shown)]
    parts = [(Line2D([], [], color="black", linestyle=line), name) for name, line in STYLES.values()]
    handles, labels = zip(*models, *parts, strict=True)
    top = 1 - (TITLE + MARGIN) / (figure.get_size_inches()[1] * figure.dpi)
    legend = figure.legend(handles, [""] * len(labels), loc="upper left", bbox_to_anchor=(left, top), frameon=False)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set(text=label, parse_math=False, fontsize=8)
