"""Authenticity: generated images further from their nearest training image than its own neighbour is."""

from __future__ import annotations

import numpy as np

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.pairwise import nearest_neighbours, nearest_other_distances
from aezoo.metrics.standard_errors import BinomialError
from aezoo.metrics.validation import check_distances, check_features


@METRICS.register(
    "authenticity",
    question="copying",
    needs=("train", "fake", "fake_distances", "neighbour_distances"),
    scores=(Score("authenticity", "share", "target", None, (0.0, 1.0)),),
    minimum_n=1000,
    standard_error=BinomialError("fake"),
    headline={"authenticity": 4},
)
def authenticity(
    train: Floats,
    fake: Floats,
    fake_distances: Floats | None = None,
    neighbour_distances: Floats | None = None,
) -> float:
    """Share of generated images that are further from their nearest training image than its own neighbour is.

    ``mean_j 1[d(t_j, train without t_j) < d(f_j, t_j)]``, t_j the training image nearest to f_j. In [0, 1]; 0
    for copies. The best value is that of real images: 1/3 on a line, ``1 - 6 pi / (8 pi + 3 sqrt(3))`` in the
    plane, and more in higher dimensions. Noise is far from everything, and scores 1.

    Args:
        train: features of training images, (m, d), m >= 2.
        fake: features of generated images, (n, d).
        fake_distances: from each fake to its nearest training image, (n,); given together with
            `neighbour_distances`, to save the search.
        neighbour_distances: from that training image to the nearest other one, (n,).

    Raises:
        ValueError: for differing widths or lengths, fewer than 2 training images, NaN or infinite values.

    Source: Alaa et al. 2022, arXiv:2102.08921, section 4.3.
    """
    train, fake = check_array("train", train), check_array("fake", fake)
    if fake_distances is None or neighbour_distances is None:
        check_features(train, fake, minimum_rows=1, names=("train", "fake"))
        fake_distances, rows = nearest_neighbours(fake, train)
        distinct, inverse = np.unique(rows, return_inverse=True)
        neighbour_distances = nearest_other_distances(train, distinct)[inverse]
    own = check_distances("neighbour_distances", neighbour_distances, len(fake))
    return float(np.mean(own < check_distances("fake_distances", fake_distances, len(fake))))
