"""Figures from records and galleries: reconstructions, samples, codes, training and rate-distortion curves."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from aezoo.analysis.frames import Record
from aezoo.errors import ResultsError
from aezoo.reporting.figures.canvas import to_png, to_small_png, to_svg
from aezoo.reporting.figures.names import file_stem
from aezoo.reporting.figures.registry import check_figures, draw_scene, is_figure_name
from aezoo.reporting.figures.selection import FigureData, GalleryOf, figure_data
from aezoo.reporting.figures.style import figure_style
from aezoo.reporting.writer import write_file

__all__ = ["save_figures", "write_figures"]

SCENE_FOLDER = re.compile(r".+-latent\d+-epochs\d+-[0-9a-f]{1,6}")
"""The name of a scene, as a folder."""


def write_figures(
    records: Iterable[Record],
    gallery: GalleryOf,
    folder: Path,
    png_only: bool = False,
    complete: Callable[[FigureData], FigureData] = lambda scene: scene,
    svg: Collection[str] = (),
    only: Collection[str] = (),
) -> list[Path]:
    """Write the figures that have something to show into `folder`, as PNG and SVG; return their paths.

    Pictures, curves and maps show the first finished seed of each model, charts of scores the means over seeds.
    Several data sets or protocols get a folder each. Equal records and galleries give equal bytes. Figures of these
    names that are not drawn any more are removed, and no other file.

    Args:
        records: records, in any order.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        folder: where to write, usually ``figures`` of a results folder.
        png_only: write small PNG to publish and no SVG.
        complete: adds to what is drawn of a data set and protocol what records and galleries do not hold.
        svg: file names of those that are written as SVG nevertheless.
        only: names of those to draw; all, unless there are any. Files of others are left alone.

    Raises:
        ResultsError: the folder cannot be written.
        UnknownNameError: there is no such figure.
    """
    check_figures(only, svg)
    scenes = figure_data(records, gallery)
    paths: list[Path] = []
    for scene in scenes:
        scene_folder = folder if len(scenes) == 1 else folder / file_stem(scene.name)
        paths.extend(save_figures(draw_scene(complete(scene), only), scene_folder, png_only, svg))
    _remove_stale(folder, paths, only)
    return paths


def save_figures(
    figures: Iterable[tuple[str, Figure]], folder: Path, png_only: bool = False, svg: Collection[str] = ()
) -> list[Path]:
    """Draw figures in the one style and write each as PNG and SVG under its name; return the paths.

    Args:
        figures: names and figures; what is lazy is drawn in the style.
        folder: where to write.
        png_only: write PNG of 256 colours and no SVG.
        svg: file names of those that are written as SVG nevertheless.
    """
    paths: list[Path] = []
    with figure_style():
        for name, figure in figures:
            png = to_small_png(figure) if png_only else to_png(figure)
            paths.append(write_file(folder / f"{name}.png", [png]))
            if not png_only or name in svg:
                paths.append(write_file(folder / f"{name}.svg", [to_svg(figure)]))
    return paths


def _remove_stale(folder: Path, kept: Sequence[Path], only: Collection[str]) -> None:
    """Remove the figures of an earlier run in `folder`, and what is then empty of the folders that it made."""
    if not folder.is_dir():
        return
    own = [path for path in folder.iterdir() if SCENE_FOLDER.fullmatch(path.name) and path.is_dir()]
    try:
        for drawn in [folder, *(path for path in own if not path.is_symlink())]:
            for path in {*drawn.glob("*.png"), *drawn.glob("*.svg")} - set(kept):
                if is_figure_name(path.stem, only) and path.is_file():
                    path.unlink()
            if drawn != folder and not any(drawn.iterdir()):
                drawn.rmdir()
    except OSError as error:
        raise ResultsError(
            f"cannot remove figures of an earlier run from {folder}: {error.strerror or error}; make it writable"
        ) from error
