"""The command `sample`: images that a trained model generates."""

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
    n: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 64,
    sampler: Annotated[str, typer.Option(help="A registered sampler; without it prior, or standard-normal.")] = "",
    seed: TrainedSeed = None,
    draw: Annotated[int, typer.Option(min=0, help="Seed of the codes.")] = 0,
    settings: SetOptions = None,
    data_file: DataFile = None,
    out: OutputFolder = None,
) -> None:
    """Generate images from a trained model: a sheet as PNG, and an array as npz."""
    from aezoo.engines.threads import quiet_stderr

    with quiet_stderr():
        from aezoo.trained import generate
        from aezoo.trained.load import load_trained

        trained = load_trained(folder, model, seed, read_settings(settings))
    images = generate.sample(trained.model, trained.load_data(data_file), n, sampler, draw)
    for path in generate.write_images(
        images, min(n, 16), (out or folder / "generated") / trained.stem(f"samples-{sampler}" if sampler else "samples")
    ):
        print(path)
