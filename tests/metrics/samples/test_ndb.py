"""Number of statistically different bins: closed forms and null distribution."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from aezoo.metrics.samples import ndb
from aezoo.metrics.samples.ndb import assign_cells, kmeans_centres, proportions_z


def normal(seed, n, m, d=4, shift=0.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, d)), random.normal(size=(m, d)) + shift


def test_z_of_two_proportions():
    z = proportions_z([1000, 500, 0, 10_000], 10_000, [1100, 500, 0, 10_000], 10_000)
    np.testing.assert_allclose(z, [-2.30663, 0, 0, 0], atol=5e-6)


@pytest.mark.independent("ndb", by="SciPy, the divergence alone")
def test_half_of_the_bins_left_empty_are_different():
    centres = np.arange(10.0)[:, None] * 100
    real = np.repeat(centres, 100, axis=0)
    fake = np.repeat(centres[:5], 200, axis=0)
    result = ndb(centres, real, fake, 0, bins=centres)
    halves = np.repeat([0.2, 0.0], 5)
    assert result["ndb"] == 1
    assert result["ndb_divergence"] == pytest.approx(jensenshannon(np.full(10, 0.1), halves) ** 2)
    assert ndb(centres, real, real[::-1], 0, bins=centres) == {"ndb": 0, "ndb_divergence": 0}


@pytest.mark.exact_metric("ndb")
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


def test_counts_in_small_integers_do_not_wrap_around():
    narrow = proportions_z(np.array([200, 3], np.uint8), 1000, np.array([100, 4], np.uint8), 1000)
    np.testing.assert_array_equal(narrow, proportions_z([200, 3], 1000, [100, 4], 1000))


def test_errors_name_the_side_and_the_centres_that_do_not_fit():
    real, fake = normal(0, 200, 200)
    with pytest.raises(ValueError, match="train holds NaN"):
        ndb(real * np.nan, real, fake, 0)
    with pytest.raises(ValueError, match="the points have 4 features and the centres of cells 2"):
        ndb(real, real, fake, 0, bins=real[:100, :2])
