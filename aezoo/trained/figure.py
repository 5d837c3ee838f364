"""Figure of a trained model: its code walked along, a row for each dimension."""

from __future__ import annotations

from pathlib import Path

from aezoo.datasets import Dataset
from aezoo.errors import UsageError
from aezoo.evaluation.gallery import MAP_POINTS
from aezoo.evaluation.inference import encode
from aezoo.evaluation.model_inputs import rows
from aezoo.evaluation.traversal import MAX_DIMENSIONS, traversal_gallery
from aezoo.reporting.figures import save_figures
from aezoo.reporting.figures.dimensions import dimensions_figures
from aezoo.reporting.figures.selection import figure_data
from aezoo.trained.generate import continuous
from aezoo.trained.load import TrainedModel


def write_traversals(trained: TrainedModel, dataset: Dataset, folder: Path) -> list[Path]:
    """Write the figure `dimensions` of one trained model into `folder`, PNG and SVG; return the paths.

    Raises:
        UsageError: its code has two dimensions, or more than 128, or is of symbols, or it has no encoder.
        ResultsError: the folder cannot be written.
    """
    codes = encode(continuous(trained.model), rows(trained.model, dataset.held_out)[:MAP_POINTS])
    gallery = traversal_gallery(trained.model, codes)
    if not gallery:
        raise UsageError(
            f"the code of {trained.record['label']} has {codes.shape[1]} dimensions; the figure shows 1, or 3 to "
            f"{MAX_DIMENSIONS}, leave --figure out"
        )
    (scene,) = figure_data([trained.record], lambda record: gallery)
    return save_figures(((trained.stem("dimensions"), page) for page in dimensions_figures(scene)), folder)
