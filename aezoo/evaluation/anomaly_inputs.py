"""A trained model as the arrays of the anomaly metrics: how it finds held-out images, and outliers of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from aezoo.datasets import Dataset, Split
from aezoo.evaluation.inference import decode, encode
from aezoo.evaluation.likelihood_inputs import model_density
from aezoo.evaluation.model_inputs import TRAIN_SUBSET, Rows, features, rows
from aezoo.evaluation.outliers import outlier_sets
from aezoo.metrics import Floats
from aezoo.metrics.likelihood import frozen_binarisation, importance_bounds
from aezoo.models.base import Model
from aezoo.models.capabilities import HasEncoder
from aezoo.models.networks import PIXELS
from aezoo.seeds import integer_seed

Inputs = dict[str, Any]
AnomalyScore = Callable[[Rows], Floats]

IMAGES = 1_000
"""Inliers are the first of the reference images; outliers are made from the first of the oracle's, or come from
another data set, so that no image is on both sides."""
DRAWS = 16
NEIGHBOUR = 5


def anomaly_inputs(model: Model, dataset: Dataset, seed: int) -> Inputs:
    """Make the arrays of `NEEDS["anomaly"]`; those are left out that the model has no score for.

    Args:
        model: trained.
        dataset: inliers and outliers come from its held-out images.
        seed: of the draws of the bounds.
    """
    n = min(IMAGES, len(dataset.reference), len(dataset.oracle))
    inliers = rows(model, Split(dataset.reference.images[:n], dataset.reference.labels[:n]))
    labels = dataset.oracle.labels[:n]
    outliers = [rows(model, Split(images, labels)) for images in _outliers(dataset, n).values()]
    inputs: Inputs = {}
    for name, score in _anomaly_scores(model, dataset, seed).items():
        inputs[f"inlier_{name}"] = score(inliers)
        inputs[f"outlier_{name}"] = np.stack([score(of_kind) for of_kind in outliers], axis=1)
    return inputs


def _outliers(dataset: Dataset, n: int) -> dict[str, Any]:
    return outlier_sets(dataset.oracle.images[:n], dataset.name)


def _anomaly_scores(model: Model, dataset: Dataset, seed: int) -> dict[str, AnomalyScore]:
    """Name the scores that the model offers: each takes rows, and is higher where an image is more anomalous."""
    scores: dict[str, AnomalyScore] = {}
    if isinstance(model, HasEncoder):
        scores["errors"] = lambda seen: _squared_errors(model, seen)
        train = features(model, rows(model, dataset.train)[:TRAIN_SUBSET]).astype(np.float64)
        if train.shape[1]:
            scores["distances"] = _code_distance(model, train)
    bound = _bound(model, dataset, integer_seed(seed, "anomaly"))
    return scores if bound is None else {**scores, "bounds": bound}


def _squared_errors(model: Any, seen: Rows) -> Floats:  # noqa: ANN401
    p = decode(model, encode(model, seen)).reshape(len(seen), -1)
    return np.asarray(np.square(seen[:, :PIXELS] / 255.0 - p).sum(axis=1))


def _code_distance(model: Model, train: Floats) -> AnomalyScore:
    search = NearestNeighbors(n_neighbors=NEIGHBOUR, algorithm="brute").fit(train)

    def distances(seen: Rows) -> Floats:
        found, _ = search.kneighbors(features(model, seen).astype(np.float64))
        return np.asarray(found[:, -1])

    return distances


def _bound(model: Model, dataset: Dataset, seed: int) -> AnomalyScore | None:
    """Return minus a bound on ln p(x), of images binarised where the model's are binary; None without a density."""
    density = model_density(model, rows(model, dataset.train))
    if density is None:
        return None
    return lambda seen: -importance_bounds(density, _observed(model, seen), DRAWS, seed)[0]


def _observed(model: Model, seen: Rows) -> Floats:
    x = seen / 255.0
    if not model.binary:
        return x
    return np.concatenate([frozen_binarisation(x[:, :PIXELS]), x[:, PIXELS:]], axis=1)
