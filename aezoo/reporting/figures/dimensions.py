"""Traversals of codes of more than two dimensions: a row for each, the most active first."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from matplotlib.figure import Figure

from aezoo.reporting.figures.canvas import (
    DIGIT,
    GAP,
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
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView, paged

ACROSS = 3
NAMES = 110
LINE, CHARACTER = 24, 11
MAX_NAME = 300
NOTICEABLE = 0.02
"""Change along a traversal, mean over pixels, from which on a dimension counts as used."""


@register("dimensions")
def dimensions_figures(scene: FigureData) -> list[Figure]:
    """Draw the code of a held-out digit with one dimension moved at a time, three models a page.

    Of many dimensions those that change the image most are drawn, and the caption says of how many.
    """
    shown = [
        subject for subject in scene.subjects if "traversals" in subject.gallery and len(subject.gallery["activity"])
    ]
    if not shown:
        return []
    said, left_out = _finding(shown), scene.absent(shown)
    return [_page(subjects, scene.finding(said, left_out, page)) for page, subjects in paged(shown, ACROSS)]


def active_dimensions(subject: TrialView) -> int:
    """Count the dimensions whose traversal changes pixels by `NOTICEABLE` or more."""
    return int((np.asarray(subject.gallery["activity"]) >= NOTICEABLE).sum())


def _finding(shown: Sequence[TrialView]) -> str:
    """Say who uses the fewest dimensions and who the most."""
    fewest, most = (pick(shown, key=active_dimensions) for pick in (min, max))
    lowest, d = active_dimensions(fewest), len(fewest.gallery["activity"])
    found = f"{fewest.label} uses {lowest} of {d} dimensions"
    return found if active_dimensions(most) == lowest else f"{found}, {most.label} {active_dimensions(most)}"


def _caption(subject: TrialView, width: float) -> list[str]:
    d, rows = len(subject.gallery["activity"]), len(subject.gallery["traversals"])
    used = f"{active_dimensions(subject)} of {d} change pixels by {NOTICEABLE:.0%} or more"
    chosen = f"; the {rows} most active shown" if rows < d else ""
    name = wrap(drawable_text(subject.title, MAX_NAME), int(width / CHARACTER))
    return [*name, f"{used}{chosen}"]


def _page(subjects: Sequence[TrialView], title: str) -> Figure:
    steps = max(subject.gallery["traversals"].shape[1] for subject in subjects)
    rows = max(len(subject.gallery["traversals"]) for subject in subjects)
    step = ZOOM * (DIGIT + GAP)
    across = NAMES + steps * step
    captions = [_caption(subject, steps * step) for subject in subjects]
    above = TITLE + LINE * max(map(len, captions)) + MARGIN / 2
    width, height = len(subjects) * (across + MARGIN) + MARGIN, above + rows * step + LINE + MARGIN
    figure = new_figure(max(round(width), 900), round(height))
    add_title(figure, title)
    for i, (subject, lines) in enumerate(zip(subjects, captions, strict=True)):
        left = MARGIN + i * (across + MARGIN) + NAMES
        name, used = "\n".join(lines[:-1]), lines[-1]
        add_text(figure, left, above - MARGIN / 2 - LINE, name, va="bottom", size=8, weight="bold")
        add_text(figure, left, above - MARGIN / 2, used, va="bottom", size=8)
        images = subject.gallery["traversals"]
        add_image(figure, left, above, tile(images.reshape(-1, DIGIT, DIGIT), images.shape[1]))
        for row, dimension in enumerate(subject.gallery["traversed"]):
            middle = above + row * step + step / 2
            add_text(figure, left - 10, middle, f"code {int(dimension) + 1}", ha="right", va="center", size=7)
        below, right = above + len(images) * step + LINE / 2, left + images.shape[1] * step
        add_text(figure, left, below, "-2 standard deviations", va="center", size=7)
        add_text(figure, right, below, "+2", ha="right", va="center", size=7)
    return figure
