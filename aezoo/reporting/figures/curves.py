"""Training curves: each term of the objective, on training and on held-out images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import MARGIN, TITLE, add_panel, add_title, drawable_text, grid_shape, new_figure
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView, paged
from aezoo.reporting.figures.style import MARKERS, series_style

CURVES_ACROSS = 3
PANEL_WIDTH = 560
PANEL_HEIGHT = 420
AXIS = 110
LEGEND = 380
MARKER, MARKED = 4.5, 6
"""The size of a marker, and about how many a curve has."""

FLOOR = "0.45"
FEWEST = 6
"""Models on a page, however many floors stand beside them."""

Style = dict[str, Any]
STYLES: dict[str, Style] = {"train": {"linestyle": "-"}, "held_out": {"linestyle": "--", "markerfacecolor": "white"}}
NAMES = {"train": "training", "held_out": "held out"}

NATS_PER_IMAGE = "nats per image"
NATS_OF_DENSITY = "nats per image, of a density"
"""Nats of grey images, fewer by any number than those of binary ones: both on one axis would flatten the curves."""

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
def curves_figures(scene: FigureData) -> list[Figure]:
    """Draw a panel per term and unit; solid and filled for training, dashed and hollow for held-out images.

    Models have a colour and a marker each, and so few stand on a page that no marker is of two. Floors, which are known
    in closed form, are level lines on every page; one that lies outside of what its models span is left out.
    """
    curved = [subject for subject in scene.subjects if any(subject.curves.values())]
    models = [subject for subject in curved if subject.role == "model"]
    spanned = [subject for panel in _panels(curved) for subject in panel.subjects]
    floors = [subject for subject in curved if subject.role != "model" and subject in spanned]
    said = _finding(models, scene.among(models))
    figures: list[Figure] = []
    listed = models or floors
    room = max(FEWEST, len(MARKERS) - len(floors)) if models else len(MARKERS)
    pages = -(-len(listed) // room)
    for page, some in paged(listed, -(-len(listed) // max(1, pages)) or 1):
        title = scene.finding if said else scene.title
        text = title(said or "Training curves", scene.absent(models), page)
        figures.append(_page([*some, *floors] if models else some, text))
    return figures


def _page(subjects: Sequence[TrialView], title: str) -> Figure:
    panels = _panels(subjects)
    shown = [subject for subject in subjects if any(subject in panel.subjects for panel in panels)]
    rows, columns = grid_shape(len(panels), CURVES_ACROSS)
    step_across, step_down = AXIS + PANEL_WIDTH, PANEL_HEIGHT + AXIS + MARGIN
    width = columns * step_across + LEGEND
    figure = new_figure(width, max(TITLE + rows * step_down, TITLE + 28 * (len(shown) + 4)))
    add_title(figure, title)
    styles = {subject.title: series_style(i) for i, subject in enumerate(shown)}
    grey = {subject.title: {"color": FLOOR} for subject in shown if subject.role != "model"}
    styles = {title: {**style, **grey.get(title, {})} for title, style in styles.items()}
    for i, panel in enumerate(panels):
        left, top = (i % columns) * step_across + AXIS, TITLE + (i // columns) * step_down + MARGIN
        _draw(add_panel(figure, left, top, PANEL_WIDTH, PANEL_HEIGHT), panel, styles)
    _add_legend(figure, styles, columns * step_across / width)
    return figure


def _finding(subjects: Sequence[TrialView], among: str) -> str:
    """Say whose loss ends highest on held-out images above that on training images; "" where nobody has both."""
    ends = {
        subject.title: subject.curves["held_out"]["loss"][-1] - subject.curves["train"]["loss"][-1]
        for subject in subjects
        if unit_of(subject, "loss") in (NATS_PER_IMAGE, NATS_OF_DENSITY)
        and all(subject.curves.get(name, {}).get("loss") for name in ("train", "held_out"))
    }
    if not ends:
        return ""
    most = max(ends, key=lambda title: ends[title])
    if ends[most] <= 0:
        return f"No loss ends higher on held-out images than on training images{among}"
    return (
        f"The loss of {drawable_text(most)} ends {ends[most]:.1f} nats higher on held-out images, the widest gap{among}"
    )


def _panels(subjects: Sequence[TrialView]) -> list[CurvePlot]:
    """List the terms of losses in nats per image, then those of other units; floors that lie outside are left out."""
    placed: dict[tuple[str, str], list[TrialView]] = {}
    for subject in subjects:
        for term in dict.fromkeys(term for part in STYLES for term in subject.curves.get(part, {})):
            placed.setdefault((unit_of(subject, term), term), []).append(subject)
    ordered = sorted(placed, key=lambda place: place[0] != NATS_PER_IMAGE)
    return [CurvePlot(term, unit, tuple(_worth_showing(term, placed[unit, term]))) for unit, term in ordered]


def unit_of(subject: TrialView, term: str) -> str:
    """Give the unit of a term: nats per image, or that of an adversary, also for a model that it alone trains.

    A reconstruction below 0 nats is the density of grey images, not a probability of binary ones.
    """
    terms = {name for part in STYLES for name in subject.curves.get(part, {})}
    if term in ADVERSARY_UNITS:
        return ADVERSARY_UNITS[term]
    own = [unit for name, unit in ADVERSARY_UNITS.items() if name in terms]
    if own and "nll" not in terms:
        return own[0]
    is_density = any(min(_values(subject, part, "nll"), default=0) < 0 for part in STYLES)
    return NATS_OF_DENSITY if is_density and term in ("loss", "nll") else NATS_PER_IMAGE


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


def _draw(axes: Axes, panel: CurvePlot, styles: Mapping[str, Style]) -> None:
    models = [subject for subject in panel.subjects if subject.role == "model"]
    for i, subject in enumerate(panel.subjects):
        levels = _levels(subject, panel.term, models) if models and subject.role != "model" else None
        for half, (part, of_part) in enumerate(STYLES.items()):
            style = {**styles[subject.title], **of_part, "linewidth": 1.2, "markersize": MARKER}
            values = _values(subject, part, panel.term)
            if levels is None:
                every = _marked(len(values), 2 * i + half, 2 * len(panel.subjects))
                axes.plot(np.arange(1, len(values) + 1), values, markevery=every, **style)
            elif part in levels:
                axes.axhline(levels[part], clip_on=False, **style)
    axes.set_title(drawable_text(panel.title), size=9, parse_math=False)
    axes.set_xlabel("epoch", size=8)
    axes.set_ylabel(panel.unit, size=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=7)


def _marked(count: int, place: int, series: int) -> tuple[int, int]:
    """Choose the first point with a marker, and how many further the next: those of other series are between them."""
    step = max(1, count // MARKED)
    return place * step // max(1, series), step


def _add_legend(figure: Figure, styles: Mapping[str, Style], left: float) -> None:
    sized: Style = {"linewidth": 1.2, "markersize": MARKER}
    models = [(Line2D([], [], **style, **sized), drawable_text(title)) for title, style in styles.items()]
    black: Style = {"color": "black", "marker": "o", **sized}
    parts = [(Line2D([], [], **black, **style), NAMES[part]) for part, style in STYLES.items()]
    handles, labels = zip(*models, *parts, strict=True)
    top = 1 - (TITLE + MARGIN) / (figure.get_size_inches()[1] * figure.dpi)
    legend = figure.legend(
        handles, [""] * len(labels), loc="upper left", bbox_to_anchor=(left, top), frameon=False, handlelength=3
    )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set(text=label, parse_math=False, fontsize=8)
