"""The default: full MNIST where it can be had, else the 5,000 digits that are always there."""

from __future__ import annotations

from dataclasses import replace

from aezoo.datasets import DATASETS, Dataset, DatasetUnavailableError, DataSources, load_from

NOTE = "full MNIST could not be had, so these are the 5,000 digits of mnist-5k; --dataset mnist says why"


@DATASETS.register("auto", summary="mnist if it can be had, else mnist-5k, saying so", judge=None)
def load(source: DataSources) -> Dataset:
    """Return MNIST, or MNIST-5k with a note; a file that the user named and that cannot be trusted is an error."""
    try:
        return load_from("mnist", source)
    except DatasetUnavailableError:
        found = load_from("mnist-5k", source)
        return replace(found, note=f"{NOTE}; {found.note}")
