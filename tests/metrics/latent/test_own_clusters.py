"""A model's own groups: the scores of a clustering, under names of their own."""

from __future__ import annotations

import numpy as np
import pytest

from aezoo.metrics import METRICS
from aezoo.metrics.latent import clustering_scores, own_cluster_scores


def test_groups_that_are_the_digits_under_other_names_score_one():
    labels = np.arange(200) % 10
    assert set(own_cluster_scores((labels * 7 + 3) % 10, labels).values()) == {1.0}


@pytest.mark.exact_metric("own_clusters")
def test_two_digits_in_one_group_cost_the_rarer_one():
    labels = np.repeat([0, 1, 2], [50, 30, 20])
    scores = own_cluster_scores(np.where(labels == 2, 1, labels), labels)
    assert scores["own_cluster_accuracy"] == pytest.approx(0.8)


def test_scores_are_those_of_a_clustering_and_na_without_groups():
    labels, clusters = np.random.default_rng(0).integers(0, 5, (2, 300))
    expected = clustering_scores(labels, clusters)
    scores = METRICS.get("own_clusters")({"clusters": clusters, "labels": labels})
    for name in ("accuracy", "ari", "nmi"):
        assert getattr(scores[f"own_cluster_{name}"], "value", scores[f"own_cluster_{name}"]) == expected[name]
