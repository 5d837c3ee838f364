"""Feature spaces of the sample metrics: the judge's, PCA of pixels, and raw pixels; never those of a model.

Every space is the same for all models of a comparison: it is fitted on training images, or shipped. There are
always two: a data set without a judge gets raw pixels beside PCA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.features.judge import Judge, load_judge
from aezoo.images import Images, as_bytes, to_unit_interval

Floats = NDArray[np.float64]
Space = Callable[[Images], Floats]

PCA_COMPONENTS = 50
BLOCK = 5000


@dataclass(frozen=True)
class ImageFeatures:
    """A set of images as the sample metrics see it.

    Attributes:
        images: the images, uint8, (n, 28, 28).
        spaces: by the name of the space, features, float64 (n, d).
        probabilities: the judge's class probabilities, float64 (n, 10); None where no judge fits.
    """

    images: NDArray[np.uint8]
    spaces: dict[str, Floats]
    probabilities: Floats | None

    @property
    def labels(self) -> NDArray[np.intp] | None:
        """The judge's label of each image, shape (n,); None where no judge fits."""
        return None if self.probabilities is None else self.probabilities.argmax(axis=1)

    def subset(self, rows: NDArray[np.integer[Any]]) -> ImageFeatures:
        """Restrict the set to `rows`."""
        probabilities = None if self.probabilities is None else self.probabilities[rows]
        return ImageFeatures(self.images[rows], {name: of[rows] for name, of in self.spaces.items()}, probabilities)


@dataclass(frozen=True)
class PixelPCA:
    """Principal components of pixels: ``(x - mean) @ components.T``, not whitened.

    Attributes:
        mean: of the training images, float64 (784,), intensities in [0, 1].
        components: orthonormal rows in order of falling variance, float64 (d, 784); in each, the entry of
            largest magnitude is positive.
        variances: of the training images along the components, with denominator n, float64 (d,).
    """

    mean: Floats
    components: Floats
    variances: Floats

    def __call__(self, images: Images) -> Floats:
        """Project `images` (n, 28, 28), uint8 or floating in [0, 1]: float64 (n, d)."""
        return (pixels(images) - self.mean) @ self.components.T


class FeatureSpaces(Mapping[str, Space]):
    """The feature spaces of a data set, by name; `extract` computes all with one pass of the judge."""

    def __init__(self, pca: PixelPCA, judge: Judge | None) -> None:
        self.judge = judge
        self._fitted: dict[str, Space] = {"pca": pca} if judge else {"pca": pca, "pixels": pixels}
        self._all: dict[str, Space] = {"judge": judge.features, **self._fitted} if judge else self._fitted

    def __getitem__(self, name: str) -> Space:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def extract(self, images: Images) -> ImageFeatures:
        """Extract features in every space, and the judge's probabilities, of `images`.

        Args:
            images: uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28).

        Raises:
            ValueError: another shape, or intensities outside of [0, 1].
        """
        fitted = {name: space(images) for name, space in self._fitted.items()}
        stored = as_bytes(images)
        if self.judge is None:
            return ImageFeatures(stored, fitted, None)
        features, probabilities = self.judge(images)
        return ImageFeatures(stored, {"judge": features, **fitted}, probabilities)


def feature_spaces(train: Images, judge: str | None) -> FeatureSpaces:
    """Fit the feature spaces of a data set: seconds for 60,000 images, so keep the result.

    Args:
        train: its training images, uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28).
        judge: the name of the judge that fits it, or None.

    Raises:
        UnknownNameError: there is no such judge.
        JudgeError: its weights are missing or are not the ones that were shipped.
    """
    loaded = None if judge is None else load_judge(judge)
    return FeatureSpaces(fit_pca(train), loaded)


def fit_pca(train: Images, most: int = PCA_COMPONENTS) -> PixelPCA:
    """Fit PCA of pixels by eigendecomposition of the covariance, in float64: no seed, the same in every run.

    Directions without variance are left out, so there may be fewer than `most` components.

    Args:
        train: images, uint8 in 0..255 or floating in [0, 1], shape (n, 28, 28).
        most: the largest number of components.
    """
    # In chunks, because float64 takes eight times the memory of uint8.
    chunks = [train[start : start + BLOCK] for start in range(0, len(train), BLOCK)]
    mean = sum((pixels(chunk).sum(axis=0) for chunk in chunks), start=np.zeros(train[0].size)) / len(train)
    covariance = np.zeros((mean.size, mean.size))
    for chunk in chunks:
        centred = pixels(chunk) - mean
        covariance += centred.T @ centred / len(train)
    values, vectors = np.linalg.eigh(covariance)
    kept = [index for index in range(len(values) - 1, -1, -1) if values[index] > values[-1] * 1e-12][:most]
    components = vectors[:, kept].T
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(kept)), largest])
    return PixelPCA(mean, components * signs[:, None], values[kept])


def pixels(images: Images) -> Floats:
    """Flatten `images` (n, 28, 28) to the space of raw pixels: float64 (n, 784) in [0, 1]."""
    return to_unit_interval(images).reshape(len(images), -1).astype(np.float64)
