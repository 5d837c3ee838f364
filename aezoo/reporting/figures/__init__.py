"""Figures from records and galleries: what models reconstruct, generate and encode, and how they learned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from matplotlib import style
from matplotlib.figure import Figure

from aezoo.analysis.frames import Record
from aezoo.reporting.figures.canvas import to_png
from aezoo.reporting.figures.curves import curves_figure
from aezoo.reporting.figures.images import manifold_figure, reconstructions_figure, samples_figure
from aezoo.reporting.figures.latent import latent_figure
from aezoo.reporting.figures.selection import FigureData, GalleryOf, figure_data
from aezoo.reporting.writer import write_file

__all__ = ["write_figures"]


def write_figures(records: Iterable[Record], gallery: GalleryOf, folder: Path) -> list[Path]:
    """Write the figures that have something to show into `folder`, as PNG; returns their paths.

    ``reconstructions.png``, ``samples.png``, ``latent.png``, ``curves.png`` and ``manifold-<model>.png`` show the
    first finished seed of each model. Several data sets or protocols get a folder each. Equal records and
    galleries give equal bytes.

    Args:
        records: records, in any order.
        gallery: the arrays kept for the figures of a record, by name; empty where there are none.
        folder: where to write, usually ``figures`` of a results folder.

    Raises:
        ResultsError: the folder cannot be written.
    """
    found = figure_data(records, gallery)
    paths: list[Path] = []
    for scene in found:
        place = folder if len(found) == 1 else folder / file_stem(scene.name)
        with style.context("default"):
            paths.extend(write_file(place / f"{name}.png", [to_png(figure)]) for name, figure in _figures(scene))
    return paths


def _figures(scene: FigureData) -> Iterator[tuple[str, Figure]]:
    makers = (
        ("reconstructions", reconstructions_figure),
        ("samples", samples_figure),
        ("latent", latent_figure),
        ("curves", curves_figure),
    )
    for name, make in makers:
        figure = make(scene)
        if figure is not None:
            yield name, figure
    charted = [subject for subject in scene.subjects if "manifold" in subject.gallery]
    for stem, subject in zip(unique_stems([subject.label for subject in charted]), charted, strict=True):
        yield f"manifold-{stem}", manifold_figure(scene, subject)


def unique_stems(labels: Sequence[str]) -> list[str]:
    """A file name for each label, numbered where two labels would share one."""
    stems: list[str] = []
    for label in labels:
        stem, count = file_stem(label), 2
        while stem in stems:
            stem, count = f"{file_stem(label)}-{count}", count + 1
        stems.append(stem)
    return stems


def file_stem(label: str) -> str:
    """`label` with letters, digits, '.', '_' and '-' only: safe as a file name on any system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-.")[:80] or "unnamed"
