"""Data sets: images of 0 to 255, labels, named splits, and a fingerprint of the decoded arrays.

A data set is one file in this package: a function registered with

    @DATASETS.register("name", summary="...", judge="mnist")
    def load(source: DataSources) -> LoadedArrays: ...

that finds and decodes the arrays. Splitting, checking and fingerprinting are the same for all (`splits.py`).
Without `judge`, the data set has none, and sample metrics look at PCA and pixel features only. Where the factors of
variation are known, the splits hold them, and codes are asked for disentanglement (`sprites.py`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_path

from aezoo.datasets.base import (
    Dataset,
    DatasetEntry,
    DatasetUnavailableError,
    DatasetWarning,
    DataSources,
    Factor,
    LoadedArrays,
    Split,
)
from aezoo.datasets.splits import split_arrays
from aezoo.registry import Registry

__all__ = [
    "DATASETS",
    "DataSources",
    "Dataset",
    "DatasetEntry",
    "DatasetUnavailableError",
    "DatasetWarning",
    "Factor",
    "LoadedArrays",
    "Split",
    "load_dataset",
]


def _build(
    name: str,
    load: Callable[[DataSources], LoadedArrays | Dataset],
    summary: str,
    judge: str | None = None,
    content: str | None = None,
    part_of: str = "",
) -> DatasetEntry:
    return DatasetEntry(name, load, summary, judge, content, part_of)


DATASETS: Registry[DatasetEntry] = Registry("dataset", "aezoo.datasets", _build)


def load_dataset(name: str, data_file: Path | str | None = None) -> Dataset:
    """Find, check, split and fingerprint the data set called `name`.

    Args:
        name: a registered name; ``auto`` takes ``mnist`` if it can be had, else ``mnist-5k`` with a note.
        data_file: where the data is (an npz as Keras lays it out, or a folder of IDX files); None to search.

    Raises:
        UnknownNameError: no data set has this name.
        DatasetError: it cannot be had, or what was found cannot be trusted.
    """
    return load_from(name, default_source(None if data_file is None else Path(data_file)))


def load_from(name: str, source: DataSources) -> Dataset:
    """Load as `load_dataset` does, looking in `source`."""
    entry = DATASETS.get(name)
    found = entry.load(source)
    return found if isinstance(found, Dataset) else split_arrays(entry, found)


def default_source(data_file: Path | None = None) -> DataSources:
    """Return this user's caches and environment."""
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return DataSources(data_file, user_cache_path("aezoo"), keras_home / "datasets", os.environ)
