"""Samples beside their nearest training images: copies show at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from matplotlib.figure import Figure

from aezoo.reporting.figures.canvas import (
    DIGIT,
    GAP,
    MARGIN,
    TITLE,
    ZOOM,
    Bytes,
    add_image,
    add_text,
    add_title,
    drawable_text,
    grid_shape,
    new_figure,
    tile,
)
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData, TrialView, paged

PANELS = 12
ACROSS = 2
SHOWN = 10
CAPTION, LINE, BETWEEN = 40, 24, 16
STRIP = ZOOM * DIGIT + 2
MAX_NAME = 300
BESIDE, ALONE = 26, 50
"""Characters of a name beside the distance, and above it."""


@dataclass(frozen=True)
class Pairs:
    """Samples of a model, and the nearest training image of each."""

    subject: TrialView
    sampler: str
    samples: Bytes
    nearest: Bytes

    @property
    def distance(self) -> float:
        """The median Euclidean distance of a sample from its nearest training image, pixels in [0, 1]."""
        difference = (self.samples.astype(np.float64) - self.nearest) / 255
        return float(np.median(np.sqrt(np.square(difference).sum(axis=(1, 2)))))

    @property
    def name(self) -> str:
        """The model and its sampler; what samples itself is named once."""
        label = "real images, held out" if self.subject.role == "oracle" else self.subject.label
        return label if self.subject.role == "oracle" or self.sampler == label else f"{label}, {self.sampler}"


@register("nearest")
def nearest_figures(scene: FigureData) -> list[Figure]:
    """Draw the first samples of each model above the training images nearest to them by pixels.

    Pages of at most twelve panels, real digits first on each; floors and controls on pages of their own. A caption has
    the median distance as a share of that of real digits.
    """
    pairs = [found for subject in scene.subjects if (found := pairs_of(subject)) is not None]
    real = [each for each in pairs if each.subject.role == "oracle"][:1]
    others = [each for each in pairs if each.subject.role != "oracle"]
    room = PANELS - len(real)
    figures: list[Figure] = []
    for role in dict.fromkeys(each.subject.role for each in others):
        own = [each for each in others if each.subject.role == role]
        shown = [each.subject for each in own]
        among, left_out = (scene.among(shown), scene.absent(shown)) if role == "model" else ("", 0)
        said = _finding(own, real, among)
        figures.extend(
            _page([*real, *some], real, scene.finding(said, left_out, page)) for page, some in paged(own, room)
        )
    return figures


def pairs_of(subject: TrialView) -> Pairs | None:
    """Find the samples of a model that come with their nearest training images; None without."""
    for name, nearest in subject.gallery.items():
        sampler = name.removeprefix("nearest/")
        samples = subject.gallery.get(f"samples/{sampler}")
        if sampler != name and samples is not None and len(nearest):
            shown = min(len(nearest), SHOWN)
            return Pairs(subject, sampler, samples[:shown], nearest[:shown])
    return None


def _finding(pairs: Sequence[Pairs], real: Sequence[Pairs], among: str) -> str:
    """Say whose samples are the nearest to training images."""
    closest = min(pairs, key=lambda each: each.distance)
    return f"{closest.name} is nearest{among} to training images, {_distance(closest, real)}"


def _distance(pairs: Pairs, real: Sequence[Pairs]) -> str:
    if not real or not real[0].distance or pairs is real[0]:
        return f"median distance {pairs.distance:.3g}"
    return f"{pairs.distance / real[0].distance:.2f} times the distance of real images"


def _page(pairs: Sequence[Pairs], real: Sequence[Pairs], title: str) -> Figure:
    rows, columns = grid_shape(len(pairs), ACROSS)
    names = [wrap(drawable_text(each.name, MAX_NAME), ALONE) for each in pairs]
    caption = CAPTION + LINE * max(len(lines) if len("".join(lines)) > BESIDE else 0 for lines in names)
    across, down = ZOOM * (SHOWN * (DIGIT + GAP) - GAP), caption + 2 * STRIP + BETWEEN
    figure = new_figure(ACROSS * (across + MARGIN) + MARGIN, TITLE + rows * down + MARGIN)
    add_title(figure, title)
    for i, (each, lines) in enumerate(zip(pairs, names, strict=True)):
        left, top = MARGIN + (i % columns) * (across + MARGIN), TITLE + (i // columns) * down + caption
        above = LINE if len("".join(lines)) > BESIDE else 0
        add_text(figure, left, top - 8 - above, "\n".join(lines), va="bottom", size=8, weight="bold")
        add_text(figure, left + across, top - 8, _distance(each, real), va="bottom", ha="right", size=7)
        add_image(figure, left, top, tile(each.samples, SHOWN))
        add_image(figure, left, top + STRIP, tile(each.nearest, SHOWN))
    return figure
