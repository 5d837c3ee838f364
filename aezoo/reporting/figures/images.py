"""Figures made of digits: reconstructions, manifolds, and walks through planes of codes."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import numpy as np
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
    new_figure,
    tile,
)
from aezoo.reporting.figures.findings import finding
from aezoo.reporting.figures.names import unique_stems
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView

CHARACTER = 11
MAX_NAME, NAME_LINE, MAX_LINES = 150, 40, 3
"""Characters of a name and of a line of it, and lines of the usual size that are as high as a digit."""
STEPS = 10
Rows = Sequence[tuple[str, NDArray[Any]]]


@register("reconstructions")
def reconstructions_figure(scene: FigureData) -> Figure | None:
    """Draw held-out digits in the first row, below them each model's reconstructions; None without any."""
    shown = [subject for subject in scene.subjects if "reconstructions" in subject.gallery]
    if not shown:
        return None
    rows = [
        ("originals", shown[0].gallery["originals"]),
        *((subject.title, subject.gallery["reconstructions"]) for subject in shown),
    ]
    said = finding(scene, "reconstruction", "nll", "reconstructs", "nats")
    left_out = scene.absent(shown)
    title = scene.finding(said, left_out) if said else scene.title("Reconstructions of held-out images", left_out)
    return rows_figure(rows, title)


@register("traversals")
def traversals_figure(scene: FigureData) -> Figure | None:
    """Draw each dimension of two walked along, the other at its median, from the stored manifolds; None without."""
    rows: list[tuple[str, NDArray[Any]]] = []
    for subject in charted(scene):
        grid = subject.gallery["manifold"]
        middle, steps = len(grid) // 2, image_steps(len(grid))
        rows.append((f"{subject.label}, code 1", grid[middle][steps]))
        rows.append((f"{subject.label}, code 2", grid[::-1][steps, middle]))
    return rows_figure(rows, walk_title(scene, rows, "One code walked along")) if rows else None


@register("manifold")
def manifold_figures(scene: FigureData) -> dict[str, Figure]:
    """Draw a manifold for each model that has one."""
    shown = charted(scene)
    stems = unique_stems([subject.label for subject in shown])
    return {stem: manifold_figure(scene, subject) for stem, subject in zip(stems, shown, strict=True)}


def manifold_figure(scene: FigureData, subject: TrialView) -> Figure:
    """Draw the digits decoded from a grid of two-dimensional codes, as one sheet."""
    grid = subject.gallery["manifold"]
    sheet = tile(grid.reshape(-1, *grid.shape[2:]), grid.shape[1], gap=0)
    height, width = (ZOOM * side for side in sheet.shape)
    figure = new_figure(width + 2 * MARGIN, TITLE + height + MARGIN)
    change = (_change(grid) + _change(grid.swapaxes(0, 1))) / 2
    said = f"Codes of {drawable_text(subject.title)} on a grid: an image differs from the next by {change:.1%} a pixel"
    add_title(figure, scene.finding(said, left_out=0))
    add_image(figure, MARGIN, TITLE, sheet)
    return figure


def charted(scene: FigureData) -> list[TrialView]:
    """List the subjects with a plane of codes."""
    return [subject for subject in scene.subjects if "manifold" in subject.gallery]


def walk_title(scene: FigureData, rows: Rows, walk: str) -> str:
    """Say which of the walks changes the image most from step to step."""
    changes = {label: _change(images) for label, images in rows}
    most = max(changes, key=lambda label: changes[label])
    shown = charted(scene)
    return scene.finding(
        f"{walk}, {drawable_text(most)} changes the image most{scene.among(shown)}: by {changes[most]:.1%} a pixel and "
        "step",
        scene.absent(shown),
    )


def _change(images: NDArray[Any]) -> float:
    """Compute the mean absolute difference of neighbours along the first axis, as a share of the range of a pixel."""
    steps = np.abs(np.diff(images.astype(np.float64), axis=0))
    return float(steps.mean() / 255) if steps.size else 0.0


def image_steps(count: int) -> NDArray[np.int_]:
    """Choose `STEPS` of so many images, the first and the last among them, or all of fewer."""
    return np.linspace(0, count - 1, min(STEPS, count)).round().astype(int)


def rows_figure(rows: Rows, title: str) -> Figure:
    """Draw rows of digits, each with its name at the left."""
    sheets = [(label, tile(images, len(images))) for label, images in rows]
    height, width = (ZOOM * side for side in sheets[0][1].shape)
    names = [wrap(drawable_text(label, MAX_NAME), NAME_LINE) for label, _ in rows]
    indent = 2 * MARGIN + CHARACTER * max(len(line) for name in names for line in name)
    figure = new_figure(max(indent + width + MARGIN, 900), TITLE + len(rows) * (height + 8) + MARGIN)
    add_title(figure, title)
    for i, (name, (_, sheet)) in enumerate(zip(names, sheets, strict=True)):
        top = TITLE + i * (height + 8)
        add_image(figure, indent, top, sheet)
        size = 8 if len(name) <= MAX_LINES else 6
        add_text(figure, indent - 12, top + height / 2, "\n".join(name), ha="right", va="center", size=size)
    return figure
