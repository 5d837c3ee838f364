"""Sliced Wasserstein, kernel test, bins and the curve of precision and recall: closed forms and loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon, pdist
from scipy.stats import wasserstein_distance

from aezoo.metrics import METRICS
from aezoo.metrics.samples import mmd_test, ndb, prd_curve, sliced_wasserstein
from aezoo.metrics.samples.ndb import assign_cells, kmeans_centres, proportions_z
from aezoo.metrics.samples.prd import curve_of_histograms, largest_f

SEEDS = st.integers(0, 10_000)


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


def test_sliced_wasserstein_of_a_shift_in_one_dimension_is_the_shift():
    assert sliced_wasserstein([[0], [1]], [[2], [1]], seed=0) == pytest.approx(1)
    assert wasserstein_distance([0, 1], [1, 2]) == 1


@given(SEEDS)
def test_sliced_wasserstein_in_one_dimension_pairs_sorted_numbers(seed):
    real, fake = normal(seed, 30, 30, 1)
    expected = np.sqrt(np.mean(np.square(np.sort(real[:, 0]) - np.sort(fake[:, 0]))))
    assert sliced_wasserstein(real, fake, seed, projections=3) == pytest.approx(expected)


def test_sliced_wasserstein_of_a_translation():
    real, _ = normal(0, 100, 1, 10)
    shift = np.full(10, 2.0)
    assert sliced_wasserstein(real, real + shift, 0, 20_000) ** 2 == pytest.approx(shift @ shift / 10, rel=0.05)


@given(SEEDS)
def test_sliced_wasserstein_matches_a_loop_over_directions(seed):
    real, fake = normal(seed, 20, 20, 3)
    directions = np.random.default_rng(seed).normal(size=(3, 60))
    squares = [
        np.mean(np.square(np.sort(real @ v) - np.sort(fake @ v)))
        for v in (directions / np.linalg.norm(directions, axis=0)).T
    ]
    assert sliced_wasserstein(real, fake, seed, 60) == pytest.approx(np.sqrt(np.mean(squares)))


def test_sliced_wasserstein_is_a_symmetric_distance_in_units_of_the_features():
    real, fake = normal(1, 80, 80)
    value = sliced_wasserstein(real, fake, 0)
    assert sliced_wasserstein(fake, real[::-1], 0) == pytest.approx(value)
    assert sliced_wasserstein(3 * real + 7, 3 * fake + 7, 0) == pytest.approx(3 * value)
    assert sliced_wasserstein(real, real[::-1], 0) == 0


def test_sliced_wasserstein_needs_equal_numbers():
    with pytest.raises(ValueError, match="as many rows"):
        sliced_wasserstein(*normal(0, 20, 30), seed=0)


def gaussian_mmd(mu, h):
    """0.1772677 for mu = h = 1."""
    return 2 * h / np.sqrt(h**2 + 2) * (1 - np.exp(-(mu**2) / (2 * (h**2 + 2))))


def test_mmd_of_shifted_gaussians_in_closed_form():
    values = [mmd_test(*normal(s, 500, 500, 1, 1.0), s, bandwidth=1.0, permutations=1)["mmd"] for s in range(30)]
    assert np.mean(values) == pytest.approx(np.mean([gaussian_mmd(1, h) for h in (0.5, 1, 2)]), abs=0.01)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(2, 15), st.integers(2, 15))
def test_mmd_matches_double_loops_with_the_median_of_the_reals_as_width(seed, n, m):
    real, fake = normal(seed, n, m, 3, 0.5)
    h = np.median(pdist(real))

    def kernel(a, b):
        return np.mean([np.exp(-np.square(a - b).sum() / (2 * (s * h) ** 2)) for s in (0.5, 1, 2)])

    def within(x):
        return np.mean([kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j])

    expected = within(real) + within(fake) - 2 * np.mean([kernel(a, b) for a in real for b in fake])
    assert mmd_test(real, fake, seed, permutations=3)["mmd"] == pytest.approx(expected, abs=1e-9)


def test_the_p_value_counts_all_exchanges_of_the_sides():
    real, fake = np.array([[0.0], [1], [2]]), np.array([[10.0], [11], [12]])
    result = mmd_test(real, fake, 0, permutations=2000)
    # 2 of the 20 ways to choose three of six leave the sides apart as they are.
    assert result["mmd_p_value"] == pytest.approx(0.1, abs=0.025)


def test_p_values_of_equal_distributions_are_uniform_and_of_others_small():
    same = [mmd_test(*normal(s, 60, 60), s, permutations=99)["mmd_p_value"] for s in range(100)]
    assert np.mean(same) == pytest.approx(0.5, abs=0.1)
    assert np.mean(np.array(same) <= 0.05) <= 0.12
    assert mmd_test(*normal(0, 60, 60, shift=1.0), 0)["mmd_p_value"] == pytest.approx(1 / 201)


def test_the_generator_does_not_choose_the_width():
    real, fake = normal(2, 100, 100)
    given = mmd_test(real, 50 * fake, 0, bandwidth=float(np.median(pdist(real))))
    assert mmd_test(real, 50 * fake, 0) == pytest.approx(given)


def test_many_rows_are_drawn_from_and_few_are_all_used(monkeypatch):
    monkeypatch.setattr("aezoo.metrics.samples.mmd.MAX_ROWS", 300)
    real, fake = normal(3, 400, 400, 2)
    assert mmd_test(real, fake, 0, permutations=2) != mmd_test(real, fake, 1, permutations=2)
    few = [mmd_test(real[:300], fake[:300], s, permutations=2)["mmd"] for s in (0, 1)]
    assert few[0] == pytest.approx(few[1])


def test_reals_that_are_all_alike_give_no_width():
    with pytest.raises(ValueError, match="reals that differ"):
        mmd_test(np.ones((5, 2)), np.zeros((5, 2)), 0)


def test_z_of_two_proportions():
    z = proportions_z([1000, 500, 0, 10_000], 10_000, [1100, 500, 0, 10_000], 10_000)
    np.testing.assert_allclose(z, [-2.30663, 0, 0, 0], atol=5e-6)


def test_half_of_the_bins_left_empty_are_different():
    centres = np.arange(10.0)[:, None] * 100
    real = np.repeat(centres, 100, axis=0)
    fake = np.repeat(centres[:5], 200, axis=0)
    result = ndb(centres, real, fake, 0, bins=centres)
    halves = np.repeat([0.2, 0.0], 5)
    assert result["ndb"] == 1
    assert result["ndb_divergence"] == pytest.approx(jensenshannon(np.full(10, 0.1), halves) ** 2)
    assert ndb(centres, real, real[::-1], 0, bins=centres) == {"ndb": 0, "ndb_divergence": 0}


def test_bins_that_share_nothing_are_ln_2_apart():
    centres = np.array([[0.0], [100]])
    assert ndb(centres, np.zeros((50, 1)), np.full((50, 1), 100.0), 0, bins=centres) == {
        "ndb": 1,
        "ndb_divergence": pytest.approx(np.log(2)),
    }


def test_a_twentieth_of_the_bins_is_different_by_chance():
    random = np.random.default_rng(0)
    train = random.normal(size=(2000, 3))
    shares = [ndb(train, *random.normal(size=(2, 2000, 3)), seed)["ndb"] for seed in range(10)]
    assert np.mean(shares) == pytest.approx(0.05, abs=0.02)


def test_bins_are_those_of_the_seed():
    train, _ = normal(0, 500, 1)
    real, fake = normal(1, 300, 300, shift=0.3)
    bins = kmeans_centres(train, 100, 7)
    assert ndb(train, real, fake, 7) == ndb(train, real, fake, 0, bins=bins)
    np.testing.assert_array_equal(assign_cells(bins, bins), np.arange(100))


def test_too_few_training_rows_cannot_fill_the_bins():
    with pytest.raises(ValueError, match="cannot fill 100 cells"):
        ndb(*normal(0, 50, 60), np.ones((9, 4)), 0)


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
