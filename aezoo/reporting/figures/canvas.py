"""Drawing surfaces measured in pixels, so that a pixel of a digit is a whole number of pixels of the figure."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from aezoo.reporting.formats.escaping import to_single_line

DPI = 150
DIGIT = 28
GAP = 1
ZOOM = 2
MARGIN = 24
TITLE = 64
CAPTION = 40
MAX_TEXT = 40
TITLE_CHARACTER = 12.5
TITLE_SIZES = ((10, TITLE_CHARACTER), (8, 10), (7, 8.8))
"""Size, and pixels of a character, of a title of one line, of two and of three."""
COLOURS = 256

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


def add_title(figure: Figure, text: str) -> None:
    """Add the title of a figure, wrapped to its width: the smaller, the more lines it takes."""
    across = figure.get_size_inches()[0] * DPI
    room = across - 2 * MARGIN
    tried = [(size, wrap(text, max(20, int(room / character)))) for size, character in TITLE_SIZES]
    fitting = [(size, lines) for count, (size, lines) in enumerate(tried, start=1) if len(lines) <= count]
    size, lines = (fitting or tried[-1:])[0]
    add_text(figure, MARGIN, TITLE / 2, "\n".join(lines[: len(TITLE_SIZES)]), va="center", size=size)


def add_image(figure: Figure, left: float, top: float, image: Bytes) -> None:
    """Add a grey image at `ZOOM` pixels per pixel."""
    height, width = image.shape
    panel = add_panel(figure, left, top, width * ZOOM, height * ZOOM)
    panel.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="none", aspect="auto")
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


def drawable_text(text: str, longest: int = MAX_TEXT) -> str:
    """Reduce text to one line of at most `longest` signs, with '?' for what the font cannot draw."""
    drawn = "".join(c if ord(c) in _drawable() else "?" for c in to_single_line(text))
    return drawn if len(drawn) <= longest else f"{drawn[: longest - 1]}…"


def grid_shape(count: int, columns: int) -> tuple[int, int]:
    """Give the rows and columns for `count` panels, at most `columns` wide."""
    return -(-count // columns), min(count, columns)


def to_png(figure: Figure) -> bytes:
    """Write a figure as PNG without dates or version numbers: equal figures are equal bytes."""
    return _png(figure, compress_level=6)  # the hardest compression takes five times as long to save a hundredth


def to_small_png(figure: Figure) -> bytes:
    """Write a figure as PNG of at most 256 colours, to publish: a third of the size, and equal bytes too."""
    with Image.open(BytesIO(_png(figure, compress_level=1))) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = BytesIO()
    few.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def _png(figure: Figure, compress_level: int) -> bytes:
    buffer = BytesIO()
    options = {"compress_level": compress_level}
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None}, pil_kwargs=options)
    return buffer.getvalue()


def to_svg(figure: Figure) -> bytes:
    """Write a figure as SVG without dates or version numbers: equal figures are equal bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="svg", dpi=DPI, metadata={"Date": None, "Creator": None})
    return re.sub(rb"\n +", b"\n", buffer.getvalue())  # the indent of a chart is a twelfth of the file


@cache
def _drawable() -> frozenset[int]:
    path = font_manager.findfont("DejaVu Sans")
    return frozenset(font_manager.get_font(path).get_charmap())
