"""Groups of codes by k-means or by a mixture of Gaussians, for models that start from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from aezoo.models.base import Model, Tensor

ITERATIONS = 50
ROWS = 1_000
VARIANCE_FLOOR = 1e-6
SMALLEST_SHARE = 1e-12
"""Of an empty group at the start, whose logarithm is finite."""


class Mixture(NamedTuple):
    """Gaussians with diagonal covariances: shares (k,), means and variances (k, d)."""

    shares: NDArray[np.float64]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]


def codes_of(model: Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Encode images (n, 784) a thousand at a time: (n, d)."""
    encode: Callable[[Tensor], Tensor] = model.encode
    return np.concatenate([encode(images[start : start + ROWS]) for start in range(0, len(images), ROWS)])


def kmeans_centres(codes: NDArray[np.floating], count: int, starts: int = 20) -> NDArray[np.float64]:
    """Find the centres (count, d) of codes (n, d) with the least squared distance to them, of so many starts.

    Starts are those of k-means++, the same at each call. By SciPy, which sums in a fixed order on one thread, so that a
    training is the same each time.
    """
    points = np.asarray(codes, np.float64)

    def distortion(found: tuple[NDArray[np.float64], NDArray[np.int32]]) -> float:
        centres, labels = found
        return float(np.square(points - centres[labels]).sum())

    tries = (kmeans2(points, count, iter=ITERATIONS, minit="++", rng=start) for start in range(starts))
    return min(tries, key=distortion)[0]


def gaussian_mixture(codes: NDArray[np.floating], count: int) -> Mixture:
    """Fit a mixture of Gaussians with diagonal covariances to codes (n, d), from the groups of `kmeans_centres`.

    By expectation and maximisation; the same at each call.
    """
    from sklearn.mixture import GaussianMixture

    points = np.asarray(codes, np.float64)
    centres = kmeans_centres(points, count)
    groups = np.square(points[:, None] - centres).sum(axis=2).argmin(axis=1)
    counts = np.bincount(groups, minlength=count)
    # Of fewer different codes than groups some groups are empty, and have no variance of their own.
    variances = np.stack([(points[groups == group] if counts[group] else points).var(axis=0) for group in range(count)])
    mixture = GaussianMixture(
        count,
        covariance_type="diag",
        init_params="random_from_data",  # of which nothing is kept: all three starts are given
        random_state=0,
        weights_init=np.maximum(counts / len(points), SMALLEST_SHARE),
        means_init=centres,
        precisions_init=1 / (variances + VARIANCE_FLOOR),
        reg_covar=VARIANCE_FLOOR,
    ).fit(points)
    return Mixture(mixture.weights_, mixture.means_, mixture.covariances_)
