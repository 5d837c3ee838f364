"""Drawing surfaces measured in pixels, so that a pixel of a digit is a whole number of pixels of the figure."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aezoo.reporting.formats.escaping import to_single_line

DPI = 150
DIGIT = 28
GAP = 1
ZOOM = 2
MARGIN = 24
TITLE = 64
CAPTION = 40
MAX_TEXT = 40

Bytes = NDArray[np.uint8]


def new_figure(width: int, height: int) -> Figure:
    """Make a white figure of `width` x `height` pixels, drawn by Agg."""
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def add_panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes whose corner is `left`, `top` pixels from the figure's top left corner."""
    across, down = figure.get_size_inches() * DPI
    return figure.add_axes((left / across, 1 - (top + height) / down, width / across, height / down))


def add_text(figure: Figure, left: float, top: float, text: str, **style: Any) -> None:  # noqa: ANN401
    """Add plain text (no mathematics) at a point given in pixels from the top left corner."""
    across, down = figure.get_size_inches() * DPI
    figure.text(left / across, 1 - top / down, text, parse_math=False, **style)


def add_image(figure: Figure, left: float, top: float, image: Bytes) -> None:
    """Add a grey image at `ZOOM` pixels per pixel."""
    height, width = image.shape
    panel = add_panel(figure, left, top, width * ZOOM, height * ZOOM)
    panel.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    panel.set_axis_off()


def tile(images: NDArray[Any], columns: int, gap: int = GAP) -> Bytes:
    """Set images (n, 28, 28) side by side, `columns` in a row, with white lines of `gap` pixels between them."""
    rows = -(-len(images) // columns)
    step = DIGIT + gap
    sheet = np.full((rows * step - gap, columns * step - gap), 255, dtype=np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * step, (i % columns) * step
        sheet[top : top + DIGIT, left : left + DIGIT] = image
    return sheet


def drawable_text(text: str) -> str:
    """Reduce text to one short line, with '?' for what the font cannot draw."""
    drawn = "".join(c if ord(c) in _drawable() else "?" for c in to_single_line(text))
    return drawn if len(drawn) <= MAX_TEXT else f"{drawn[: MAX_TEXT - 1]}…"


def grid_shape(count: int, columns: int) -> tuple[int, int]:
    """Give the rows and columns for `count` panels, at most `columns` wide."""
    return -(-count // columns), min(count, columns)


def to_png(figure: Figure) -> bytes:
    """Write a figure as PNG without dates or version numbers: equal figures are equal bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None}, pil_kwargs={"optimize": True})
    return buffer.getvalue()


@cache
def _drawable() -> frozenset[int]:
    path = font_manager.findfont("DejaVu Sans")
    return frozenset(font_manager.get_font(path).get_charmap())
