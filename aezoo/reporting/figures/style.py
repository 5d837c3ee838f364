"""The one style of all figures: colours, line styles and markers that are told apart without colour too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import Any

from matplotlib import style

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#000000")
"""Okabe and Ito's colours without the yellow, which white paper swallows."""

CLASS_COLOURS = (*PALETTE, "#882255", "#808000", "#808080")
"""One for each of ten classes; a class is also drawn as its own sign."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*", "h")


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw with the package's style file, whatever the user's own settings."""
    with as_file(files(__package__) / "aezoo.mplstyle") as path, style.context(["default", str(path)]):
        yield


def series_style(index: int) -> dict[str, Any]:
    """Give colour and marker of the series of this number; 77 series have no pair in common."""
    return {"color": line_colour(index), "marker": MARKERS[index % len(MARKERS)]}


def line_colour(index: int) -> str:
    """Give the colour of the series of this number, counted from 0."""
    return PALETTE[index % len(PALETTE)]


def digit_marker(name: object) -> str:
    """Give the marker of a class: its own first sign where that is a letter or digit, else a dot."""
    first = str(name)[:1]
    return f"${first}$" if first.isascii() and first.isalnum() else "o"
