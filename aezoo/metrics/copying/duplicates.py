"""Near-duplicates: of training images, and among the generated images themselves."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.copying.training_reference import training_threshold
from aezoo.metrics.pairwise import distance_bounds, nearest_neighbours, pairs_within
from aezoo.metrics.standard_errors import BinomialError
from aezoo.metrics.validation import check_distances, check_features


@METRICS.register(
    "near_duplicates",
    question="copying",
    needs=("train", "fake", "fake_distances", "threshold"),
    scores=(Score("near_duplicates", "share", "target", None, (0.0, 1.0)),),
    minimum_n=1000,
    standard_error=BinomialError("fake"),
    headline={"near_duplicates": 2},
)
def near_duplicates(
    train: Floats, fake: Floats, fake_distances: Floats | None = None, threshold: float | None = None
) -> float:
    """Share of generated images that are nearly the same as a training image.

    ``mean_j 1[d(f_j, train) <= threshold]``; in [0, 1]; 1 for copies. The best value is that of real images,
    about 0.01. Equal to the threshold counts, so that copies do even where the threshold is 0.

    Args:
        train: features of training images, (m, d), m >= 2.
        fake: features of generated images, (n, d).
        fake_distances: from each fake to its nearest training image, (n,); given to save the search.
        threshold: a distance, at least 0; unless given, the 1st percentile of the distances from training
            images (of more than 5,000, from 5,000 of them) to the nearest other.

    Raises:
        ValueError: for differing widths or lengths, a threshold below 0, NaN or infinite values.

    Source: no paper; the threshold makes "as near as the nearest hundredth of training images" one number.
    """
    train, fake = check_array("train", train), check_array("fake", fake)
    check_features(train, fake, minimum_rows=1, names=("train", "fake"))
    limit = _checked(training_threshold(train) if threshold is None else threshold)
    found = nearest_neighbours(fake, train)[0] if fake_distances is None else fake_distances
    return float(np.mean(check_distances("fake_distances", found, len(fake)) <= limit))


@METRICS.register(
    "unique_ratio",
    question="copying",
    needs=("fake", "threshold"),
    scores=(Score("unique_ratio", "share", "target", None, (0.0, 1.0)),),
    minimum_n=1000,
    headline={"unique_ratio": 3},
)
def unique_ratio(fake: Floats, threshold: float = 0.0) -> float:
    """Share of different images among the generated ones.

    ``mean_j 1 / #{i: d(f_i, f_j) <= threshold}``, i = j included. In (0, 1]: k / n for k images far apart,
    repeated in any proportion, and a lower bound on the share that can be picked with all distances above the
    threshold. Unlike the number of single-linkage clusters it does not call a chain of near images one image.
    The best value is that of real images, just below 1.

    Args:
        fake: features of generated images, (n, d).
        threshold: a distance, at least 0; 0 counts exact repeats only. Tables use that of `near_duplicates`.

    Raises:
        ValueError: for a threshold below 0, NaN or infinite values.

    Source: the bound of Caro 1979 and Wei 1981 on independent sets, of the graph of near-duplicates.
    """
    points, counts = np.unique(check_array("fake", fake), axis=0, return_counts=True)
    # `pairs_within` is strict, and here equal distances count.
    limits = np.full((1, len(points)), _least_square_above(_checked(threshold)))
    alike = np.zeros(len(points))
    for start, lower, slack in distance_bounds(points, points):
        rows, columns = pairs_within(lower, slack, limits, points[start : start + len(lower)], points)
        alike[start : start + len(lower)] = np.bincount(rows, counts[columns], minlength=len(lower))
    return float(np.sum(counts / alike) / counts.sum())


def _least_square_above(distance: float) -> float:
    """The least number whose root is above `distance`: the square alone may be rounded below that of an equal one."""
    square = np.square(distance)
    while np.sqrt(square) <= distance:
        square = np.nextafter(square, np.inf)
    return float(square)


def _checked(threshold: float) -> float:
    if not 0 <= threshold < np.inf:
        raise ValueError(f"the threshold is {threshold}; give a distance of at least 0")
    return float(threshold)
