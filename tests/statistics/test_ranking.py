"""Who wins a contest, and how often chance alone would make a winner sure."""

import numpy as np
import pytest
from scipy.stats import binomtest, rankdata

from aezoo.reporting.pages.verdict import LEGEND
from aezoo.statistics import is_best, mean_ranks, rank_models


def losses(*models):
    """One metric, a row of seeds for each model."""
    return np.array(models, dtype=float)[:, np.newaxis]


def simulate(models, metrics, repeats, seeds=5):
    """In how many of `repeats` contests of equal models one is sure, and in how many by its share alone."""
    random = np.random.default_rng(0)
    sure = by_share = 0
    for _ in range(repeats):
        found = rank_models(random.normal(size=(models, metrics, seeds)), resamples=500)
        sure += found.is_sure
        by_share += found.share >= 0.95 and found.is_winner.sum() == 1
    return sure, by_share


def test_a_clear_winner_is_sure():
    found = rank_models(losses([1, 2, 1, 2, 1], [3, 4, 3, 4, 3]))
    assert (found.is_winner.tolist(), found.share, found.n_seeds, found.n_seeds_won) == ([True, False], 1.0, 5, 5)
    assert found.is_sure


def test_one_lost_seed_of_five_is_not_sure_whatever_the_share():
    found = rank_models(losses([1, 1, 1, 1, 3], [2.5] * 5))
    assert (found.share > 0.95, found.n_seeds_won, found.is_sure) == (True, 4, False)


def test_a_tied_seed_is_not_a_seed_won():
    found = rank_models(losses([1, 1, 1, 1, 3], [3] * 5))
    assert (found.n_seeds_won, found.n_seeds_tied, found.is_sure) == (4, 1, False)


def test_four_seeds_are_too_few():
    assert not rank_models(losses([1] * 4, [2] * 4)).is_sure


def test_models_that_tie_are_not_sure():
    found = rank_models(losses([1] * 5, [1] * 5, [2] * 5))
    assert (found.is_winner.tolist(), found.n_seeds_won, found.is_sure) == ([True, True, False], 5, False)


def test_only_common_seeds_count():
    found = rank_models(losses([1, 1, 1, np.nan, 1, 1], [2, 2, 2, 2, 2, np.nan]))
    assert (found.n_seeds, found.n_seeds_won) == (4, 4)


def test_without_common_seeds_nothing_is_sure():
    found = rank_models(losses([1, np.nan], [np.nan, 2]))
    assert (found.is_winner.tolist(), found.n_seeds, found.is_sure) == ([True, False], 0, False)


def test_of_two_equal_models_one_is_sure_as_rarely_as_the_page_says():
    """By one metric 5.5 % of 4,000, where the share alone makes a fifth of them sure."""
    sure, by_share = simulate(models=2, metrics=1, repeats=1000)
    assert binomtest(sure, 1000, 0.055).pvalue > 0.01
    assert binomtest(by_share, 1000, 0.19).pvalue > 0.01
    assert "5.5 % of cases by one metric" in LEGEND[1]


def test_more_metrics_do_not_raise_the_rate():
    """2 / 2^5 bounds it for any number of metrics: each seed is won by either with the same probability."""
    sure, _ = simulate(models=2, metrics=5, repeats=500)
    assert binomtest(sure, 500, 0.021).pvalue > 0.01
    assert "in 2 % by five independent ones" in LEGEND[1]


@pytest.mark.parametrize("models", [3, 5])
def test_more_models_lower_the_rate(models):
    sure, by_share = simulate(models, metrics=1, repeats=300)
    assert sure / 300 < 0.04
    assert sure <= by_share


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
