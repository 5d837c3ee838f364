"""Figures from records and galleries: reconstructions, samples, codes, training and rate-distortion curves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from aezoo.analysis.frames import Record
from aezoo.errors import ResultsError
from aezoo.reporting.figures.canvas import to_png, to_svg
from aezoo.reporting.figures.names import file_stem
from aezoo.reporting.figures.registry import draw_scene, is_figure_name
from aezoo.reporting.figures.selection import GalleryOf, figure_data
from aezoo.reporting.figures.style import figure_style
from aezoo.reporting.writer import write_file

__all__ = ["write_figures"]

SCENE_FOLDER = re.compile(r".+-latent\d+-epochs\d+-[0-9a-f]{1,6}")
"""The name of a scene, as a folder."""


def write_figures(records: Iterable[Record], gallery: GalleryOf, folder: Path) -> list[Path]:
    """Write the figures that have something to show into `folder`, as PNG and SVG; return their paths.

    Pictures, curves and maps show the first finished seed of each model, charts of scores the means over seeds.
    Several data sets or protocols get a folder each. Equal records and galleries give equal bytes. Figures of these
    names that are not drawn any more are removed, and no other file.

    Args:
        records: records, in any order.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        folder: where to write, usually ``figures`` of a results folder.

    Raises:
        ResultsError: the folder cannot be written.
    """
    scenes = figure_data(records, gallery)
    paths: list[Path] = []
    for scene in scenes:
        scene_folder = folder if len(scenes) == 1 else folder / file_stem(scene.name)
        with figure_style():
            for name, figure in draw_scene(scene):
                paths.append(write_file(scene_folder / f"{name}.png", [to_png(figure)]))
                paths.append(write_file(scene_folder / f"{name}.svg", [to_svg(figure)]))
    _remove_stale(folder, paths)
    return paths


def _remove_stale(folder: Path, kept: Sequence[Path]) -> None:
    """Remove the figures of an earlier run in `folder`, and what is then empty of the folders that it made."""
    if not folder.is_dir():
        return
    own = [path for path in folder.iterdir() if SCENE_FOLDER.fullmatch(path.name) and path.is_dir()]
    try:
        for drawn in [folder, *(path for path in own if not path.is_symlink())]:
            for path in {*drawn.glob("*.png"), *drawn.glob("*.svg")} - set(kept):
                if is_figure_name(path.stem) and path.is_file():
                    path.unlink()
            if drawn != folder and not any(drawn.iterdir()):
                drawn.rmdir()
    except OSError as error:
        raise ResultsError(
            f"cannot remove figures of an earlier run from {folder}: {error.strerror or error}; make it writable"
        ) from error
