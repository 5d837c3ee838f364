"""Interpolations: what a decoder makes of the way from one held-out image to another, in codes of any size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import DIGIT, drawable_text
from aezoo.reporting.figures.findings import finding
from aezoo.reporting.figures.images import charted, image_steps, rows_figure, walk_title
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView, paged

ON_PAGE = 12
BETWEEN = 1
"""White images between the lines of a row."""
WHITE = 255
LINES = "Lines between the codes of held-out images"


@register("interpolations")
def interpolations_figures(scene: FigureData) -> list[Figure]:
    """Draw straight lines between codes of held-out images of different classes, twelve models a page.

    The first row has the images themselves at the ends of each line. Galleries of before there were such lines have a
    plane of codes at best: its diagonals are drawn.
    """
    shown = [subject for subject in scene.subjects if "interpolations" in subject.gallery]
    if not shown:
        return _diagonals(scene)
    said, left_out = _finding(scene, shown), scene.absent(shown)
    ends = ("held-out images", _side_by_side(_ends_alone(shown[0])))
    rows = [(subject.title, _side_by_side(subject.gallery["interpolations"])) for subject in shown]
    return [
        rows_figure([ends, *some], scene.finding(said, left_out, page) if said else scene.title(LINES, left_out, page))
        for page, some in paged(rows, ON_PAGE)
    ]


def _diagonals(scene: FigureData) -> list[Figure]:
    rows: list[tuple[str, NDArray[np.uint8]]] = []
    for subject in charted(scene):
        grid = subject.gallery["manifold"]
        steps = image_steps(len(grid))
        rows.append((f"{subject.label}, falling", grid[steps, steps]))
        rows.append((f"{subject.label}, rising", grid[::-1][steps, steps]))
    return [rows_figure(rows, walk_title(scene, rows, "From corner to corner"))] if rows else []


def _finding(scene: FigureData, shown: Sequence[TrialView]) -> str | None:
    """Say whose images on the way the judge reads best, by the score of all seeds; without, who changes most evenly.

    Of a single model, and where most have no lines, there is nothing to say.
    """
    said = finding(scene, "latent", "interpolation_confidence", "keeps images between two digits readable")
    if said or len(shown) < 2 or scene.absent(shown) > len(scene.models) / 2:
        return said
    evenest = min(shown, key=largest_step)
    return (
        f"Between held-out images, {drawable_text(evenest.label)} changes most evenly{scene.among(shown)}: the largest "
        f"step of a line makes {largest_step(evenest):.0%} of its change, on average"
    )


def largest_step(subject: TrialView) -> float:
    """Compute the share that the largest step of a line has of all its change, the mean over lines."""
    images = np.asarray(subject.gallery["interpolations"], np.float64)
    steps = np.abs(np.diff(images, axis=1)).mean(axis=(2, 3))
    totals = steps.sum(axis=1)
    return float((steps.max(axis=1) / np.where(totals > 0, totals, 1)).mean())


def _ends_alone(subject: TrialView) -> NDArray[np.uint8]:
    """Make lines (n, steps, 28, 28) with nothing but the original images at their ends."""
    lines = np.full_like(subject.gallery["interpolations"], WHITE)
    originals = subject.gallery["originals"]
    lines[:, 0], lines[:, -1] = originals[0 : 2 * len(lines) : 2], originals[1 : 2 * len(lines) : 2]
    return lines


def _side_by_side(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put lines (n, steps, 28, 28) into one row of images, with room between them."""
    room = np.full((BETWEEN, DIGIT, DIGIT), WHITE, np.uint8)
    return np.concatenate([part for line in lines for part in (room, line)][1:])
