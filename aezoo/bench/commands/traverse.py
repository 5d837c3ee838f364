"""The command `traverse`: decoded codes with one dimension moved at a time."""

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
    steps: Annotated[int, typer.Option(min=2, max=1_000, help="Images of a dimension.")] = 11,
    seed: TrainedSeed = None,
    draw: Annotated[int, typer.Option(min=0, help="Seed of the choice of the image.")] = 0,
    settings: SetOptions = None,
    data_file: DataFile = None,
    out: OutputFolder = None,
) -> None:
    """Move the code of a held-out digit along each of its dimensions and decode it: PNG and npz."""
    from aezoo.engines.threads import quiet_stderr

    with quiet_stderr():
        from aezoo.trained import generate
        from aezoo.trained.load import load_trained

        trained = load_trained(folder, model, seed, read_settings(settings))
    images = generate.traverse(trained.model, trained.load_data(data_file), steps, draw)
    for path in generate.write_images(images, steps, (out or folder / "generated") / trained.stem("traversals")):
        print(path)
