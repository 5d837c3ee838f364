"""The real side of every comparison of samples: features of a data set's splits, computed once."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.features.spaces import ImageFeatures, feature_spaces
from aezoo.images import to_bytes
from aezoo.metrics import Question
from aezoo.metrics.copying import TrainingReference

Inputs = dict[str, Any]
Images = NDArray[np.floating]


class RealFeatures:
    """Real images of one data set in every feature space, ready to be compared with generated ones."""

    def __init__(self, dataset: Dataset, n: int) -> None:
        self.n = n
        self.train = dataset.train.images
        self.images = dataset.reference.images[:n]
        self.spaces = feature_spaces(dataset.train.images, dataset.judge)
        self.reference = self.spaces.extract(self.images)

    @cached_property
    def training(self) -> dict[str, TrainingReference]:
        """By feature space, the training images for copy tests; half a minute of judging for 60,000 of them."""
        train = self.spaces.extract(self.train).spaces
        return {name: TrainingReference(train[name], self.reference.spaces[name]) for name in self.spaces}

    def against(self, images: NDArray[np.uint8]) -> RealFeatures:
        """The same training images and feature spaces with other real images (n, 28, 28) as the reference."""
        other = copy(self)
        other.n, other.images = len(images), images
        other.reference = self.spaces.extract(images)
        other.training = {name: side.against(other.reference.spaces[name]) for name, side in self.training.items()}
        return other

    def among(self, rows: NDArray[np.intp]) -> RealFeatures:
        """The same with these rows alone of the reference: nothing is extracted or searched again."""
        other = copy(self)
        other.n, other.images = len(rows), self.images[rows]
        spaces = {name: features[rows] for name, features in self.reference.spaces.items()}
        probabilities = self.reference.probabilities
        other.reference = ImageFeatures(spaces, None if probabilities is None else probabilities[rows])
        other.training = {name: _among(side, rows) for name, side in self.training.items()}
        return other

    def inputs(self, images: Images, copying: bool = True) -> Iterator[tuple[Question, str | None, Inputs]]:
        """The arrays of `NEEDS["samples"]` and `NEEDS["copying"]` for generated images (n, 28, 28) in [0, 1].

        In each feature space, then those of no space. Without `copying` the search for training images is saved.
        """
        fake = self.spaces.extract(images)
        shared: Inputs = {"real_images": self.images, "fake_images": to_bytes(images)}
        if self.spaces.judge is not None:
            labels = {"labels": fake.labels, "reference_labels": self.reference.labels}
            shared |= {"probabilities": fake.probabilities, **labels}
        for name, features in fake.spaces.items():
            side = self.training[name]
            both = {"real": self.reference.spaces[name], "fake": features, "features": features}
            yield "samples", name, {**shared, **both, "train": side.train, "bins": side.bins}
            if copying:
                yield "copying", name, side.inputs(features)
        yield "samples", None, shared


def _among(side: TrainingReference, rows: NDArray[np.intp]) -> TrainingReference:
    """The same training images beside these held-out ones alone."""
    for name in ("bins", "cells", "threshold"):  # computed once on `side`; each copy would do it again
        getattr(side, name)
    other = copy(side)
    other.held_out, other.held_out_distances = side.held_out[rows], side.held_out_distances[rows]
    return other
