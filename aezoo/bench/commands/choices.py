"""Choices that several commands offer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from aezoo.errors import UsageError

__all__ = [
    "DataFile",
    "Folder",
    "OutputFolder",
    "SetOptions",
    "TrainedName",
    "TrainedSeed",
    "read_settings",
]

Folder = Annotated[Path, typer.Argument(help="A results folder.")]
"""Where a command finds trained models."""
TrainedName = Annotated[str, typer.Argument(help="A model as tables show it, such as beta-vae:beta=10.")]
"""Of which trained model."""
TrainedSeed = Annotated[int | None, typer.Option("--seed", help="Of the training; the lowest without it.")]
"""Of which of its trainings."""
SetOptions = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the protocol, KEY=VALUE, or dataset=NAME, where the folder has several."),
]
"""Under which protocol, on which data set."""
DataFile = Annotated[Path | None, typer.Option(help="Where the data set is.")]
"""A data set that is not in a cache."""
OutputFolder = Annotated[Path | None, typer.Option("--out", help="A folder; DIR/generated without it.")]
"""Where to write images."""


def read_settings(texts: Sequence[str] | None) -> dict[str, Any]:
    """Read settings ``KEY=VALUE``; a value is JSON or else a word.

    Raises `UsageError` for one without ``=``, and for a key that is there twice.
    """
    settings: dict[str, Any] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--set {text!r} is not understood; write --set latent_dim=16")
        if key in settings:
            raise UsageError(f"--set {key} is given twice; give it once")
        try:
            settings[key] = json.loads(value)
        except ValueError:
            settings[key] = value
    return settings
