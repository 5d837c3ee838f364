"""Codes: standardising, and what every latent metric refuses."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

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
