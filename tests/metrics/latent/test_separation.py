"""Separation of classes: closed forms and invariances."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import davies_bouldin_score, silhouette_score

from aezoo.metrics import METRICS
from aezoo.metrics.latent import (
    calinski_harabasz,
    davies_bouldin,
    silhouette,
    standardise,
)

SEPARATION = (silhouette, davies_bouldin, calinski_harabasz)


RECTANGLE = np.array([[0.0, 0.0], [0.0, 1.0], [10.0, 0.0], [10.0, 1.0]])


def blobs(n=600, seed=0, **options):
    return make_blobs(n, centers=4, n_features=3, cluster_std=0.5, random_state=seed, **options)


@pytest.mark.exact_metric("silhouette", "davies_bouldin", "calinski_harabasz")
def test_separation_of_a_rectangle():
    labels = [0, 0, 1, 1]
    assert silhouette(RECTANGLE, labels) == pytest.approx(0.90024876, abs=1e-8)
    assert davies_bouldin(RECTANGLE, labels) == pytest.approx(0.1)
    assert calinski_harabasz(RECTANGLE, labels) == pytest.approx(200)


@pytest.mark.parametrize("metric", SEPARATION)
def test_separation_is_unmoved_by_rotation_translation_and_order(metric):
    codes, labels = blobs()
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    order = np.random.default_rng(1).permutation(len(codes))
    assert metric((codes @ rotation + 5)[order], labels[order]) == pytest.approx(metric(codes, labels), rel=1e-9)


@pytest.mark.parametrize("metric", SEPARATION)
def test_what_is_registered_scores_standardised_codes(metric):
    codes, labels = blobs()
    registered = METRICS.get(metric.__name__)({"codes": codes * [1, 100, 0.01], "labels": labels})
    assert registered == {metric.__name__: pytest.approx(metric(standardise(codes), labels), rel=1e-9)}


def test_of_many_rows_the_silhouette_uses_2000_drawn_once_and_for_all():
    codes, labels = blobs(2500)
    rows = np.random.default_rng(0).permutation(2500)[:2000]
    assert silhouette(codes, labels) == pytest.approx(silhouette_score(codes[rows], labels[rows]), rel=1e-12)


def test_classes_that_coincide_are_not_the_best_separated():
    assert davies_bouldin([[-1.0], [1], [-1], [1]], [0, 0, 1, 1]) == np.inf
    two_of_three = [[-1.0], [1], [-1], [1], [100], [102]]
    assert davies_bouldin(two_of_three, [0, 0, 1, 1, 2, 2]) == np.inf


def test_classes_of_one_code_each_are_the_best_separated():
    points = np.repeat([[0.1, 0.0], [0.7, 0.0], [0.0, 0.3]], 3, axis=0)
    labels = np.repeat([0, 1, 2], 3)
    assert calinski_harabasz(points, labels) == np.inf
    assert davies_bouldin(points, labels) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-12, 1e-9, 1, 1e9])
def test_the_davies_bouldin_index_does_not_depend_on_the_scale(scale):
    assert davies_bouldin(scale * RECTANGLE, [0, 0, 1, 1]) == pytest.approx(0.1)


def test_the_davies_bouldin_index_is_scikit_learns_elsewhere():
    codes, labels = blobs()
    assert davies_bouldin(codes, labels) == pytest.approx(davies_bouldin_score(codes, labels), rel=1e-12)
