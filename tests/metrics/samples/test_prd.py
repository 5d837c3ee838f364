"""Curve of precision and recall: exact histograms and modes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.metrics import METRICS
from aezoo.metrics.samples import prd_curve
from aezoo.metrics.samples.prd import curve_of_histograms, largest_f

SEEDS = st.integers(0, 10_000)


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


@pytest.mark.exact_metric("prd_curve")
@pytest.mark.parametrize(
    ("real", "fake", "recall", "precision"),
    [
        ([1, 1], [1, 0], 0.503863, 0.984829),
        ([1, 0], [1, 1], 0.984829, 0.503863),
        ([1, 2, 3], [10, 20, 30], 1, 1),
        ([1, 0], [0, 1], 0, 0),
    ],
)
def test_curves_of_histograms(real, fake, recall, precision):
    curve = curve_of_histograms(real, fake)
    assert largest_f(*curve, 8) == pytest.approx(recall, abs=2e-5)
    assert largest_f(*curve, 1 / 8) == pytest.approx(precision, abs=2e-5)


def test_curve_of_dropping_half_of_the_modes_ends_at_full_precision_and_half_recall():
    precision, recall = curve_of_histograms([1, 1], [1, 0])
    assert (np.diff(precision) >= 0).all()
    assert (np.diff(recall) <= 0).all()
    assert precision[-1] == 1
    assert recall[0] == 0.5
    assert largest_f(np.array([1.0]), np.array([0.5]), 8) == pytest.approx(32.5 / 64.5)


@given(SEEDS)
def test_exchanging_histograms_exchanges_precision_and_recall(seed):
    real, fake = np.random.default_rng(seed).dirichlet(np.full(6, 0.5), size=2)
    forth, back = curve_of_histograms(real, fake), curve_of_histograms(fake, real)
    np.testing.assert_allclose(forth[0], back[1][::-1], atol=1e-9)


def modes(digits, n=400):
    labels = np.arange(n) % digits
    return 100 * np.eye(10)[labels] + 0.01 * np.random.default_rng(n).normal(size=(n, 10))


def test_curve_of_features_sees_dropped_and_invented_modes():
    scores = METRICS.get("prd_curve")
    dropped = scores({"real": modes(10), "fake": modes(5), "seed": 0})
    invented = scores({"real": modes(5), "fake": modes(10), "seed": 0})
    assert dropped["prd_recall"] < 0.55 < 0.85 < dropped["prd_precision"]
    assert invented["prd_precision"] < 0.55 < 0.85 < invented["prd_recall"]


def test_curve_of_equal_and_of_distant_sides():
    real, _ = normal(0, 300, 1)
    precision, recall = prd_curve(real, real[::-1], seed=0, clusterings=2)
    assert precision.shape == recall.shape == (1001,)
    assert np.maximum(precision, recall) == pytest.approx(np.ones(1001))
    assert largest_f(*prd_curve(real, real + 1000, seed=0, clusterings=2), 1) == 0


def test_curve_needs_equal_numbers_and_as_many_rows_as_clusters():
    with pytest.raises(ValueError, match="as many rows"):
        prd_curve(*normal(0, 30, 40), seed=0)
    with pytest.raises(ValueError, match="at least 20"):
        prd_curve(*normal(0, 10, 10), seed=0)
