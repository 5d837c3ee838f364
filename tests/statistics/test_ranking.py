"""Winners of a contest, and mean ranks; how often chance alone tells models apart is in test_ties.py."""

import numpy as np
from scipy.stats import rankdata

from aezoo.statistics import is_best, mean_ranks, rank_models


def losses(*models):
    """One metric, a row of seeds for each model."""
    return np.array(models, dtype=float)[:, np.newaxis]


def test_a_clear_winner():
    found = rank_models(losses([1, 2, 1, 2, 1], [3, 4, 3, 4, 3]))
    assert (found.is_winner.tolist(), found.share, found.n_seeds, found.n_seeds_won) == ([True, False], 1.0, 5, 5)


def test_a_lost_seed_is_counted_whatever_the_share():
    found = rank_models(losses([1, 1, 1, 1, 3], [2.5] * 5))
    assert (found.share > 0.95, found.n_seeds_won) == (True, 4)


def test_a_tied_seed_is_not_a_seed_won():
    found = rank_models(losses([1, 1, 1, 1, 3], [3] * 5))
    assert (found.n_seeds_won, found.n_seeds_tied) == (4, 1)


def test_models_that_tie_are_not_sure():
    found = rank_models(losses([1] * 5, [1] * 5, [2] * 5))
    assert (found.is_winner.tolist(), found.n_seeds_won) == ([True, True, False], 5)


def test_only_common_seeds_count():
    found = rank_models(losses([1, 1, 1, np.nan, 1, 1], [2, 2, 2, 2, 2, np.nan]))
    assert (found.n_seeds, found.n_seeds_won) == (4, 4)


def test_a_resample_in_which_a_metric_is_lacking_is_no_defeat():
    """The second seed of a has one metric of two: a quarter of the draws of two seeds lacks the other."""
    nan = np.nan
    found = rank_models([[[1, 1], [1, nan]], [[2, nan], [2, nan]]])
    assert (found.is_winner.tolist(), found.share, found.n_seeds) == ([True, False], 1.0, 1)


def test_without_common_seeds_the_means_decide():
    found = rank_models(losses([1, np.nan], [np.nan, 2]))
    assert (found.is_winner.tolist(), found.n_seeds) == ([True, False], 0)


def test_who_is_best_where_some_are_worse():
    nan = np.nan
    best = is_best([[1, 1, nan, 2, 2], [1, 2, 3, nan, 2 + 1e-15], [2, 3, nan, nan, 2]])
    assert best.T.tolist() == [[True, True, False], [True, False, False], [False] * 3, [False] * 3, [False] * 3]
    assert not is_best(np.empty((0, 2))).any()


def test_what_differs_by_rounding_has_one_rank():
    """0.1 + 0.2 is not 0.3, and no model is ahead by it."""
    assert mean_ranks([[0.1 + 0.2, 5], [0.3, 5], [0.4, 1], [0.2, 9]]).tolist() == [2.5, 2.5, 2.5, 2.5]
    assert mean_ranks([[-0.3], [-(0.1 + 0.2)], [0.0]]).tolist() == [1.5, 1.5, 3.0]
    assert np.isnan(mean_ranks([[1.0, 2.0], [1.0, np.nan]])).all()
    assert mean_ranks([[4.0]]).tolist() == [1.0]


def test_ranks_are_those_of_scipy_where_nothing_is_tied():
    losses = np.random.default_rng(0).normal(size=(7, 6, 5))
    assert np.array_equal(mean_ranks(losses), rankdata(losses, axis=1).mean(axis=2))
