"""Training images of a data set in one feature space, with everything that copy tests compute of them alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.metrics import Floats
from aezoo.metrics.pairwise import Indices, nearest_neighbours, nearest_other_distances
from aezoo.metrics.samples.ndb import BINS, kmeans_centres
from aezoo.metrics.validation import check_features

CELLS = 10
CLOSE_PERCENT = 1
MAX_ROWS = 5000
SEED = 0


@dataclass(frozen=True)
class NearestTraining:
    """Nearest training image of each image of a set.

    Attributes:
        distances: to that training image, in the unit of the features, (n,).
        rows: of that training image, (n,).
    """

    distances: Floats
    rows: Indices

    def subset(self, rows: NDArray[np.integer[Any]]) -> NearestTraining:
        """Restrict to some of the images."""
        return NearestTraining(self.distances[rows], self.rows[rows])


class TrainingReference:
    """Training images in one feature space, ready to be compared with real and generated ones.

    Everything is drawn with a fixed seed, so that every model of a comparison meets the same cells and the same
    threshold, and computed once.

    Args:
        train: features of the training images, (m, d), at least 100 rows.

    Raises:
        ValueError: for another shape, fewer than 2 rows, NaN or infinite values.
    """

    def __init__(self, train: Floats) -> None:
        self.train, _ = check_features(train, train, minimum_rows=2, names=("train", "train"))
        self._train_distances = np.full(len(self.train), np.nan)

    def nearest(self, features: Floats) -> NearestTraining:
        """Search the nearest training image of each of `features`, (n, d); `ValueError` for another width or NaN."""
        _, checked = check_features(self.train[:1], features, minimum_rows=1, names=("train", "features"))
        return NearestTraining(*nearest_neighbours(checked, self.train))

    def inputs(
        self,
        held_out: Floats,
        fake: Floats,
        held_out_nearest: NearestTraining | None = None,
        fake_nearest: NearestTraining | None = None,
    ) -> dict[str, Any]:
        """Make the arrays of ``NEEDS["copying"]`` but for the seed.

        Args:
            held_out: features of real images that neither the models nor the controls draw from, (h, d).
            fake: features of generated images, (n, d).
            held_out_nearest: their nearest training images; None to search them.
            fake_nearest: the same of the generated images.
        """
        _, held_out = check_features(self.train[:1], held_out, minimum_rows=1, names=("train", "held_out"))
        _, fake = check_features(self.train[:1], fake, minimum_rows=1, names=("train", "fake"))
        found = self.nearest(fake) if fake_nearest is None else fake_nearest
        usual = self.nearest(held_out) if held_out_nearest is None else held_out_nearest
        return {
            "train": self.train,
            "held_out": held_out,
            "fake": fake,
            "fake_distances": found.distances,
            "neighbour_distances": self.train_distances(found.rows),
            "held_out_distances": usual.distances,
            "threshold": self.threshold,
            "cells": self.cells,
        }

    def train_distances(self, rows: NDArray[np.integer[Any]]) -> Floats:
        """Give the distance from each of these training images to the nearest other one; each is searched once."""
        missing = np.unique(rows[np.isnan(self._train_distances[rows])])
        if len(missing):
            self._train_distances[missing] = nearest_other_distances(self.train, missing)
        distances: Floats = self._train_distances[rows]
        return distances

    @cached_property
    def threshold(self) -> float:
        """Distance up to which two images are nearly the same; see `near_threshold`."""
        return near_threshold(self.train_distances(_sampled_rows(len(self.train))))

    @cached_property
    def cells(self) -> Floats:
        """Centres of the 10 cells of `copying_score`, (10, d)."""
        return kmeans_centres(self.train, CELLS, SEED)

    @cached_property
    def bins(self) -> Floats:
        """Centres of the 100 bins of `ndb`, (100, d)."""
        return kmeans_centres(self.train, BINS, SEED)


def near_threshold(train_distances: Floats) -> float:
    """Take the 1st percentile of the distances from training images to their nearest other: closer than nearly all."""
    return float(np.percentile(train_distances, CLOSE_PERCENT))


def training_threshold(train: Floats) -> float:
    """Compute `near_threshold` of `train`, (m, d); of more than 5,000 rows, from 5,000 drawn rows against all."""
    return near_threshold(nearest_other_distances(train, _sampled_rows(len(train))))


def _sampled_rows(rows: int) -> Indices:
    return np.random.default_rng(SEED).permutation(rows)[:MAX_ROWS]
