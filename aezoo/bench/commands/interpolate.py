"""The command `interpolate`: decoded straight lines between the codes of two digits."""

from __future__ import annotations

from typing import Annotated

import typer

from aezoo.bench.commands.choices import (
    DataFile,
    Folder,
    OutputFolder,
    SetOptions,
    TrainedName,
    TrainedSeed,
    read_settings,
)


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
    from aezoo.engines.threads import quiet_stderr

    with quiet_stderr():
        from aezoo.trained import generate
        from aezoo.trained.load import load_trained

        trained = load_trained(folder, model, seed, read_settings(settings))
    images = generate.interpolate(trained.model, trained.load_data(data_file), n, steps, draw)
    for path in generate.write_images(images, steps, (out or folder / "generated") / trained.stem("interpolations")):
        print(path)
