"""Noise with the mean and covariance of real images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_share, replace_rows, sample_real
from aezoo.images import unit_interval

COMPONENTS = 50
ROUNDS = 100
CLOSE = 0.01
MIN_VARIANCE = 1e-12

Floats = NDArray[np.float64]


@CONTROLS.register(
    "moment-matched",
    draws_from="oracle",
    doses=(0.05, 0.2, 0.5, 1.0),
    default=1.0,
    unit="share of noise images with the moments of real ones",
    check=check_share,
    failure="only mean and covariance are those of real images",
)
def moment_matched(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Held-out real images, a share of them replaced by noise with the mean and covariance of real images.

    Matched are the sample mean m and covariance S of the noise images of each draw, in the first 50 principal
    components of the split (or as many as have variance, and at most half as many as there are noise images):
    ``|m - M|^2 <= 0.01^2 Tr T`` and ``|S - T| <= 0.01 |T|`` (Frobenius), where M and T are the split's own. So it is
    for digits; images that are nearly binary, such as sprites, are clipped so much that 0.01 becomes 0.04.

    Whatever looks at these moments alone is fooled, such as the Fréchet distance, which is FID where the features are
    Inception's (Heusel et al. 2017, arXiv:1706.08500, equation 6). It even finds this better than real images, of
    which the moments of n are off by chance. The moments outside of these components are not matched.
    """
    drawn = gaussian_images(images, round(dose * n), generator)
    return replace_rows(sample_real(images, n, generator), drawn, generator)


@dataclass(frozen=True)
class GaussianMoments:
    """The mean of images and, in order of falling variance, their principal components that have variance.

    Attributes:
        mean: intensities in [0, 1], (pixels,).
        components: orthonormal columns, (pixels, k).
        variances: along them, with divisor n - 1, (k,).
    """

    mean: Floats
    components: Floats
    variances: Floats

    @classmethod
    def of(cls, images: Bytes) -> GaussianMoments:
        """Return those of `images`, uint8, (n, height, width)."""
        pixels = unit_interval(images, np.float64).reshape(len(images), -1)
        mean = pixels.mean(axis=0)
        if pixels.shape[1] > len(pixels):
            return cls._of_few(pixels - mean, mean)
        values, vectors = np.linalg.eigh(_covariance(pixels))
        kept = values > MIN_VARIANCE * values[-1]
        return cls(mean, vectors[:, kept][:, ::-1], values[kept][::-1])

    @classmethod
    def _of_few(cls, centred: Floats, mean: Floats) -> GaussianMoments:
        """Find the same from the products of rows, where these are fewer than pixels: time and memory of n^2 pixels."""
        values, vectors = np.linalg.eigh(centred @ centred.T / max(len(centred) - 1, 1))
        kept = values > len(centred) * np.finfo(np.float64).eps * values[-1]
        components = centred.T @ vectors[:, kept]
        components /= np.linalg.norm(components, axis=0)
        return cls(mean, components[:, ::-1], values[kept][::-1])

    def first(self, most: int) -> GaussianMoments:
        """Return the same with at most so many components."""
        return GaussianMoments(self.mean, self.components[:, :most], self.variances[:most])


def gaussian_images(images: Bytes, n: int, generator: np.random.Generator) -> Images:
    """Draw `n` images of the Gaussian with the mean and covariance of `images`, clipped to [0, 1], moments mended."""
    moments = GaussianMoments.of(images)
    noise = generator.standard_normal((n, len(moments.variances))) * np.sqrt(moments.variances)
    draws = (moments.mean + noise @ moments.components.T).clip(0, 1)
    matched = with_moments(draws.astype(np.float32), moments.first(min(COMPONENTS, n // 2)))
    return matched.reshape(n, *images.shape[1:])


def with_moments(images: Images, wanted: GaussianMoments) -> Images:
    """Move images (n, pixels) until their sample moments along the components are `wanted` to within 1 %.

    Alternating projections: clipping to [0, 1] moves the moments, so that the images are moved linearly to the wanted
    moments along the components, clipped again, and so on. After 100 rounds they are left as they are.
    """
    components, mean = wanted.components.astype(np.float32), wanted.mean.astype(np.float32)
    for _ in range(ROUNDS if len(wanted.variances) else 0):
        codes = ((images - mean) @ components).astype(np.float64)
        centre, covariance = codes.mean(axis=0), _covariance(codes)
        if _close(centre, covariance, wanted.variances):
            break
        moved = (codes - centre) @ _inverse_root(covariance) * np.sqrt(wanted.variances)
        images = (images + (moved - codes).astype(np.float32) @ components.T).clip(0, 1)
    return images


def _close(centre: Floats, covariance: Floats, variances: Floats) -> bool:
    apart = np.linalg.norm(covariance - np.diag(variances))
    return bool(centre @ centre <= CLOSE**2 * variances.sum() and apart <= CLOSE * np.linalg.norm(variances))


def _covariance(rows: NDArray[Any]) -> Floats:
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred.T @ centred / max(len(rows) - 1, 1), dtype=np.float64)


def _inverse_root(covariance: Floats) -> Floats:
    """Return the symmetric inverse root; directions without variance, which have nothing to scale, count for little."""
    values, vectors = np.linalg.eigh(covariance)
    smallest = max(MIN_VARIANCE * values[-1], np.finfo(np.float64).tiny)
    return np.asarray(vectors / np.sqrt(values.clip(min=smallest)) @ vectors.T)
