"""The conformance suite of data sets."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from aezoo.datasets import DATASETS, Dataset, DatasetEntry, DatasetUnavailableError, load_dataset
from aezoo.registry import Registry
from aezoo.testing.suite import ConformanceSuite, not_applicable, require


class DatasetTests(ConformanceSuite):
    """Checks of a registered data set; those of its images are not applicable where it cannot be had.

    Attributes:
        data_file: where it lies, where it must be told.
    """

    registry: ClassVar[Registry[Any]] = DATASETS
    data_file: ClassVar[Path | str | None] = None

    def test_is_described(self) -> None:
        self._load()
        require(DATASETS.get(self.name).summary.strip(), "its summary is empty; say what it is")

    def test_images_and_labels_are_bytes(self) -> None:
        for name, split in self._splits().items():
            require(split.images.dtype == np.uint8 == split.labels.dtype, f"{name} is not of uint8")
            require(split.images.shape[1:] == (28, 28), f"images of {name} have shape {split.images.shape}")
            require(len(split.images) == len(split.labels) > 0, f"{name} has not one label for each image")

    def test_splits_have_no_image_in_common(self) -> None:
        dataset = self._load()
        reference, oracle = (
            {image.tobytes() for image in split.images} for split in (dataset.reference, dataset.oracle)
        )
        require(not reference & oracle, f"{len(reference & oracle)} images are in reference and oracle")

    def test_every_split_has_every_class(self) -> None:
        classes = {name: set(split.labels.tolist()) for name, split in self._splits().items()}
        require(len(set(map(frozenset, classes.values()))) == 1, f"classes differ between splits: {classes}")

    def test_every_factor_varies_in_every_split(self) -> None:
        factors = self._load().factors
        if not factors:
            not_applicable("its factors are not known")
        names = [factor.name for factor in factors]
        require(len(set(names)) == len(names), f"factors share a name: {', '.join(names)}")
        for name, split in self._splits().items():
            still = [each for each, column in zip(names, split.factors.T, strict=True) if len(set(column.tolist())) < 2]
            require(not still, f"in {name} there is one value only of {', '.join(still)}")

    def test_arrays_cannot_be_written_to(self) -> None:
        for name, split in self._splits().items():
            require(not split.images.flags.writeable, f"images of {name} can be written to")

    def test_a_second_load_is_the_same(self) -> None:
        first = self._load()
        again = load_dataset(self.name, self.data_file)
        require(again.fingerprint == first.fingerprint, "a second load has another fingerprint")

    def _splits(self) -> dict[str, Any]:
        dataset = self._load()
        return {name: getattr(dataset, name) for name in ("train", "reference", "oracle")}

    def _load(self) -> Dataset:
        found = _loaded(DATASETS.get(self.name), self.data_file)
        if isinstance(found, DatasetUnavailableError):
            not_applicable(str(found))
        return found


@lru_cache(maxsize=1)
def _loaded(entry: DatasetEntry, data_file: Path | str | None) -> Dataset | DatasetUnavailableError:
    """Return the data set, or why it cannot be had: nothing is looked for twice, unless its name is registered anew."""
    try:
        return load_dataset(entry.name, data_file)
    except DatasetUnavailableError as error:
        return error
