"""The command `sample`: images that a trained model generates."""

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
    n: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 64,
    sampler: Annotated[str, typer.Option(help="A registered sampler; else the own of the model.")] = "",
    nearest: Annotated[
        bool, typer.Option("--nearest", help="Below each the training image nearest to it by pixels.")
    ] = False,
    seed: TrainedSeed = None,
    draw: Annotated[int, typer.Option(min=0, help="Seed of the codes.")] = 0,
    settings: SetOptions = None,
    data_file: DataFile = None,
    out: OutputFolder = None,
) -> None:
    """Generate images from a trained model: a sheet as PNG, and an array as npz."""

    def make(model: Model, dataset: Dataset) -> Images:
        from aezoo.trained.generate import sample

        return sample(model, dataset, n, sampler, draw)

    name = f"samples-{sampler}" if sampler else "samples"
    name = f"{name}-nearest" if nearest else name
    TrainedImages(folder, model, seed, settings, data_file, out).write(name, min(n, 16), make, nearest)
