"""What copy tests ask of the training images again and again, computed once for a data set and feature space."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from aezoo.metrics import Floats
from aezoo.metrics.pairwise import Indices, nearest_neighbours, nearest_other_distances
from aezoo.metrics.samples.ndb import BINS, kmeans_centres
from aezoo.metrics.validation import check_features

CELLS = 10
CLOSE_PERCENT = 1
MAX_ROWS = 5000
SEED = 0


class TrainingReference:
    """The training images of a data set in one feature space, ready to be compared with generated ones.

    `inputs` gives the arrays of ``NEEDS["copying"]`` for one set of generated images. Everything is drawn with
    a fixed seed, so that every model of a comparison meets the same cells and the same threshold.

    Args:
        train: features of the training images, (m, d), at least 100 rows.
        held_out: features of real images that neither the models nor the controls draw from, (h, d).

    Raises:
        ValueError: for differing widths, too few rows, NaN or infinite values.
    """

    def __init__(self, train: Floats, held_out: Floats) -> None:
        self.train, self.held_out = check_features(train, held_out, minimum_rows=2)
        self._own_distances = np.full(len(self.train), np.nan)

    def inputs(self, fake: Floats) -> dict[str, Any]:
        """The arrays of ``NEEDS["copying"]``, but for the seed, for generated features (n, d)."""
        _, fakes = check_features(self.train[:1], fake, minimum_rows=1)
        fake_distances, rows = nearest_neighbours(fakes, self.train)
        return {
            "train": self.train,
            "held_out": self.held_out,
            "fake": fakes,
            "fake_distances": fake_distances,
            "neighbour_distances": self.own_distances(rows),
            "held_out_distances": self.held_out_distances,
            "threshold": self.threshold,
            "cells": self.cells,
        }

    def against(self, held_out: Floats) -> TrainingReference:
        """The same training images beside other held-out ones, (h, d); shares all that was computed from training."""
        other = copy(self)
        _, other.held_out = check_features(self.train[:1], held_out, minimum_rows=1)
        other.__dict__.pop("held_out_distances", None)
        return other

    def own_distances(self, rows: ArrayLike) -> Floats:
        """The distance from each of these training images to the nearest other one; each is searched once."""
        wanted = np.asarray(rows)
        missing = np.unique(wanted[np.isnan(self._own_distances[wanted])])
        if len(missing):
            self._own_distances[missing] = nearest_other_distances(self.train, missing)
        distances: Floats = self._own_distances[wanted]
        return distances

    @cached_property
    def threshold(self) -> float:
        """Below it two images are nearly the same; see `near_threshold`."""
        return near_threshold(self.own_distances(_sampled_rows(len(self.train))))

    @cached_property
    def held_out_distances(self) -> Floats:
        """The distance from each held-out image to the nearest training image, (h,)."""
        return nearest_neighbours(self.held_out, self.train)[0]

    @cached_property
    def cells(self) -> Floats:
        """Centres of the 10 cells of `copying_score`, (10, d)."""
        return kmeans_centres(self.train, CELLS, SEED)

    @cached_property
    def bins(self) -> Floats:
        """Centres of the 100 bins of `ndb`, (100, d)."""
        return kmeans_centres(self.train, BINS, SEED)


def near_threshold(own_distances: Floats) -> float:
    """The 1st percentile of the distances from training images to their nearest other: closer than nearly all."""
    return float(np.percentile(own_distances, CLOSE_PERCENT))


def training_threshold(train: Floats) -> float:
    """`near_threshold` of `train`, (m, d); of more than 5,000 rows, from 5,000 drawn rows against all."""
    return near_threshold(nearest_other_distances(train, _sampled_rows(len(train))))


def _sampled_rows(rows: int) -> Indices:
    return np.random.default_rng(SEED).permutation(rows)[:MAX_ROWS]
