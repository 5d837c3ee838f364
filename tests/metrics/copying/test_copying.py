"""Copy tests: closed forms, SciPy, loops and invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu
from sklearn.neighbors import NearestNeighbors

from aezoo.metrics import METRICS, NEEDS
from aezoo.metrics.copying import TrainingReference, authenticity, copying_score, near_duplicates, unique_ratio
from aezoo.metrics.copying.copying_score import rank_test
from aezoo.metrics.copying.training_reference import training_threshold

SEEDS = st.integers(0, 10_000)
COPYING = ("authenticity", "copying_score", "near_duplicates", "unique_ratio")


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


def test_authenticity_of_points_on_a_line():
    train = np.array([[0.0], [1], [10], [13]])
    assert authenticity(train, [[0.5], [2.5], [11.4], [20], [-0.9]]) == pytest.approx(2 / 5)


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


@pytest.mark.parametrize(
    ("further", "usual", "z"),
    [
        (np.zeros(1000), np.arange(1.0, 1001), -38.720116),
        (np.full(1000, 2000.0), np.arange(1.0, 1001), 38.720193),
        (np.ones(1000), np.ones(1000), 3.87e-5),
        (np.zeros(10), np.arange(1.0, 11), -3.741848),
    ],
)
def test_closed_forms_of_the_rank_test(further, usual, z):
    assert rank_test(further, usual)[0] == pytest.approx(z, abs=1e-6)


@given(SEEDS, st.integers(1, 40), st.integers(1, 40))
def test_the_rank_test_matches_scipy_and_a_loop_with_ties(seed, n, m):
    random = np.random.default_rng(seed)
    first, second = random.integers(0, 9, n).astype(float), random.integers(0, 9, m).astype(float)
    wins = np.mean([[float(a > b) + 0.5 * float(a == b) for b in second] for a in first])
    z, auc = rank_test(first, second)
    assert auc == pytest.approx(wins)
    assert auc == pytest.approx(mannwhitneyu(first, second).statistic / (n * m))
    assert rank_test(second, first)[1] == pytest.approx(1 - auc)
    assert z * np.sqrt(n * m * (n + m + 1) / 12) == pytest.approx(n * m * (auc - 0.5) + 0.5)


def test_copying_score_of_copies_of_far_images_and_of_held_out_ones():
    train, held_out, fake = draws(1, 1500, 1000, 1000)
    copies = copying_score(train, held_out, train[:1000])
    far = copying_score(train, held_out, fake * 20)
    same = copying_score(train, held_out, fake)
    assert copies["copying_z"] == pytest.approx(-38.720116, abs=1e-6)
    assert copies["copying_auc"] == 0
    assert copies["copying_cells"] < -5
    assert far["copying_z"] > 30
    assert far["copying_auc"] > 0.95
    assert abs(same["copying_z"]) < 3
    assert abs(same["copying_cells"]) < 1


def test_cells_see_copies_that_distant_samples_elsewhere_make_up_for():
    random = np.random.default_rng(0)
    near, away = random.normal(size=(2, 900, 3)), np.array([100.0, 0, 0])
    train = np.concatenate([near[0][:500], near[1][:500] + away])
    held_out = np.concatenate([near[0][500:], near[1][500:] + away])
    fake = np.concatenate([near[0][:400], 1.5 * random.normal(size=(400, 3)) + away])
    cells = np.array([[0.0, 0, 0], away])
    scores = copying_score(train, held_out, fake, cells=cells)
    halves = [copying_score(train, held_out[own], fake[own])["copying_z"] for own in np.s_[:400, 400:]]
    assert halves[0] < -20 < 0 < halves[1]
    assert scores["copying_cells"] == pytest.approx(np.mean(halves), rel=0.02)


def test_copying_score_is_unmoved_by_similarity_and_order():
    train, held_out, fake = draws(2, 400, 300, 300)
    cells = train[:4]
    expected = copying_score(train, held_out, fake, cells=cells)
    args = (moved(side)[::-1] for side in (train, held_out, fake))
    assert copying_score(*args, cells=moved(cells)) == pytest.approx(expected)


def test_cells_with_too_few_images_leave_no_score():
    with pytest.raises(ValueError, match="no cell holds 20"):
        copying_score(*draws(0, 50, 15, 15))


def test_copies_are_near_duplicates_at_any_threshold():
    train, fake = draws(0, 200, 150)
    assert near_duplicates(train, train[:90]) == 1
    assert near_duplicates(np.repeat(train, 2, axis=0), train, threshold=0.0) == 1
    assert near_duplicates(train, fake, threshold=0.0) == 0
    assert near_duplicates(train, train[:100] + 1000) == 0


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.1, 3))
def test_near_duplicates_match_all_distances(seed, threshold):
    train, fake = draws(seed, 50, 40)
    expected = np.mean(cdist(fake, train).min(axis=1) <= threshold)
    assert near_duplicates(train, fake, threshold=threshold) == pytest.approx(expected)


def test_the_threshold_is_the_first_percentile_of_the_distances_to_the_nearest_other():
    (train,) = draws(4, 300)
    apart = cdist(train, train) + np.diag(np.full(300, np.inf))
    assert training_threshold(train) == pytest.approx(np.percentile(apart.min(axis=1), 1))


@pytest.mark.parametrize(("k", "n"), [(20, 1000), (1, 50), (7, 100)])
def test_k_repeated_images_are_k_different_ones(k, n):
    (images,) = draws(0, k)
    repeated = images[np.arange(n) % k]
    assert unique_ratio(repeated) == pytest.approx(k / n)
    near = repeated + 1e-6 * np.random.default_rng(1).normal(size=repeated.shape)
    assert unique_ratio(near, threshold=1e-4) == pytest.approx(k / n)
    assert unique_ratio(near) == 1


def test_a_chain_is_more_than_one_image():
    chain = np.arange(6.0)[:, None]
    assert unique_ratio(chain, threshold=1.0) == pytest.approx((2 / 2 + 4 / 3) / 6)
    assert unique_ratio(chain, threshold=0.99) == 1


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0, 2))
def test_unique_ratio_matches_loops_and_lies_between_clusters_and_all(seed, threshold):
    fake = np.random.default_rng(seed).integers(0, 4, (60, 3)).astype(float)
    alike = cdist(fake, fake) <= threshold
    expected = np.mean(1 / alike.sum(axis=1))
    assert unique_ratio(fake, threshold) == pytest.approx(expected)
    assert unique_ratio(fake[::-1], threshold) == pytest.approx(expected)
    clusters = connected_components(coo_array(alike))[0]
    assert clusters / 60 <= expected + 1e-12


def test_blocks_of_the_unique_ratio_make_no_difference():
    fake = np.random.default_rng(0).normal(size=(700, 2))
    expected = np.mean(1 / (cdist(fake, fake) <= 0.1).sum(axis=1))
    assert unique_ratio(fake, 0.1) == pytest.approx(expected)


@pytest.mark.parametrize("threshold", [-1.0, np.nan, np.inf])
def test_a_threshold_that_is_no_distance_is_refused(threshold):
    with pytest.raises(ValueError, match="give a distance"):
        unique_ratio(np.ones((3, 2)), threshold)


def test_what_is_computed_once_gives_what_each_metric_computes_itself():
    train, held_out, fake, other = draws(5, 1200, 1000, 1000, 1000)
    side = TrainingReference(train)
    side.inputs(held_out, other)  # leaves nothing behind that moves the next
    inputs = side.inputs(held_out, fake)
    given = {name: METRICS.get(name)(inputs) for name in COPYING}
    assert set(inputs) == set(NEEDS["copying"]) - {"seed"}
    assert given["authenticity"]["authenticity"] == authenticity(train, fake)
    assert given["copying_score"] == copying_score(train, held_out, fake)
    assert given["near_duplicates"]["near_duplicates"] == near_duplicates(train, fake)
    assert given["unique_ratio"]["unique_ratio"] == unique_ratio(fake, side.threshold)
    assert side.bins.shape == (100, 4)


@pytest.mark.parametrize("function", [authenticity, near_duplicates])
def test_bad_sides_are_refused(function):
    with pytest.raises(ValueError, match="one feature space"):
        function(np.ones((5, 3)), np.ones((5, 2)))
    with pytest.raises(ValueError, match="NaN"):
        function(np.ones((5, 3)), np.full((5, 3), np.nan))


def test_distances_of_another_set_are_refused():
    train, fake = draws(0, 20, 10)
    with pytest.raises(ValueError, match="one distance a row"):
        authenticity(train, fake, np.ones(9), np.ones(9))
