"""Registry of figures: a module of this package that decorates a function with `figure` adds one."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TypeVar

from matplotlib.figure import Figure

from aezoo.errors import UnknownNameError
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


def draw_scene(scene: FigureData, only: Collection[str] = ()) -> Iterator[tuple[str, Figure]]:
    """Draw every figure of a scene that has something to show, each with its file name: pages are ``name-2`` and on.

    Args:
        scene: what to draw.
        only: names of those to draw; all, unless there are any.
    """
    for name, make in registered_figures().items():
        drawn = make(scene) if not only or name in only else None
        if isinstance(drawn, Figure):
            yield name, drawn
        elif isinstance(drawn, Mapping):
            yield from ((f"{name}-{end}", each) for end, each in drawn.items())
        elif drawn is not None:
            yield from ((name if i == 1 else f"{name}-{i}", each) for i, each in enumerate(drawn, start=1))


def check_figures(only: Iterable[str], files: Iterable[str] = ()) -> None:
    """Raise `UnknownNameError` for a name that no figure has, and for one of a file that no figure may have."""
    known = registered_figures()
    unknown = [name for name in only if name not in known] + [name for name in files if not is_figure_name(name)]
    if unknown:
        raise UnknownNameError("figure", unknown[0], known)


def is_figure_name(stem: str, only: Collection[str] = ()) -> bool:
    """Tell a file name that a figure of this package may have; `only` as in `draw_scene`."""
    names = "|".join(re.escape(name) for name in registered_figures() if not only or name in only)
    manifolds = "|manifold-.+" if not only or "manifold" in only else ""
    return re.fullmatch(rf"(?:{names})(?:-\d+)?{manifolds}", stem) is not None
