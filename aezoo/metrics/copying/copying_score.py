"""Data-copying test: are generated images nearer to the training images than held-out real images are?"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from aezoo.metrics import METRICS, Floats, Score, check_array
from aezoo.metrics.copying.training_reference import CELLS, SEED
from aezoo.metrics.pairwise import Indices, nearest_neighbours
from aezoo.metrics.samples.ndb import assign_cells as cell_of
from aezoo.metrics.samples.ndb import kmeans_centres
from aezoo.metrics.standard_errors import InfluenceFunctionError, Influences
from aezoo.metrics.validation import check_distances, check_features

MIN_IN_CELL = 20


def _influences(fake_distances: Floats, held_out_distances: Floats) -> Influences:
    """The share of the other side that is nearer (for a held-out image: further), ties counting a half."""
    n, m = len(fake_distances), len(held_out_distances)
    sides = {
        "fake_distances": _share_below(fake_distances, held_out_distances),
        "held_out_distances": -_share_below(held_out_distances, fake_distances),
    }
    scale = n * m / np.sqrt(n * m * (n + m + 1) / 12)
    return {"copying_auc": sides, "copying_z": {side: scale * of for side, of in sides.items()}}


def _share_below(points: Floats, others: Floats) -> Floats:
    ordered = np.sort(others)
    below, up_to = (np.searchsorted(ordered, points, side) for side in ("left", "right"))
    return np.asarray((below + up_to) / (2 * len(others)))


@METRICS.register(
    "copying_score",
    question="copying",
    needs=("train", "held_out", "fake", "held_out_distances", "fake_distances", "cells"),
    scores=(
        Score("copying_z", "standard errors", "target", None),
        Score("copying_auc", "probability", "target", None, (0.0, 1.0)),
        Score("copying_cells", "standard errors", "target", None),
    ),
    minimum_n=1000,
    standard_error=InfluenceFunctionError(_influences, ("fake_distances", "held_out_distances")),
    headline={"copying_auc": 1, "copying_z": 5},
    redundant_with={"copying_z": "copying_auc"},
)
def copying_score(
    train: Floats,
    held_out: Floats,
    fake: Floats,
    held_out_distances: Floats | None = None,
    fake_distances: Floats | None = None,
    cells: Floats | None = None,
) -> dict[str, float]:
    """Mann-Whitney test of distances to the nearest training image: generated against held-out real images.

    With u the number of pairs whose fake is further from the training images than the held-out image, ties
    counting a half, of n fakes and m held-out images:

    - ``copying_z``: Z_U, ``(u - (n m / 2 - 1/2)) / sqrt(n m (n + m + 1) / 12)``; far below 0 copying, about 0
      ideal, far above 0 underfitting; grows with sqrt(n).
    - ``copying_auc``: ``u / (n m)``, in [0, 1]; 0 for copies, about 0.5 ideal; does not grow with n.
    - ``copying_cells``: C_T, Z_U in each of 10 k-means cells of the training features, averaged with the
      shares of held-out images as weights, over cells with at least 20 images of both; it sees copies of one
      region that distant samples elsewhere would make up for.

    The best value is that of real images.

    Args:
        train: features of training images, (k, d), k >= 10.
        held_out: features of real images outside of the training set, (m, d).
        fake: features of generated images, (n, d).
        held_out_distances: to the nearest training image, (m,); given to save the search.
        fake_distances: to the nearest training image, (n,); given to save the search.
        cells: centres of cells, (cells, d); given to save k-means.

    Raises:
        ValueError: for differing widths or lengths, no cell with 20 images of both, NaN or infinite values.

    Source: Meehan, Chaudhuri and Dasgupta 2020, arXiv:2004.05675, sections 3 and 4.
    """
    train, _ = check_features(train, held_out, minimum_rows=1, names=("train", "held_out"))
    held_out, fake = check_features(held_out, fake, minimum_rows=1, names=("held_out", "fake"))
    centres = kmeans_centres(train, CELLS, SEED) if cells is None else check_array("cells", cells)
    held_out_distances = nearest_neighbours(held_out, train)[0] if held_out_distances is None else held_out_distances
    fake_distances = nearest_neighbours(fake, train)[0] if fake_distances is None else fake_distances
    further = check_distances("fake_distances", fake_distances, len(fake))
    usual = check_distances("held_out_distances", held_out_distances, len(held_out))
    z, auc = rank_test(further, usual)
    average = _average_over_cells(further, cell_of(fake, centres), usual, cell_of(held_out, centres))
    return {"copying_z": z, "copying_auc": auc, "copying_cells": average}


def rank_test(first: Floats, second: Floats) -> tuple[float, float]:
    """Z_U and u / (n m) of the Mann-Whitney test that `first` exceeds `second`."""
    n, m = len(first), len(second)
    ranks = rankdata(np.concatenate([first, second]))[:n]
    u = float(ranks.sum()) - n * (n + 1) / 2
    return (u - (n * m / 2 - 0.5)) / float(np.sqrt(n * m * (n + m + 1) / 12)), u / (n * m)


def _average_over_cells(fake: Floats, fake_cells: Indices, held_out: Floats, held_out_cells: Indices) -> float:
    scores, weights = [], []
    for cell in np.unique(held_out_cells):
        sides = fake[fake_cells == cell], held_out[held_out_cells == cell]
        if min(map(len, sides)) >= MIN_IN_CELL:
            scores.append(rank_test(*sides)[0])
            weights.append(len(sides[1]))
    if not scores:
        raise ValueError(f"no cell holds {MIN_IN_CELL} fakes and as many held-out images; give more of both")
    return float(np.average(scores, weights=weights))
