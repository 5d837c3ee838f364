"""The command `export`: a trained model as files of plain Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aezoo.bench.commands.choices import Folder, SetOptions, TrainedName, TrainedSeed, read_settings


def command(
    folder: Folder,
    model: TrainedName,
    seed: TrainedSeed = None,
    settings: SetOptions = None,
    out: Annotated[Path | None, typer.Option(help="A folder; DIR/exported/MODEL without it.")] = None,
) -> None:
    """Export a trained model: encoder.keras and decoder.keras, which Keras opens without aezoo, and a model card."""
    from aezoo.quiet_import import quiet_stderr

    with quiet_stderr():
        from aezoo.trained.export import export
        from aezoo.trained.load import load_trained

        trained = load_trained(folder, model, seed, read_settings(settings))
    for path in export(trained, out or folder / "exported" / trained.stem()):
        print(path)
