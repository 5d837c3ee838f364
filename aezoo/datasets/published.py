"""Published data sets of known content: where they are looked for, and how a damaged copy is told."""

from __future__ import annotations

import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from aezoo.datasets import DATASETS
from aezoo.datasets.base import DatasetUnavailableError, DatasetWarning, DataSources, LoadedArrays, Split
from aezoo.datasets.download import Download, fetch
from aezoo.datasets.files import read_train_and_test
from aezoo.datasets.splits import check_split, fingerprint
from aezoo.errors import DatasetError

LOCK_SECONDS = 900.0

OWN_IMAGES = ", or, for images of your own, write a data set: docs/plugins.md"
"""The advice for a file that holds other images."""


@dataclass(frozen=True)
class PublishedDataset:
    """A published data set of 60,000 training and 10,000 test images in ten classes.

    Attributes:
        name: its registered name.
        title: what people call it.
        variable: the environment variable that names the user's copy.
        content: `fingerprint` of its training and test arrays.
        path: its file or folder, relative to aezoo's cache and to Keras's.
        system_paths: other places where a system may have it.
        downloads: the files to download into the cache.
    """

    name: str
    title: str
    variable: str
    content: str
    path: str
    system_paths: tuple[Path, ...]
    downloads: tuple[Download, ...]


def load_published(published: PublishedDataset, source: DataSources) -> LoadedArrays:
    """Return the arrays from the user's file; else from the caches or the system; else downloaded.

    The user's file may hold other images of the same form: a note says so, unless they are another data set's. Other
    copies must be the original.

    Raises:
        DatasetUnavailableError: no copy to be had.
        DatasetError: the user's file is missing or cannot be trusted.
    """
    path = source.user_path(published.variable)
    if path is not None:
        return _from_user_path(published, path)
    places = {
        "aezoo's cache": source.cache / published.path,
        "Keras's cache": source.keras_cache / published.path,
        **{str(place): place for place in published.system_paths},
    }
    for label, place in places.items():
        found = _try_copy(published, place, label, own=label == "aezoo's cache")
        if found is not None:
            return found
    try:
        if not source.may_download:
            raise DatasetUnavailableError("may not be downloaded here")
        return _download(published, source.cache)
    except DatasetError as error:
        advice = f"name your copy with --data-file or {published.variable}, or take --dataset mnist-5k"
        raise DatasetUnavailableError(
            f"data set {published.name!r} is in no cache ({', '.join(places)}) and {error}; {advice}"
        ) from error


def _from_user_path(published: PublishedDataset, path: Path) -> LoadedArrays:
    try:
        train, test = _read(published, path)
    except DatasetUnavailableError as error:  # a file that was named is never passed over for another
        raise DatasetError(str(error)) from error
    content = fingerprint(train, test)
    other = next((name for name, entry in DATASETS.items() if entry.content == content), published.name)
    if other != published.name and content != published.content:
        raise DatasetError(f"{path} holds {other} and not {published.name}; give --dataset {other}")
    note = "" if content == published.content else f"{path.name} does not hold the original {published.title} arrays"
    return LoadedArrays(train, test, f"{path.name}, given by the user", note)


def _try_copy(published: PublishedDataset, place: Path, label: str, own: bool) -> LoadedArrays | None:
    """Return the arrays at `place`; None where there are none, or damaged ones: aezoo's own are then moved aside."""
    if not place.exists():
        return None
    try:
        return _read_verified(published, place, label)
    except DatasetError as error:
        aside = _move_aside(place) if own else None
        done = f"moved aside to {aside.name}" if aside else "passed over"
        warnings.warn(f"{error} [{done}]", DatasetWarning, stacklevel=4)
        return None


def _download(published: PublishedDataset, cache: Path) -> LoadedArrays:
    """Download into a temporary folder of the cache, verify, then move; one process at a time."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with (
            FileLock(cache / f"{published.name}.lock", timeout=LOCK_SECONDS),
            tempfile.TemporaryDirectory(prefix=f"{published.name}-", dir=cache) as folder,
        ):
            target = cache / published.path
            if not target.exists():
                for download in published.downloads:
                    fetch(download, Path(folder))
                _read_verified(published, Path(folder) / published.path, "the download")
                os.replace(Path(folder) / published.path, target)
            return _read_verified(published, target, "downloaded")
    except (OSError, Timeout) as error:
        raise DatasetUnavailableError(f"the cache {cache} cannot be written ({error})") from error


def _read_verified(published: PublishedDataset, place: Path, label: str) -> LoadedArrays:
    train, test = _read(published, place)
    if fingerprint(train, test) != published.content:
        raise DatasetUnavailableError(f"{place} does not hold the original {published.title} arrays")
    return LoadedArrays(train, test, f"{place.name}, {label}")


def _read(published: PublishedDataset, path: Path) -> tuple[Split, Split]:
    train, test = read_train_and_test(path)
    for split, count in ((train, 60_000), (test, 10_000)):
        check_split(split, str(path))
        if len(split) != count:
            raise DatasetError(
                f"{path} has {len(split)} images where {published.title} has {count}; get the file again{OWN_IMAGES}"
            )
        labels = np.unique(split.labels).tolist()
        if labels != list(range(10)):
            raise DatasetError(
                f"{path} has the labels {labels}; {published.title} has 0 to 9, every one of them{OWN_IMAGES}"
            )
    return train, test


def _move_aside(place: Path) -> Path | None:
    """Rename a damaged copy to a free name ending in ``.bad``; None where that is not possible."""
    number = 0
    aside = place.with_name(f"{place.name}.bad")
    while aside.exists():
        number += 1
        aside = place.with_name(f"{place.name}.{number}.bad")
    try:
        place.rename(aside)
    except OSError:
        return None
    return aside
