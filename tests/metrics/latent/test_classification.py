"""Probes of codes: separate classes, random labels, votes."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from aezoo.metrics.latent import (
    knn_accuracy,
    linear_probe_accuracy,
)


def blobs(n=600, seed=0, **options):
    return make_blobs(n, centers=4, n_features=3, cluster_std=0.5, random_state=seed, **options)


@pytest.mark.exact_metric("linear_probe_accuracy")
@pytest.mark.parametrize("probe", [knn_accuracy, linear_probe_accuracy])
def test_probes_read_separate_classes_and_guess_random_ones(probe):
    codes, labels = blobs()
    random = np.random.default_rng(0).integers(0, 4, 600)
    assert probe(codes[:400], labels[:400], codes[400:], labels[400:]) == 1
    assert probe(codes[:400], random[:400], codes[400:], random[400:]) == pytest.approx(0.25, abs=0.1)


@pytest.mark.parametrize("probe", [knn_accuracy, linear_probe_accuracy])
def test_probes_ignore_the_scale_of_codes_and_constant_columns(probe):
    codes, labels = make_blobs(600, 4, centers=4, cluster_std=4.0, random_state=3)
    moved = np.column_stack([codes * [1, 1e3, 1e-3, 1] + 7, np.ones(600)])
    halves = (codes[:300], labels[:300], codes[300:], labels[300:])
    assert 0.3 < probe(*halves) < 1
    assert probe(moved[:300], labels[:300], moved[300:], labels[300:]) == pytest.approx(probe(*halves), abs=0.005)


@pytest.mark.exact_metric("knn_accuracy")
def test_five_neighbours_vote():
    train, labels = np.array([[0.0], [1], [2], [3], [4], [50]]), [0, 0, 1, 1, 1, 0]
    assert knn_accuracy(train, labels, [[0.0], [1.0]], [1, 0]) == 0.5
