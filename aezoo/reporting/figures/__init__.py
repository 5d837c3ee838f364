"""Figures from records and galleries: reconstructions, samples, codes, training and rate-distortion curves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from aezoo.analysis.frames import Record
from aezoo.errors import ResultsError
from aezoo.reporting.figures.canvas import to_png
from aezoo.reporting.figures.curves import curves_figure
from aezoo.reporting.figures.images import manifold_figure, reconstructions_figure, samples_figure
from aezoo.reporting.figures.latent import latent_figure
from aezoo.reporting.figures.rate_distortion import rate_distortion_figure
from aezoo.reporting.figures.selection import FigureData, GalleryOf, figure_data
from aezoo.reporting.writer import write_file

__all__ = ["write_figures"]

MAKERS = {
    "reconstructions": reconstructions_figure,
    "samples": samples_figure,
    "latent": latent_figure,
    "curves": curves_figure,
    "rate-distortion": rate_distortion_figure,
}
"""The figures of all models of a scene; `manifold_figure` draws one for each model."""

FIGURE_NAME = re.compile("|".join([*MAKERS, "manifold-.+"]))

SCENE_FOLDER = re.compile(r".+-latent\d+-epochs\d+-[0-9a-f]{1,6}")
"""The name of a scene, as a folder."""


def write_figures(records: Iterable[Record], gallery: GalleryOf, folder: Path) -> list[Path]:
    """Write the figures that have something to show into `folder`, as PNG; return their paths.

    ``reconstructions.png``, ``samples.png``, ``latent.png``, ``curves.png``, ``rate-distortion.png`` and
    ``manifold-<model>.png`` show the first finished seed of each model. Several data sets or protocols get a folder
    each. Equal records and galleries give equal bytes. Figures of these names that are not drawn any more are removed,
    and no other file.

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
        with style.context("default"):
            paths.extend(write_file(scene_folder / f"{name}.png", [to_png(figure)]) for name, figure in _figures(scene))
    _remove_stale(folder, paths)
    return paths


def _remove_stale(folder: Path, kept: Sequence[Path]) -> None:
    """Remove the figures of an earlier run in `folder`, and what is then empty of the folders that it made."""
    if not folder.is_dir():
        return
    own = [path for path in folder.iterdir() if SCENE_FOLDER.fullmatch(path.name) and path.is_dir()]
    try:
        for drawn in [folder, *(path for path in own if not path.is_symlink())]:
            for path in set(drawn.glob("*.png")) - set(kept):
                if FIGURE_NAME.fullmatch(path.stem) and path.is_file():
                    path.unlink()
            if drawn != folder and not any(drawn.iterdir()):
                drawn.rmdir()
    except OSError as error:
        raise ResultsError(
            f"cannot remove figures of an earlier run from {folder}: {error.strerror or error}; make it writable"
        ) from error


def _figures(scene: FigureData) -> Iterator[tuple[str, Figure]]:
    for name, make in MAKERS.items():
        figure = make(scene)
        if figure is not None:
            yield name, figure
    charted = [subject for subject in scene.subjects if "manifold" in subject.gallery]
    for stem, subject in zip(unique_stems([subject.label for subject in charted]), charted, strict=True):
        yield f"manifold-{stem}", manifold_figure(scene, subject)


def unique_stems(labels: Sequence[str]) -> list[str]:
    """Make a file name for each label, numbered where two labels would share one."""
    stems: list[str] = []
    for label in labels:
        stem, count = file_stem(label), 2
        while stem in stems:
            stem, count = f"{file_stem(label)}-{count}", count + 1
        stems.append(stem)
    return stems


def file_stem(label: str) -> str:
    """Reduce a label to letters, digits, '.', '_' and '-': safe as a file name on any system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-.")[:80] or "unnamed"
