"""Centres of codes by k-means, for models that start from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

ITERATIONS = 50


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
