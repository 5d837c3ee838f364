"""Data set made of decoded arrays: checks, stratified splits, fingerprint. The same for every data set."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets.base import Dataset, DatasetEntry, Factor, LoadedArrays, Split
from aezoo.errors import DatasetError
from aezoo.seeds import generator

SPLIT_SEED = 0
SPLIT_50_50 = (0, 1)
SPLIT_60_40 = (0, 0, 0, 1, 2)
NO_JUDGE = "no judge fits this data set: sample metrics use PCA and pixel features only"


def split_arrays(entry: DatasetEntry, found: LoadedArrays) -> Dataset:
    """Return the data set of the arrays that a loader found.

    A published test set becomes `reference` and `oracle`, half each; the whole training set stays `train`.
    Without one, everything is split into `train`, `reference` and `oracle`, 3 : 1 : 1.

    Raises:
        DatasetError: the arrays are not images with labels, or too few to split.
    """
    for split in (found.train, found.test):
        if split is not None:
            check_split(split, f"{entry.name} from {found.origin}", found.factors)
    train, reference, oracle = _three_splits(found, entry.name)
    for array in (array for split in (train, reference, oracle) for array in split.arrays):
        array.flags.writeable = False
    notes = [found.note, NO_JUDGE if entry.judge is None else ""]
    return Dataset(
        name=entry.name,
        train=train,
        reference=reference,
        oracle=oracle,
        fingerprint=fingerprint(train, reference, oracle),
        judge=entry.judge,
        origin=found.origin,
        note="; ".join(note for note in notes if note),
        factors=found.factors,
    )


def check_split(split: Split, what: str, factors: tuple[Factor, ...] = ()) -> None:
    """Raise `DatasetError` unless `split` holds n uint8 images of 28 x 28 in 0 to 255, with labels and factors."""
    images, labels = split.images, split.labels
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28) or len(images) == 0:
        found = f"{images.dtype} of shape {images.shape}"
        raise DatasetError(f"{what}: images are {found}; they must be uint8 of shape (n, 28, 28)")
    if labels.dtype != np.uint8 or labels.shape != images.shape[:1]:
        found = f"{labels.dtype} of shape {labels.shape}"
        raise DatasetError(f"{what}: labels are {found}; they must be uint8, one for each of {len(images)} images")
    if factors or split.factors is not None:
        _check_factors(split, what, factors)
    if images.max() <= 1:
        raise DatasetError(f"{what}: no intensity is above 1; images must use 0 to 255, not be scaled to [0, 1]")


def _check_factors(split: Split, what: str, factors: tuple[Factor, ...]) -> None:
    values = split.factors
    if values is None or values.dtype != np.uint8 or values.shape != (len(split), len(factors)):
        found = "none" if values is None else f"{values.dtype} of shape {values.shape}"
        raise DatasetError(f"{what}: factors are {found}; they must be uint8 of shape ({len(split)}, {len(factors)})")
    if (values >= [factor.values for factor in factors]).any():
        raise DatasetError(f"{what}: a factor has a higher number than it has values; number them from 0")


def stratified(labels: NDArray[np.uint8], pattern: tuple[int, ...], seed: int) -> list[NDArray[np.intp]]:
    """Deal out disjoint rows to each part, every part in random order and with every label in proportion.

    The rows are shuffled, sorted by label, and dealt out by `pattern` again and again: ``(0, 0, 0, 1, 2)``
    gives three to part 0, one to part 1, one to part 2. Each label's share in a part is right to one round.
    """
    random = generator(seed, "splits")
    shuffled = random.permutation(len(labels))
    by_label = shuffled[np.argsort(labels[shuffled], kind="stable")]
    part = np.empty(len(labels), dtype=np.intp)
    part[by_label] = np.resize(pattern, len(labels))
    return [shuffled[part[shuffled] == number] for number in range(max(pattern) + 1)]


def fingerprint(*splits: Split) -> str:
    """Return the SHA-256, in hexadecimal, of shapes and bytes of all images, labels and factors in order."""
    digest = hashlib.sha256()
    for split in splits:
        for array in split.arrays:
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _three_splits(found: LoadedArrays, name: str) -> tuple[Split, Split, Split]:
    pool = found.train if found.test is None else found.test
    pattern = SPLIT_60_40 if found.test is None else SPLIT_50_50
    if len(pool) < len(pattern):
        raise DatasetError(f"{name} from {found.origin}: {len(pool)} images cannot be split; give it more")
    parts = [pool.take(rows) for rows in stratified(pool.labels, pattern, SPLIT_SEED)]
    train, reference, oracle = parts if found.test is None else [found.train, *parts]
    return train, reference, oracle
