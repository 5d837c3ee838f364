"""Real and generated images side by side, as the arrays that metrics of samples and of copying take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.features.given import GivenFeatures
from aezoo.features.spaces import ImageFeatures, feature_spaces
from aezoo.images import Images
from aezoo.metrics import Question
from aezoo.metrics.copying import NearestTraining, TrainingReference

Inputs = dict[str, Any]
Rows = NDArray[np.integer[Any]]


class ImageSet:
    """Images with their features, and, once somebody asks, with their nearest training images."""

    def __init__(self, features: ImageFeatures, nearest: Mapping[str, NearestTraining] | None = None) -> None:
        self.features = features
        self._nearest = dict(nearest or {})

    def nearest(self, space: str, training: TrainingReference) -> NearestTraining:
        """Give the nearest training images in one feature space; the search is done once."""
        if space not in self._nearest:
            self._nearest[space] = training.nearest(self.features.spaces[space])
        return self._nearest[space]

    def subset(self, rows: Rows) -> ImageSet:
        """Restrict the set to `rows`; nothing that is known is extracted or searched again."""
        return ImageSet(self.features.subset(rows), {space: of.subset(rows) for space, of in self._nearest.items()})


class RealFeatures:
    """Cached features of a data set's reference and training images, in every feature space.

    Attributes:
        spaces: the feature spaces.
        reference: the real side of every comparison.
        training: by feature space, the training images for copy tests; half a minute of judging for 60,000 of them.
    """

    def __init__(self, dataset: Dataset, n: int) -> None:
        self._train = dataset.train.images
        splits = (dataset.train, dataset.reference, dataset.oracle)
        given = None if dataset.train.features is None else GivenFeatures(*splits)
        self.spaces = feature_spaces(self._train, dataset.judge, given, dataset.has_pixels)
        self._has_pixels = dataset.has_pixels
        self.reference = ImageSet(self.spaces.extract(dataset.reference.images[:n]))

    @property
    def n(self) -> int:
        """Number of reference images."""
        return len(self.images)

    @property
    def images(self) -> NDArray[np.uint8]:
        """Reference images, (n, 28, 28)."""
        return self.reference.features.images

    @cached_property
    def training(self) -> dict[str, TrainingReference]:
        features = self.spaces.extract(self._train).spaces
        return {name: TrainingReference(features[name]) for name in self.spaces}

    def locate(self, images: Images) -> ImageSet:
        """Extract the features of images (n, 28, 28), and search their nearest training images."""
        found = ImageSet(self.spaces.extract(images))
        return self._located(found)

    def with_reference(self, images: NDArray[np.uint8]) -> RealFeatures:
        """Copy with `images` (n, 28, 28) as the reference; spaces and training images are shared."""
        return self._with(ImageSet(self.spaces.extract(images)))

    def subset(self, rows: Rows) -> RealFeatures:
        """Copy whose reference is restricted to `rows`; features and nearest training images are reused."""
        return self._with(self._located(self.reference).subset(rows))

    def sample_inputs(
        self, images: Images, copying: bool = True, features: NDArray[np.float64] | None = None
    ) -> Iterator[tuple[Question, str | None, Inputs]]:
        """Make the arrays of `sample_inputs` for generated images (n, 28, 28) in [0, 1], and features brought along."""
        generated = ImageSet(self.spaces.extract(images, features))
        return sample_inputs(self.reference, generated, self.training, copying, self._has_pixels)

    def reconstruction_inputs(self, images: Images | None) -> Iterator[tuple[str, Inputs]]:
        """Make the arrays of `NEEDS["reconstruction"]` of each feature space.

        Args:
            images: reconstructions of held-out images that are not the reference, (n, 28, 28); None where there are
                none, which leaves their arrays out.

        Yields:
            Feature space and arrays.
        """
        found = {} if images is None else self.spaces.extract(images[: self.n]).spaces
        for space, real in self.reference.features.spaces.items():
            yield space, {"real": real} | ({"reconstructed": found[space]} if found else {})

    def _with(self, reference: ImageSet) -> RealFeatures:
        self.training  # noqa: B018 - computed before it is copied, so that all copies share it
        other = copy(self)
        other.reference = reference
        return other

    def _located(self, images: ImageSet) -> ImageSet:
        for name, training in self.training.items():
            images.nearest(name, training)
        return images


def sample_inputs(
    real: ImageSet,
    fake: ImageSet,
    training: Mapping[str, TrainingReference],
    copying: bool = True,
    has_pixels: bool = True,
) -> Iterator[tuple[Question, str | None, Inputs]]:
    """Make the arrays of `NEEDS["samples"]` and `NEEDS["copying"]` but for the seed.

    Args:
        real: images that nothing was made from.
        fake: images that are scored, as many.
        training: training images, by feature space.
        copying: without, nothing is made for copying metrics, and the search for training images is saved.
        has_pixels: False where the images only stand for rows of features, and are not handed on.

    Yields:
        Question, feature space and arrays: both questions in each feature space of the scored images, then what needs
        no space.
    """
    shared: Inputs = {}
    if has_pixels:
        shared |= {"real_images": real.features.images, "fake_images": fake.features.images}
    if fake.features.spaces.keys() == real.features.spaces.keys():
        shared |= {"real_spaces": real.features.spaces, "fake_spaces": fake.features.spaces}
    if fake.features.probabilities is not None:
        shared |= {"labels": fake.features.labels, "reference_labels": real.features.labels}
        shared["probabilities"] = fake.features.probabilities
    for space, features in fake.features.spaces.items():
        side, held_out = training[space], real.features.spaces[space]
        both = {"real": held_out, "fake": features, "features": features}
        yield "samples", space, {**shared, **both, "train": side.train, "bins": side.bins}
        if copying:
            nearest = real.nearest(space, side), fake.nearest(space, side)
            yield "copying", space, side.inputs(held_out, features, *nearest)
    yield "samples", None, shared
