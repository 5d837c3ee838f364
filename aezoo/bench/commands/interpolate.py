"""The command `interpolate`: decoded straight lines between the codes of two digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aezoo.bench.commands.choices import DataFile, Folder, OutputFolder, SetOptions, TrainedName, TrainedSeed
from aezoo.bench.trained_images import TrainedImages

if TYPE_CHECKING:
    from aezoo.datasets import Dataset
    from aezoo.models.base import Model
    from aezoo.trained.generate import Images


def command(
    folder: Folder,
    model: TrainedName,
    n: Annotated[int, typer.Option(min=1, max=1_000, help="How many lines.")] = 8,
    steps: Annotated[int, typer.Option(min=2, max=1_000, help="Images on a line, its ends included.")] = 12,
    seed: TrainedSeed = None,
    draw: Annotated[int, typer.Option(min=0, help="Seed of the choice of images.")] = 0,
    settings: SetOptions = None,
    data_file: DataFile = None,
    out: OutputFolder = None,
) -> None:
    """Decode straight lines between the codes of held-out digits of a trained model: PNG and npz."""

    def make(model: Model, dataset: Dataset) -> Images:
        from aezoo.trained.generate import interpolate

        return interpolate(model, dataset, n, steps, draw)

    TrainedImages(folder, model, seed, settings, data_file, out).write("interpolations", steps, make)
