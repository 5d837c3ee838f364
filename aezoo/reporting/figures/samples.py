"""Sheets of generated digits: pages of at most twelve panels, and the overview that a front page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isqrt
from textwrap import wrap
from typing import Any

from matplotlib.figure import Figure
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import (
    MARGIN,
    TITLE,
    ZOOM,
    add_image,
    add_text,
    add_title,
    drawable_text,
    grid_shape,
    new_figure,
    tile,
)
from aezoo.reporting.figures.findings import finding, plain_number
from aezoo.reporting.figures.leaders import leaders_by
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView, paged

PANELS = 12
SHEETS_ACROSS = 4
SAMPLES_ACROSS = 8
CHARACTER = 10.5
LINE = 24
MAX_NAME = 300

OVERVIEW_SAMPLES = 6
OVERVIEW_ACROSS = 3
OVERVIEW = (
    ("ae", "standard-normal"),
    ("ae", "gaussian-mixture"),
    ("vae", "prior"),
    ("wgan-gp", "prior"),
    ("memoriser", "memoriser"),
)
"""Panels of the overview after the real digits, a model and a sampler; those that exist are shown."""

OVERVIEW_LEADERS = 3
"""Models with the best samples that the overview adds where there are too many models to draw."""


@dataclass(frozen=True)
class Panel:
    """Images of one model and sampler."""

    subject: TrialView
    sampler: str
    images: NDArray[Any]

    @property
    def caption(self) -> str:
        """Model and sampler; a control that samples itself is named once."""
        if self.subject.role == "oracle":
            return "real images, held out"
        own = "" if self.sampler == self.subject.label else f", {self.sampler}"
        return f"{self.subject.title}{own}"


@register("samples")
def samples_figures(scene: FigureData) -> list[Figure]:
    """Draw the samples of each model and sampler beside real digits; floors and controls on pages of their own.

    The first title says whose samples are best of all, every further one whose are on its page.
    """
    panels = _panels(scene)
    real = [panel for panel in panels if panel.subject.role == "oracle"]
    roles = list(dict.fromkeys(panel.subject.role for panel in panels if panel.subject.role != "oracle")) or ["oracle"]
    missing = scene.absent(panel.subject for panel in panels)
    said = finding(scene, "samples", "fd_judge", "samples")
    figures: list[Figure] = []
    for role in roles:
        own = [panel for panel in panels if panel.subject.role == role]
        beside = real if role != "oracle" else []
        left_out = missing if role == "model" else 0
        for page, some in paged(own, PANELS - len(beside)):
            found = said if said is not None and not figures else _page_finding(scene, some)
            plain = scene.title(f"Samples, {role}s", left_out, page)
            figures.append(_page([*beside, *some], plain if found is None else scene.finding(found, left_out, page)))
    return figures


def _page_finding(scene: FigureData, panels: Sequence[Panel]) -> str | None:
    """Say who of some panels has the lowest mean fd_judge, and who the highest; None where fewer than two have one."""
    known = [(value, panel) for panel in panels if (value := _mean_fd_judge(scene, panel)) is not None]
    if len(known) < 2:
        return None
    ordered = sorted(known, key=lambda each: each[0])
    (lowest, best), (highest, worst) = ordered[0], ordered[-1]
    return (
        f"Here the mean fd_judge is between {plain_number(lowest)} ({_overview_name(best)}) and "
        f"{plain_number(highest)} ({_overview_name(worst)})"
    )


@register("overview")
def overview_figure(scene: FigureData) -> Figure | None:
    """Draw six digits by six of a few panels, with the fd_judge of each; None without real digits beside two.

    The title says what another sampler does to the samples of the same model, if two of its samplers are shown.

    Of too many models to draw, three panels more show the best samples, and a line says how many are left out.
    """
    known = {(panel.subject.label, panel.sampler): panel for panel in _panels(scene)}
    real = [panel for panel in known.values() if panel.subject.role == "oracle"][:1]
    leaders = _leaders(scene) if scene.left_out else []
    panels = [*real, *(known[key] for key in (*OVERVIEW, *leaders) if key in known)]
    if not real or len(panels) < 3:
        return None
    side = OVERVIEW_SAMPLES
    sheets = [tile(panel.images[: side * side], side) for panel in panels]
    height, width = (ZOOM * length for length in sheets[0].shape)
    rows, columns = grid_shape(len(panels), OVERVIEW_ACROSS)
    caption = 84
    total = TITLE + rows * (height + caption) + MARGIN + (LINE if scene.left_out else 0)
    figure = new_figure(columns * (width + MARGIN) + MARGIN, total)
    said = _overview_finding(scene, panels) or finding(scene, "samples", "fd_judge", "samples")
    add_title(
        figure, scene.finding(said, left_out=0) if said else scene.title("Samples beside real images", left_out=0)
    )
    for i, (panel, sheet) in enumerate(zip(panels, sheets, strict=True)):
        left, top = MARGIN + (i % columns) * (width + MARGIN), TITLE + (i // columns) * (height + caption)
        add_text(figure, left, top + 28, _overview_name(panel), va="center", size=10, weight="bold")
        add_text(figure, left, top + 62, _overview_score(scene, panel), va="center", size=10)
        add_image(figure, left, top + caption, sheet)
    if scene.left_out:
        add_text(figure, MARGIN, total - MARGIN, _overview_left_out(scene, panels), va="center", size=8)
    return figure


def _overview_finding(scene: FigureData, panels: Sequence[Panel]) -> str | None:
    """Say how the fd_judge of a model changes from its first sampler to its second; None where none has two."""
    known = [(panel, value) for panel in panels if (value := _mean_fd_judge(scene, panel)) is not None]
    for (first, before), (second, after) in combinations(known, 2):
        if first.subject is second.subject:
            sampler = "A better" if after < before else "Another"
            numbers = f"from {plain_number(before)} to {plain_number(after)}"
            return f"{sampler} sampler takes the fd_judge of {first.subject.label} {numbers}"
    return None


def _leaders(scene: FigureData) -> list[tuple[str, str]]:
    """List the models with the lowest mean fd_judge, each with the sampler that it stands with."""
    array = None if scene.array is None else scene.array.only_models()
    columns = [] if array is None else [i for i, score in enumerate(array.scores) if score.metric == "fd_judge"]
    if array is None or not columns:
        return []
    samplers = dict(zip(array.models, array.samplers, strict=True))
    leaders = [(model, samplers[model]) for model in leaders_by(array, columns[0])]
    return [leader for leader in leaders if leader not in OVERVIEW][:OVERVIEW_LEADERS]


def _overview_left_out(scene: FigureData, panels: Sequence[Panel]) -> str:
    """Say how many models have no panel."""
    missing = scene.absent(panel.subject for panel in panels)
    return f"{missing} more models not shown; those with the lowest fd_judge by their own samplers are"


def _overview_name(panel: Panel) -> str:
    label, sampler = panel.subject.label, panel.sampler
    if panel.subject.role == "oracle":
        return "real images"
    return label if sampler == label else f"{label} by {sampler}"


def _overview_score(scene: FigureData, panel: Panel) -> str:
    value = _mean_fd_judge(scene, panel)
    return "" if value is None else f"fd_judge {plain_number(value)}"


def _mean_fd_judge(scene: FigureData, panel: Panel) -> float | None:
    """Compute the mean fd_judge over seeds; None without any."""
    values = [
        row["value"]
        for record in scene.records
        if record["label"] == panel.subject.label and record["role"] == panel.subject.role
        for row in record["scores"]
        if row["metric"] == "fd_judge" and row["sampler"] == panel.sampler and row["value"] is not None
    ]
    return sum(values) / len(values) if values else None


def _panels(scene: FigureData) -> list[Panel]:
    return [
        Panel(subject, name.removeprefix("samples/"), images)
        for subject in scene.subjects
        for name, images in sorted(subject.gallery.items())
        if name.startswith("samples/") and len(images)
    ]


def _page(panels: Sequence[Panel], title: str) -> Figure:
    sheets = [_sheet(panel.images, SAMPLES_ACROSS) for panel in panels]
    height, width = (ZOOM * max(sides) for sides in zip(*(sheet.shape for sheet in sheets), strict=True))
    columns_wide = max(10, int(width / CHARACTER))
    captions = [wrap(drawable_text(panel.caption, MAX_NAME), columns_wide) for panel in panels]
    caption = 16 + LINE * max(map(len, captions))
    rows, columns = grid_shape(len(panels), SHEETS_ACROSS)
    step_across, step_down = width + MARGIN, height + caption + MARGIN
    figure = new_figure(max(columns * step_across + MARGIN, 900), TITLE + rows * step_down)
    add_title(figure, title)
    for i, (lines, sheet) in enumerate(zip(captions, sheets, strict=True)):
        left, top = MARGIN + (i % columns) * step_across, TITLE + (i // columns) * step_down
        add_text(figure, left, top + caption - 8, "\n".join(lines), va="bottom", size=8)
        add_image(figure, left, top + caption, sheet)
    return figure


def _sheet(images: NDArray[Any], across: int) -> NDArray[Any]:
    """Tile the first images that fill a square of at most `across` x `across`."""
    side = min(across, isqrt(len(images))) or 1
    return tile(images[: side * side], side)
