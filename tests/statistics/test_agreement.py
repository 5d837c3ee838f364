from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau

from aezoo.statistics import (
    is_winner,
    kendall_tau,
    mean_ranks,
    order_signs,
    resampled_means,
    resampled_tau,
    reversal_probabilities,
    seed_means,
    smallest_tau_p,
    win_shares,
)

SCORES = arrays(np.float64, (6, 3), elements=st.integers(0, 4).map(float))


def test_one_swap_of_four():
    assert kendall_tau(np.array([[1, 1], [2, 2], [3, 4], [4, 3]]))[0, 1] == pytest.approx(2 / 3, rel=1e-15)


def test_ties_by_hand():
    """[1, 1, 2] against [1, 2, 3]: two concordant pairs, one tied in the first only: 2 / sqrt(2 * 3)."""
    tau = kendall_tau(np.array([[1, 1], [1, 2], [2, 3]]))
    assert tau[0, 1] == pytest.approx(2 / np.sqrt(6), rel=1e-15)


def test_a_difference_of_rounding_is_a_tie():
    """0.1 + 0.2 and 0.3 are one loss: no order by the second metric, so neither tau nor a reversal of the first."""
    losses = np.array([[1.0, 0.1 + 0.2], [2.0, 0.3]])
    assert losses[0, 1] > losses[1, 1]
    assert order_signs(losses).tolist() == [[1.0, 0.0]]
    assert np.isnan(kendall_tau(losses)[0, 1])
    assert not reversal_probabilities(losses[np.newaxis]).any()


@given(SCORES)
def test_agrees_with_scipy(losses):
    tau = kendall_tau(losses)
    for i in range(3):
        for j in range(3):
            expected = kendalltau(losses[:, i], losses[:, j]).statistic
            assert tau[i, j] == pytest.approx(expected, abs=1e-12, nan_ok=True)


@given(SCORES)
def test_an_unknown_model_counts_for_no_pair_of_metrics(losses):
    """Only the metric that lacks it loses the model; the others keep it."""
    lacking = losses.copy()
    lacking[2, 0] = np.nan
    tau = kendall_tau(lacking)
    assert tau[0, 1] == pytest.approx(kendall_tau(np.delete(losses, 2, axis=0))[0, 1], abs=1e-12, nan_ok=True)
    assert tau[1, 2] == pytest.approx(kendall_tau(losses)[1, 2], abs=1e-12, nan_ok=True)


def test_many_at_once_are_each_alone():
    losses = np.random.default_rng(0).normal(size=(250, 5, 4))
    assert kendall_tau(losses) == pytest.approx(np.stack([kendall_tau(of) for of in losses]))


@pytest.mark.parametrize(("n", "p"), [(2, 1.0), (3, 1 / 3), (4, 1 / 12), (5, 1 / 60), (6, 1 / 360)])
def test_smallest_p_by_enumeration(n, p):
    """Of all n! orders only the same and the opposite one agree perfectly."""
    perfect = [abs(kendalltau(range(n), order).statistic) > 1 - 1e-9 for order in permutations(range(n))]
    assert smallest_tau_p(n) == pytest.approx(np.mean(perfect), rel=1e-12)
    assert smallest_tau_p(n) == pytest.approx(p, rel=1e-12)


def test_order_signs_name_the_better_model():
    assert order_signs(np.array([[1.0], [2.0], [2.0]]))[:, 0].tolist() == [1, 1, 0]


def test_means_skip_missing_seeds():
    values = np.array([[[1.0, 3.0, np.nan]], [[np.nan] * 3]])
    assert seed_means(values)[0, 0] == 2.0
    assert np.isnan(seed_means(values)[1, 0])


def test_resampled_means_have_the_moments_of_the_bootstrap():
    """The mean of the values, and their variance (divisor n) over n; 20,000 resamples leave an error below 2 %."""
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    means = resampled_means(values[np.newaxis, np.newaxis], resamples=20_000)[:, 0, 0]
    assert means.mean() == pytest.approx(values.mean(), rel=0.02)
    assert means.var() == pytest.approx(values.var() / 5, rel=0.05)


def test_metrics_of_a_model_share_their_seeds():
    values = np.random.default_rng(0).normal(size=(2, 1, 5))
    twice = np.concatenate([values, 2 * values], axis=1)
    means = resampled_means(twice, resamples=50)
    assert means[:, :, 1] == pytest.approx(2 * means[:, :, 0])
    assert not np.allclose(means[:, 0, 0] - means[:, 0, 0].mean(), means[:, 1, 0] - means[:, 1, 0].mean())


def test_a_single_seed_never_varies():
    values = np.array([[[5.0, np.nan, np.nan]], [[1.0, 2.0, 3.0]]])
    means = resampled_means(values, resamples=50)
    assert (means[:, 0, 0] == 5.0).all()
    assert means[:, 1, 0].std() > 0


def test_winners_and_their_ties():
    losses = np.array([[1.0, 2.0, np.nan], [1.0, 1.0, np.nan], [np.nan, 3.0, np.nan]])
    assert is_winner(losses).tolist() == [[True, False, False], [True, True, False], [False, False, False]]


def test_win_shares_by_hand():
    """Resample 1 is won by the first model, 2 by the second, 3 and 4 by both."""
    losses = np.array([[1, 2], [2, 1], [1, 1], [3, 3]], dtype=float)[:, :, np.newaxis]
    assert win_shares(losses)[:, 0].tolist() == [0.5, 0.5]


def test_mean_ranks_by_hand():
    """Ranks 1, 2.5, 2.5 and 3, 1, 2."""
    assert mean_ranks([[1.0, 9.0], [2.0, 1.0], [2.0, 5.0]]).tolist() == [2.0, 1.75, 2.25]


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (5, 0, 3), (5, 3, 0), (0, 3, 2)])
def test_nothing_to_rank_is_no_error(shape):
    """No models, no metrics, no resamples: where no metric orders them, all tie."""
    losses = np.zeros(shape)
    assert is_winner(losses).shape == shape
    assert (mean_ranks(losses) == (shape[-2] + 1) / 2).all()
    assert kendall_tau(losses).shape == (*shape[:-2], shape[-1], shape[-1])


def test_no_metrics_have_no_reversals():
    assert reversal_probabilities(np.zeros((5, 3, 0))).shape == (3, 0, 0)


def test_reversals_by_hand():
    """Metric 0 puts model 0 first in 3 of 4 resamples, metric 1 in one of these: 2 of 4 are reversals."""
    first = np.array([[1, 2], [1, 2], [1, 2], [2, 1]], dtype=float)
    second = np.array([[1, 2], [2, 1], [2, 1], [2, 1]], dtype=float)
    found = reversal_probabilities(np.stack([first, second], axis=-1))
    assert found[0, 0, 1] == 0.5
    assert found[0, 1, 0] == 0.0
    assert found[0, 0, 0] == 0.0


def test_a_draw_of_models_is_the_tau_of_the_models_drawn():
    """A model that is drawn twice is two rows that tie: scipy sees them so."""
    losses = np.random.default_rng(0).integers(0, 6, size=(7, 3)).astype(float)
    drawn = np.random.default_rng(5).multinomial(7, np.full(7, 1 / 7), size=20)
    found = resampled_tau(losses, resamples=20, seed=5)
    for counts, tau in zip(drawn, found, strict=True):
        rows = np.repeat(losses, counts, axis=0)
        assert tau[0, 1] == pytest.approx(kendalltau(rows[:, 0], rows[:, 1]).statistic, nan_ok=True)


def test_the_interval_over_models_covers_no_agreement():
    """Of pairs of unrelated metrics about 95 % have zero in their interval; 24 models, 60 pairs."""
    random = np.random.default_rng(0)
    covered = []
    for _ in range(60):
        tau = resampled_tau(random.normal(size=(24, 2)), resamples=200)[:, 0, 1]
        low, high = np.quantile(tau, [0.025, 0.975])
        covered.append(low <= 0 <= high)
    assert 0.85 <= np.mean(covered) <= 1


def test_one_model_has_no_tau_over_draws():
    assert np.isnan(resampled_tau(np.zeros((1, 2)), resamples=3)).all()
