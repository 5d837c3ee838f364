"""Parts of a data set, and the places where its loader may look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from aezoo.errors import DatasetError

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Number = TypeVar("Number", bound=np.generic)


class DatasetUnavailableError(DatasetError):
    """A data set that is in none of the places searched; only this makes `auto` take another."""


class DatasetWarning(UserWarning):
    """A damaged copy that was passed over or moved aside."""


@dataclass(frozen=True)
class Split:
    """Images with their labels, in one order.

    Attributes:
        images: uint8 intensities, 0 to 255, shape (n, 28, 28); divide by 255 for [0, 1]. Of images that somebody
            brought to be compared with, any size, and (n, height, width, 3) in colour.
        labels: uint8 class numbers, shape (n,); all 0 where they are not known.
        factors: number of the value of each factor of variation, uint8, shape (n, k); None where they are not known.
        features: that somebody computed of the images elsewhere, float64, shape (n, d); None where there are none.
    """

    images: Bytes
    labels: Bytes
    factors: Bytes | None = None
    features: Floats | None = None

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.intp]) -> Split:
        """Return the images and labels of `rows`, in that order, with their factors and features."""
        factors = None if self.factors is None else self.factors[rows]
        features = None if self.features is None else self.features[rows]
        return Split(self.images[rows], self.labels[rows], factors, features)

    def joined(self, other: Split) -> Split:
        """Return this split followed by `other`; factors and features where both have them."""
        images, labels = (np.concatenate(pair) for pair in ((self.images, other.images), (self.labels, other.labels)))
        return Split(images, labels, _joined(self.factors, other.factors), _joined(self.features, other.features))

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The arrays that there are."""
        known = (self.images, self.labels, self.factors, self.features)
        return tuple(array for array in known if array is not None)


def _joined(one: NDArray[Number] | None, two: NDArray[Number] | None) -> NDArray[Number] | None:
    return None if one is None or two is None else np.concatenate([one, two])


@dataclass(frozen=True)
class Factor:
    """A factor of variation with known values.

    Attributes:
        name: for example "orientation".
        values: how many values it has; they are numbered from 0.
        categorical: whether they have no order.
    """

    name: str
    values: int
    categorical: bool = False


@dataclass(frozen=True)
class LoadedArrays:
    """Arrays that a loader found: decoded, not yet split.

    Attributes:
        train: the published training set; or everything, where there is no published test set.
        test: the published test set, or None.
        origin: where it was found, in one line.
        note: a line that must stand in every table made from it; empty when there is nothing to say.
        factors: the columns of the splits' `factors`; none where they are not known.
    """

    train: Split
    test: Split | None
    origin: str
    note: str = ""
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """A data set ready for use: three disjoint splits, stratified by label and the same in every run.

    Attributes:
        name: the registered name of what was loaded (never ``auto``).
        train: for models, the judge and copy tests.
        reference: the real side of every two-sample metric.
        oracle: real images played as a generator.
        fingerprint: SHA-256, in hexadecimal, of the decoded arrays of the three splits.
        judge: the name of the judge that fits it, or None.
        origin: where it was found, in one line.
        note: a line that stands in every table made from it; empty when there is nothing to say.
        factors: the columns of the splits' `factors`; none where they are not known.
        has_pixels: whether there are images to look at. Where somebody brought features alone, each image is a
            stand-in of 8 pixels that holds the number of its row, by which its features are found.
    """

    name: str
    train: Split
    reference: Split
    oracle: Split
    fingerprint: str
    judge: str | None
    origin: str
    note: str
    factors: tuple[Factor, ...] = ()
    has_pixels: bool = True

    @property
    def held_out(self) -> Split:
        """All images that no model was trained on: `reference`, then `oracle`."""
        return self.reference.joined(self.oracle)

    @property
    def has_labels(self) -> bool:
        """True where the images are of more than one known class."""
        return bool((self.oracle.labels != self.oracle.labels[0]).any())


@dataclass(frozen=True)
class DataSources:
    """Places where a loader may look.

    Attributes:
        data_file: the file or folder that the user named, or None.
        cache: aezoo's own folder for data; may not exist yet.
        keras_cache: the folder where Keras keeps its data sets.
        environment: the environment variables.
        may_download: whether a published data set that is nowhere may be downloaded.
    """

    data_file: Path | None
    cache: Path
    keras_cache: Path
    environment: Mapping[str, str]
    may_download: bool = True

    def user_path(self, variable: str) -> Path | None:
        """Return the file or folder that the user named: `data_file`, else the environment's `variable`, else None."""
        named = self.environment.get(variable)
        return self.data_file or (Path(named).expanduser() if named else None)


@dataclass(frozen=True)
class DatasetEntry:
    """A registered data set.

    Attributes:
        name: its registered name.
        load: finds and decodes the arrays; or, for a name that chooses among others, loads the chosen one.
        summary: what it is, in one line.
        judge: the name of the judge that fits it, or None.
        content: for a published data set, the fingerprint of its training and test arrays; else None.
        part_of: the larger data set that it is a part of, in words; "" where it is none.
    """

    name: str
    load: Callable[[DataSources], LoadedArrays | Dataset]
    summary: str
    judge: str | None = None
    content: str | None = None
    part_of: str = ""
