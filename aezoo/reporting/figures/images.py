"""Figures made of digits: reconstructions, samples, manifolds."""

from __future__ import annotations

from math import isqrt
from typing import Any

from matplotlib.figure import Figure
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import (
    CAPTION,
    MARGIN,
    TITLE,
    ZOOM,
    add_image,
    add_text,
    drawable_text,
    grid_shape,
    new_figure,
    tile,
)
from aezoo.reporting.figures.selection import FigureData, TrialView

SHEETS_ACROSS = 4
SAMPLES_ACROSS = 8
CHARACTER = 11


def reconstructions_figure(scene: FigureData) -> Figure | None:
    """Draw held-out digits in the first row, below them each model's reconstructions; None without any."""
    shown = [subject for subject in scene.subjects if "reconstructions" in subject.gallery]
    if not shown:
        return None
    originals = shown[0].gallery["originals"]
    rows = [("originals", originals), *((s.title, s.gallery["reconstructions"]) for s in shown)]
    sheets = [(label, tile(images, len(originals))) for label, images in rows]
    height, width = (ZOOM * side for side in sheets[0][1].shape)
    indent = 2 * MARGIN + CHARACTER * max(len(drawable_text(label)) for label, _ in rows)
    figure = new_figure(max(indent + width + MARGIN, 900), TITLE + len(rows) * (height + 8) + MARGIN)
    add_text(figure, MARGIN, TITLE / 2, scene.title("Reconstructions of held-out digits"), va="center", size=10)
    for i, (label, sheet) in enumerate(sheets):
        top = TITLE + i * (height + 8)
        add_image(figure, indent, top, sheet)
        add_text(figure, indent - 12, top + height / 2, drawable_text(label), ha="right", va="center", size=8)
    return figure


def samples_figure(scene: FigureData) -> Figure | None:
    """Draw a sheet of generated digits per model and sampler, real ones (the oracle's) first; None without any."""
    sheets = _sheets(scene)
    if not sheets:
        return None
    height, width = (ZOOM * max(sides) for sides in zip(*(sheet.shape for _, sheet in sheets), strict=True))
    rows, columns = grid_shape(len(sheets), SHEETS_ACROSS)
    step_across, step_down = width + MARGIN, height + CAPTION + MARGIN
    figure = new_figure(columns * step_across + MARGIN, TITLE + rows * step_down)
    add_text(figure, MARGIN, TITLE / 2, scene.title("Samples"), va="center", size=10)
    for i, (label, sheet) in enumerate(sheets):
        left, top = MARGIN + (i % columns) * step_across, TITLE + (i // columns) * step_down
        add_text(figure, left, top + CAPTION / 2, label, va="center", size=8)
        add_image(figure, left, top + CAPTION, sheet)
    return figure


def manifold_figure(scene: FigureData, subject: TrialView) -> Figure:
    """Draw the digits decoded from a grid of two-dimensional codes, as one sheet."""
    grid = subject.gallery["manifold"]
    sheet = tile(grid.reshape(-1, *grid.shape[2:]), grid.shape[1], gap=0)
    height, width = (ZOOM * side for side in sheet.shape)
    figure = new_figure(width + 2 * MARGIN, TITLE + height + MARGIN)
    title = f"Decoded codes on a {grid.shape[0]} x {grid.shape[1]} grid, {drawable_text(subject.title)}"
    add_text(figure, MARGIN, TITLE / 2, scene.title(title), va="center", size=10)
    add_image(figure, MARGIN, TITLE, sheet)
    return figure


def _sheets(scene: FigureData) -> list[tuple[str, NDArray[Any]]]:
    """Make a caption and a sheet for each sampler of each trial, the oracle's first."""
    ordered = sorted(scene.subjects, key=lambda subject: subject.role != "oracle")
    return [
        (_caption(subject, name.removeprefix("samples/")), _sheet(images, SAMPLES_ACROSS))
        for subject in ordered
        for name, images in sorted(subject.gallery.items())
        if name.startswith("samples/") and len(images)
    ]


def _caption(subject: TrialView, sampler: str) -> str:
    real = "real digits, held out" if subject.role == "oracle" else f"{subject.title}, {sampler}"
    return drawable_text(real)


def _sheet(images: NDArray[Any], across: int) -> NDArray[Any]:
    """Tile the first images that fill a square of at most `across` x `across`."""
    side = min(across, isqrt(len(images))) or 1
    return tile(images[: side * side], side)
