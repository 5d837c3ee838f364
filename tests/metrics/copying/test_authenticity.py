"""Authenticity: closed forms, scikit-learn and invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from aezoo.metrics.copying import authenticity

SEEDS = st.integers(0, 10_000)


def draws(seed, *sizes, d=4):
    random = np.random.default_rng(seed)
    return [random.normal(size=(size, d)) for size in sizes]


def moved(points):
    rotation = np.linalg.qr(np.random.default_rng(9).normal(size=(points.shape[1],) * 2))[0]
    return 3 * points @ rotation + 50


def test_copies_are_not_authentic_and_what_is_far_from_everything_is():
    (train,) = draws(0, 300)
    assert authenticity(train, train[::-1]) == 0
    assert authenticity(train, train + 1000) == 1


@pytest.mark.exact_metric("authenticity")
def test_authenticity_of_points_on_a_line():
    train = np.array([[0.0], [1], [10], [13]])
    assert authenticity(train, [[0.5], [2.5], [11.4], [20], [-0.9]]) == pytest.approx(2 / 5)


@pytest.mark.independent("authenticity", by="scikit-learn")
@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_authenticity_matches_neighbours_of_scikit_learn_and_is_unmoved_by_similarity_and_order(seed):
    train, fake = draws(seed, 60, 40)
    search = NearestNeighbors().fit(train)
    found, rows = search.kneighbors(fake, 1)
    own = search.kneighbors(train, 2)[0][:, 1]
    expected = np.mean(own[rows[:, 0]] < found[:, 0])
    assert authenticity(train, fake) == pytest.approx(expected)
    assert authenticity(moved(train)[::-1], moved(fake)[::-1]) == pytest.approx(expected)


@pytest.mark.parametrize(("d", "expected"), [(1, 1 / 3), (2, 1 - 6 * np.pi / (8 * np.pi + 3 * np.sqrt(3)))])
def test_authenticity_of_equal_distributions_is_that_of_neighbours_that_are_not_mutual(d, expected):
    train, fake = np.random.default_rng(0).random((2, 10_000, d))
    assert authenticity(train, fake) == pytest.approx(expected, abs=0.015)
