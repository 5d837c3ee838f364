"""Separation and probes of codes: closed forms, invariances, and what is refused."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from aezoo.metrics import METRICS
from aezoo.metrics.latent import (
    calinski_harabasz,
    clustering_scores,
    continuity,
    davies_bouldin,
    kmeans_scores,
    knn_accuracy,
    linear_probe_accuracy,
    silhouette,
    standardise,
    trustworthiness,
)

SEPARATION = (silhouette, davies_bouldin, calinski_harabasz)
RECTANGLE = np.array([[0.0, 0.0], [0.0, 1.0], [10.0, 0.0], [10.0, 1.0]])


def blobs(n=600, seed=0, **options):
    return make_blobs(n, centers=4, n_features=3, cluster_std=0.5, random_state=seed, **options)


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


def test_standardised_columns_have_mean_0_and_variance_1_and_constant_ones_are_0():
    codes = np.column_stack([blobs()[0], np.full(600, 0.1)])
    result = standardise(codes)
    np.testing.assert_allclose(result.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(result.std(axis=0), [1, 1, 1, 0], atol=1e-12)


def test_rounding_noise_is_not_blown_up_to_variance_1():
    noisy = np.where(np.arange(600) % 2, 0.1, np.nextafter(0.1, 1))
    codes = np.column_stack([blobs()[0][:, 0], noisy])
    assert not standardise(codes)[:, 1].any()


def test_standardising_by_training_codes_uses_their_moments_only():
    np.testing.assert_allclose(standardise([[4.0, 7.0]], by=[[0.0, 3.0], [2.0, 3.0]]), [[3.0, 0.0]])


def test_of_many_rows_the_silhouette_uses_2000_drawn_once_and_for_all():
    codes, labels = blobs(2500)
    rows = np.random.default_rng(0).permutation(2500)[:2000]
    assert silhouette(codes, labels) == pytest.approx(silhouette_score(codes[rows], labels[rows]), rel=1e-12)


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


def test_five_neighbours_vote():
    train, labels = np.array([[0.0], [1], [2], [3], [4], [50]]), [0, 0, 1, 1, 1, 0]
    assert knn_accuracy(train, labels, [[0.0], [1.0]], [1, 0]) == 0.5


COLLAPSED = np.ones((20, 2))
TWO = np.arange(20) % 2


@pytest.mark.parametrize(
    "score",
    [
        *[lambda metric=metric: metric(COLLAPSED, TWO) for metric in SEPARATION],
        lambda: kmeans_scores(COLLAPSED, TWO, 0),
        lambda: knn_accuracy(COLLAPSED, TWO, RECTANGLE, [0, 0, 1, 1]),
        lambda: linear_probe_accuracy(COLLAPSED, TWO, RECTANGLE, [0, 0, 1, 1]),
        lambda: trustworthiness(np.random.default_rng(0).normal(size=(20, 3)), COLLAPSED),
        lambda: continuity(np.random.default_rng(0).normal(size=(20, 3)), COLLAPSED),
    ],
)
def test_codes_that_are_all_alike_have_no_score(score):
    with pytest.raises(ValueError, match="alike"):
        score()


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (lambda: clustering_scores([0, 1], [0]), "one for each"),
        (lambda: clustering_scores([], []), "one for each"),
        (lambda: silhouette(RECTANGLE, [0, 1]), "one for each"),
        (lambda: silhouette(RECTANGLE * np.nan, [0, 0, 1, 1]), "NaN"),
        (lambda: davies_bouldin(RECTANGLE, [0, 0, 0, 0]), "labels"),
        (lambda: knn_accuracy(RECTANGLE, [0, 0, 1, 1], RECTANGLE[:, :1], [0, 0, 1, 1]), "one encoder"),
        (lambda: trustworthiness(RECTANGLE, RECTANGLE, k=2), "below half"),
        (lambda: trustworthiness(RECTANGLE, RECTANGLE, k=0), "at least 1"),
        (lambda: continuity(RECTANGLE, RECTANGLE[:3], k=1), "one code per image"),
    ],
)
def test_bad_codes_and_labels_are_refused(score, message):
    with pytest.raises(ValueError, match=message):
        score()
