"""Registry of figures: a module of this package that decorates a function with `figure` adds one."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TypeVar

from matplotlib.figure import Figure

from aezoo.reporting.figures.selection import FigureData

Drawn = Figure | Sequence[Figure] | Mapping[str, Figure] | None
"""One figure, pages, figures by the ends of their names, or None where there is nothing to show."""

Maker = Callable[[FigureData], Drawn]

Registered = TypeVar("Registered", bound=Maker)

FIGURES: dict[str, Maker] = {}


def figure(name: str) -> Callable[[Registered], Registered]:
    """Register a function that draws a scene, under the file name that its figure gets."""

    def register(make: Registered) -> Registered:
        FIGURES[name] = make
        return make

    return register


def registered_figures() -> dict[str, Maker]:
    """Import every module of the package, and return the registered figures in the order of their names."""
    package = import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__, f"{__package__}."):
        import_module(module.name)
    return dict(sorted(FIGURES.items()))


def draw_scene(scene: FigureData) -> Iterator[tuple[str, Figure]]:
    """Draw every figure of a scene that has something to show, each with its file name: pages are ``name-2`` and on."""
    for name, make in registered_figures().items():
        drawn = make(scene)
        if isinstance(drawn, Figure):
            yield name, drawn
        elif isinstance(drawn, Mapping):
            yield from ((f"{name}-{end}", each) for end, each in drawn.items())
        elif drawn is not None:
            yield from ((name if i == 1 else f"{name}-{i}", each) for i, each in enumerate(drawn, start=1))


def is_figure_name(stem: str) -> bool:
    """Tell a file name that a figure of this package may have."""
    names = "|".join(map(re.escape, registered_figures()))
    return re.fullmatch(rf"(?:{names})(?:-\d+)?|manifold-.+", stem) is not None
