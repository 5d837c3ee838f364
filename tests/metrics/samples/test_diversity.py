"""Diversity of one set of features: exact values, double loops and the package vendi-score."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aezoo.metrics.samples import pairwise_diversity, vendi_score

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from vendi_score import vendi


def rotation(d):
    return np.linalg.qr(np.random.default_rng(9).normal(size=(d, d)))[0]


@pytest.mark.independent("vendi", by="vendi-score")
@pytest.mark.filterwarnings("ignore:Please import `csr_matrix`:DeprecationWarning")
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 40), d=st.integers(2, 12))
def test_vendi_score_matches_the_package_and_ignores_duplicates_rotation_and_scale(seed, n, d):
    features = np.random.default_rng(seed).normal(size=(n, d))
    features[: n // 4] = features[n // 4 : 2 * (n // 4)]
    value = vendi_score(features)
    assert value == pytest.approx(vendi.score_dual(features), rel=1e-6)
    assert value == pytest.approx(vendi.score_X(features), rel=1e-6)
    twice = np.vstack([features, features])
    assert vendi_score(7 * twice[::-1] @ rotation(d)) == pytest.approx(value, rel=1e-6)


@pytest.mark.exact_metric("vendi")
def test_vendi_score_of_given_cosines():
    cosines = np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    assert vendi_score(np.linalg.cholesky(cosines)) == pytest.approx(2.15730048, abs=1e-8)


def test_vendi_score_of_equal_and_of_orthogonal_images():
    assert vendi_score(np.full((9, 4), 0.3)) == pytest.approx(1)
    assert vendi_score(5 * np.eye(8)) == pytest.approx(8)


def test_rows_of_zeros_have_no_vendi_score():
    with pytest.raises(ValueError, match="2 rows of zeros"):
        vendi_score(np.array([[1.0, 2], [0, 0], [0, 0]]))


@pytest.mark.exact_metric("pairwise_diversity")
def test_diversity_is_the_mean_over_classes_of_the_mean_distance():
    features = np.array([[0.0, 0], [3, 4], [1, 1], [1, 2], [1, 1], [9, 9]])
    assert pairwise_diversity(features, [0, 0, 1, 1, 1, 2]) == pytest.approx((5 + 2 / 3) / 2)


@pytest.mark.independent("pairwise_diversity", by="double loops")
@given(seed=st.integers(0, 10_000))
def test_diversity_matches_double_loops_and_ignores_rotation_translation_and_order(seed):
    random = np.random.default_rng(seed)
    features, labels = random.integers(0, 3, (20, 4)).astype(float), random.integers(0, 4, 20)
    groups = [features[labels == number] for number in range(4)]
    pairs = [[np.linalg.norm(a - b) for i, a in enumerate(g) for b in g[:i]] for g in groups if len(g) > 1]
    expected = np.mean([np.mean(distances) for distances in pairs])
    assert pairwise_diversity(features, labels) == pytest.approx(expected)
    moved = (features @ rotation(4) + 10)[::-1]
    assert pairwise_diversity(moved, labels[::-1]) == pytest.approx(expected, abs=1e-7)


def test_blocks_of_the_diversity_make_no_difference():
    features = np.random.default_rng(0).normal(size=(1100, 2))
    distances = np.linalg.norm(features[:, None] - features, axis=-1)
    expected = distances.sum() / (1100 * 1099)
    assert pairwise_diversity(features, np.zeros(1100, dtype=int)) == pytest.approx(expected)


@pytest.mark.parametrize(("labels", "message"), [([0, 1, 2], "two images"), ([0, 0], "one label a row")])
def test_diversity_needs_a_pair_in_a_class(labels, message):
    with pytest.raises(ValueError, match=message):
        pairwise_diversity(np.ones((3, 2)), labels)
