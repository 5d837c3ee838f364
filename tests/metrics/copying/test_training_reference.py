"""Training images computed once: the same scores as each metric alone, and the threshold."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from aezoo.metrics import METRICS, NEEDS
from aezoo.metrics.copying import TrainingReference, authenticity, copying_score, near_duplicates, unique_ratio
from aezoo.metrics.copying.training_reference import training_threshold

COPYING = ("authenticity", "copying_score", "near_duplicates", "unique_ratio")


def draws(seed, *sizes, d=4):
    random = np.random.default_rng(seed)
    return [random.normal(size=(size, d)) for size in sizes]


def test_the_threshold_is_the_first_percentile_of_the_distances_to_the_nearest_other():
    (train,) = draws(4, 300)
    apart = cdist(train, train) + np.diag(np.full(300, np.inf))
    assert training_threshold(train) == pytest.approx(np.percentile(apart.min(axis=1), 1))


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


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda of: near_duplicates(of, of[:, :2]), "train has 3 features and fake 2"),
        (lambda of: authenticity(of, of[:, :2]), "train has 3 features and fake 2"),
        (lambda of: copying_score(of, of[:, :2], of), "train has 3 features and held_out 2"),
        (lambda of: copying_score(of, of, of[:, :2]), "held_out has 3 features and fake 2"),
        (lambda of: copying_score(of, of * np.nan, of), "held_out holds NaN"),
        (lambda of: copying_score(of, of, of, cells=of[:, :2]), "the centres of cells 2"),
        (lambda of: TrainingReference(of * np.nan), "train holds NaN"),
        (lambda of: TrainingReference(of).inputs(of, of * np.nan), "fake holds NaN"),
    ],
)
def test_an_error_names_the_side_that_it_is_about(call, words):
    with pytest.raises(ValueError, match=words):
        call(*draws(1, 30, d=3))
