"""Centres of clusters of the training images."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans

from aezoo.controls import CONTROLS, Bytes, Images
from aezoo.controls.resampling import check_integer, check_integer_up_to, distinct_rows
from aezoo.images import unit_interval

MAX_IMAGES = 10_000
ITERATIONS = 10


@CONTROLS.register(
    "kmeans-centroids",
    draws_from="train",
    doses=(300, 100, 30, 10),
    default=100,
    unit="centroids",
    check=check_integer,
    failure="the images are averages of real ones",
)
def kmeans_centroids(images: Bytes, labels: Bytes, n: int, generator: np.random.Generator, dose: float) -> Images:
    """Centroids of k-means on training images, each as often as its cluster is large.

    Ten iterations, from random images, on at most 10,000 images.
    Averages of like images, which Parzen windows take for better than real ones (Theis et al. 2016).
    """
    rows = distinct_rows(len(images), min(len(images), MAX_IMAGES), generator)
    pixels = unit_interval(images[rows], np.float32).reshape(len(rows), -1)
    start = int(generator.integers(2**31))
    clusters = check_integer_up_to(dose, len(rows), "centroids")
    means = KMeans(clusters, init="random", n_init=1, max_iter=ITERATIONS, random_state=start).fit(pixels)
    drawn = means.cluster_centers_[means.labels_[generator.integers(len(rows), size=n)]]
    return np.asarray(drawn, dtype=np.float32).clip(0, 1).reshape(n, *images.shape[1:])
