"""Clusters against labels: the textbook cases, scikit-learn, and brute force over matchings."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import make_blobs
from sklearn.metrics import v_measure_score

from aezoo.metrics.latent import clustering_scores, kmeans_scores

LABELLINGS = st.integers(2, 40).flatmap(lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2))


def blobs(n=600, seed=0, **options):
    return make_blobs(n, centers=4, n_features=3, cluster_std=0.5, random_state=seed, **options)


@pytest.mark.exact_metric("kmeans", "own_clusters")
@pytest.mark.parametrize(
    ("labels", "clusters", "ari", "ami", "nmi", "accuracy", "purity"),
    [
        ("0011", "1100", 1, 1, 1, 1, 1),
        ("0011", "0012", 4 / 7, 4 / 7, 0.8, 0.75, 1),
        ("0012", "0011", 4 / 7, 4 / 7, 0.8, 0.75, 0.75),
        ("0011", "0000", 0, 0, 0, 0.5, 0.5),
        ("0011", "0123", 0, 0, 2 / 3, 0.5, 1),
    ],
)
def test_clustering_scores_of_the_textbook_cases(labels, clusters, ari, ami, nmi, accuracy, purity):
    expected = {"ari": ari, "ami": ami, "nmi": nmi, "accuracy": accuracy, "purity": purity}
    assert clustering_scores(list(map(int, labels)), list(map(int, clusters))) == pytest.approx(expected, abs=1e-9)


@pytest.mark.independent("kmeans", "own_clusters", by="all matchings, accuracy alone")
@given(LABELLINGS)
def test_accuracy_is_that_of_the_best_of_all_matchings(drawn):
    labels, clusters = map(np.array, drawn)
    best = max(np.mean(np.array(names)[clusters] == labels) for names in permutations(range(5)))
    assert clustering_scores(labels, clusters)["accuracy"] == pytest.approx(best)


@given(LABELLINGS, st.permutations(range(5)))
def test_names_of_clusters_do_not_count(drawn, names):
    labels, clusters = map(np.array, drawn)
    renamed = clustering_scores(labels, np.array(names)[clusters])
    assert renamed == pytest.approx(clustering_scores(labels, clusters), abs=1e-9)


@given(LABELLINGS)
def test_arithmetic_nmi_is_the_v_measure_and_purity_is_no_less_than_accuracy(drawn):
    scores = clustering_scores(*drawn)
    assert scores["nmi"] == pytest.approx(v_measure_score(*drawn), abs=1e-9)
    assert scores["purity"] >= scores["accuracy"]


def test_kmeans_finds_separate_blobs_whatever_the_scale_of_a_code():
    codes, labels = blobs()
    assert min(kmeans_scores(codes, labels, seed=1).values()) == pytest.approx(1)
    scaled = kmeans_scores(codes * [1, 1e4, 1e-4], labels, seed=1)
    assert scaled == kmeans_scores(codes, labels, seed=1)
