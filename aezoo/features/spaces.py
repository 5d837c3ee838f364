"""Feature spaces of the sample metrics: the judge's, PCA of pixels, and raw pixels; never those of a model.

Every space is the same for all models of a comparison: it is fitted on training images, or shipped, or somebody
brought features of all images. A data set without a judge gets raw pixels beside PCA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from aezoo.features import given as given_features
from aezoo.features.given import GivenFeatures
from aezoo.features.judge import Judge, load_judge
from aezoo.images import Images, as_bytes, to_unit_interval

Floats = NDArray[np.float64]
Space = Callable[[Images], Floats]

PCA_COMPONENTS = 50
MAX_PIXELS = 1024
"""Intensities of an image up to which raw pixels are a feature space, and the whole covariance is decomposed."""
MAX_ROWS = 5000
"""Images that PCA is fitted to where they have more intensities than that."""
BLOCK = 5000


@dataclass(frozen=True)
class ImageFeatures:
    """A set of images as the sample metrics see it.

    Attributes:
        images: the images, uint8, (n, 28, 28), or any other size and colour.
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
        mean: of the training images, float64 (pixels,), intensities in [0, 1].
        components: orthonormal rows in order of falling variance, float64 (d, pixels); in each, the entry of
            largest magnitude is positive.
        variances: of the training images along the components, with denominator n, float64 (d,).
    """

    mean: Floats
    components: Floats
    variances: Floats

    def __call__(self, images: Images) -> Floats:
        """Project `images`, uint8 or floating in [0, 1]: float64 (n, d)."""
        return (pixels(images) - self.mean) @ self.components.T


class FeatureSpaces(Mapping[str, Space]):
    """The feature spaces of a data set, by name; `extract` computes all with one pass of the judge.

    Args:
        fitted: spaces of pixels, by name.
        judge: that fits the images; None without one.
        given: features of known images that somebody computed elsewhere; None without any.
    """

    def __init__(
        self, fitted: Mapping[str, Space], judge: Judge | None = None, given: GivenFeatures | None = None
    ) -> None:
        self.judge = judge
        self._fitted = dict(fitted)
        self._given = given
        self._all: dict[str, Space] = {"judge": judge.features, **self._fitted} if judge else self._fitted
        if given is not None:
            self._all = {given_features.NAME: given, **self._all}

    def __getitem__(self, name: str) -> Space:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def extract(self, images: Images, features: Floats | None = None) -> ImageFeatures:
        """Extract features in every space, and the judge's probabilities, of `images`.

        Args:
            images: uint8 in 0..255 or floating in [0, 1], shape (n, height, width) or (n, height, width, 3).
            features: that somebody computed of them elsewhere, (n, d); None to look for known images. Where an image
                is not known either, that space is left out.

        Raises:
            ValueError: another shape, or intensities outside of [0, 1].
        """
        found: dict[str, Floats] = {}
        if self._given is not None:
            brought = self._given.find(images) if features is None else features
            found |= {} if brought is None else {given_features.NAME: brought}
        probabilities = None
        if self.judge is not None:
            found["judge"], probabilities = self.judge(images)
        found |= {name: space(images) for name, space in self._fitted.items()}
        return ImageFeatures(as_bytes(images), found, probabilities)


def feature_spaces(
    train: Images, judge: str | None, given: GivenFeatures | None = None, has_pixels: bool = True
) -> FeatureSpaces:
    """Fit the feature spaces of a data set: seconds for 60,000 images, so keep the result.

    There are PCA and, where there is nothing else, up to 1,024 intensities, raw pixels: a covariance of more dimensions
    than images says little, and takes minutes.

    Args:
        train: its training images, uint8 in 0..255 or floating in [0, 1], (n, height, width[, 3]).
        judge: the name of the judge that fits it, or None.
        given: features that somebody computed elsewhere, or None.
        has_pixels: False where the images only stand for rows of features; then there is no other space.

    Raises:
        UnknownNameError: there is no such judge.
        JudgeError: its weights are missing or are not the ones that were shipped.
    """
    loaded = None if judge is None else load_judge(judge)
    fitted: dict[str, Space] = {"pca": fit_pca(train)} if has_pixels else {}
    if has_pixels and loaded is None and given is None and train[0].size <= MAX_PIXELS:
        fitted["pixels"] = pixels
    return FeatureSpaces(fitted, loaded, given)


def fit_pca(train: Images, most: int = PCA_COMPONENTS) -> PixelPCA:
    """Fit PCA of pixels, in float64: no seed, the same in every run.

    By eigendecomposition of the covariance; of images with more than 1,024 intensities, by Lanczos iteration on the
    first 5,000. Directions without variance are left out, so there may be fewer than `most` components.

    Args:
        train: images, uint8 in 0..255 or floating in [0, 1], shape (n, height, width[, 3]).
        most: the largest number of components.
    """
    if train[0].size > MAX_PIXELS:
        return _fit_wide(train[:MAX_ROWS], most)
    # In chunks, because float64 takes eight times the memory of uint8.
    chunks = [train[start : start + BLOCK] for start in range(0, len(train), BLOCK)]
    mean = sum((pixels(chunk).sum(axis=0) for chunk in chunks), start=np.zeros(train[0].size)) / len(train)
    covariance = np.zeros((mean.size, mean.size))
    for chunk in chunks:
        centred = pixels(chunk) - mean
        covariance += centred.T @ centred / len(train)
    values, vectors = np.linalg.eigh(covariance)
    return _principal(mean, values[::-1], vectors.T[::-1], most)


def _fit_wide(train: Images, most: int) -> PixelPCA:
    """Fit without a covariance, which grows with the square of the number of intensities."""
    found = PCA(min(most, len(train) - 1), svd_solver="arpack", random_state=0).fit(pixels(train))
    return _principal(found.mean_, found.explained_variance_ * (1 - 1 / len(train)), found.components_, most)


def _principal(mean: Floats, variances: Floats, rows: Floats, most: int) -> PixelPCA:
    """Keep the first components that have variance, each with the sign that makes its largest entry positive."""
    kept = np.flatnonzero(variances > variances[0] * 1e-12)[:most]
    components = rows[kept]
    signs = np.sign(components[np.arange(len(kept)), np.abs(components).argmax(axis=1)])
    return PixelPCA(mean, components * signs[:, None], variances[kept])


def pixels(images: Images) -> Floats:
    """Flatten `images` (n, 28, 28), or of any size, to the space of raw pixels: float64 (n, 784) in [0, 1]."""
    return to_unit_interval(images).reshape(len(images), -1).astype(np.float64)
