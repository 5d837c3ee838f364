"""The command `traverse`: decoded codes with one dimension moved at a time."""

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
    steps: Annotated[int, typer.Option(min=2, max=1_000, help="Images of a dimension.")] = 11,
    figure: Annotated[
        bool, typer.Option("--figure", help="A labelled figure instead, the most active dimensions first.")
    ] = False,
    seed: TrainedSeed = None,
    draw: Annotated[int, typer.Option(min=0, help="Seed of the choice of the image.")] = 0,
    settings: SetOptions = None,
    data_file: DataFile = None,
    out: OutputFolder = None,
) -> None:
    """Move the code of a held-out digit along each of its dimensions and decode it: PNG and npz."""

    def make(model: Model, dataset: Dataset) -> Images:
        from aezoo.trained.generate import traverse

        return traverse(model, dataset, steps, draw)

    images = TrainedImages(folder, model, seed, settings, data_file, out)
    if figure:
        images.write_traversals()
    else:
        images.write("traversals", steps, make)
