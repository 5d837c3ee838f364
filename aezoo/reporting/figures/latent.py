"""The latent map: the codes of held-out digits in each model's code space."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aezoo.reporting.figures.canvas import (
    CAPTION,
    MARGIN,
    TITLE,
    add_panel,
    add_title,
    drawable_text,
    grid_shape,
    new_figure,
)
from aezoo.reporting.figures.findings import finding
from aezoo.reporting.figures.registry import figure as register
from aezoo.reporting.figures.selection import FigureData
from aezoo.reporting.figures.style import CLASS_COLOURS, digit_marker

MAPS_ACROSS = 3
MAP = 520
AXIS = 70
LEGEND = 110


@register("latent")
def latent_figure(scene: FigureData) -> Figure | None:
    """Draw a map per model, a colour per class; None without any codes.

    Codes of more than two dimensions are shown by their first two principal components, and the map says so.
    """
    shown = [subject for subject in scene.subjects if "latent" in subject.gallery]
    if not shown:
        return None
    rows, columns = grid_shape(len(shown), MAPS_ACROSS)
    step_across, step_down = AXIS + MAP + MARGIN, CAPTION + MAP + AXIS
    width, height = columns * step_across + LEGEND, TITLE + rows * step_down
    figure = new_figure(max(width, 900), height)
    said = finding(scene, "latent", "knn_accuracy", "keeps the classes apart")
    left_out = scene.absent(shown)
    add_title(figure, scene.finding(said, left_out) if said else scene.title("Codes of held-out images", left_out))
    classes = np.unique(np.concatenate([subject.gallery["latent_labels"] for subject in shown]))
    for i, subject in enumerate(shown):
        left, top = (i % columns) * step_across + AXIS, TITLE + (i // columns) * step_down + CAPTION
        panel = add_panel(figure, left, top, MAP, MAP)
        _draw_map(panel, subject.gallery["latent"], subject.gallery["latent_labels"], classes)
        panel.set_title(drawable_text(subject.title), size=9, parse_math=False)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    anchor = (columns * step_across / max(width, 900), 1 - (TITLE + CAPTION) / height)
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=anchor, fontsize=8, markerscale=2)
    return figure


def _draw_map(panel: Axes, latent: NDArray[Any], labels: NDArray[Any], classes: NDArray[Any]) -> None:
    across, up, names = project(latent.astype(np.float64), labels)
    for i, name in enumerate(classes):
        chosen = labels == name
        style: dict[str, Any] = {
            "color": CLASS_COLOURS[i % len(CLASS_COLOURS)],
            "marker": digit_marker(name),
            "linewidths": 0,
        }
        # 2,000 signs as shapes would make the SVG a megabyte.
        panel.scatter(across[chosen], up[chosen], s=13, alpha=0.8, label=str(name), rasterized=True, **style)
    panel.set_xlabel(names[0], size=8)
    panel.set_ylabel(names[1], size=8, labelpad=1)
    panel.tick_params(labelsize=7)


def project(
    codes: NDArray[np.float64], labels: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, str]]:
    """Give two coordinates for codes (n, d), each (n,), and their names.

    Two dimensions are shown as they are; more by their first two principal components; one against the class.
    """
    if codes.shape[1] == 1:
        return codes[:, 0], labels.astype(np.float64), ("code 1", "class")
    if codes.shape[1] == 2:
        return codes[:, 0], codes[:, 1], ("code 1", "code 2")
    centred = codes - codes.mean(axis=0)
    components = np.linalg.svd(centred, full_matrices=False)[2][:2]
    components *= np.sign(components[np.arange(2), np.abs(components).argmax(axis=1)])[:, np.newaxis]
    across, up = components @ centred.T
    return across, up, (f"principal component 1 of {codes.shape[1]}", "principal component 2")
