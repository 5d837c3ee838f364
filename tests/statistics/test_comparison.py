from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from aezoo.statistics import (
    compare_paired,
    holm,
    probability_of_improvement,
    seeds_needed,
    signed_rank_p,
    smallest_signed_rank_p,
)

WHOLE = st.integers(-5, 5).map(float)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


def test_probability_of_improvement_of_two_tasks():
    """By hand, task 1: of 4 x 3 pairs 3 are won and 2 tied, (2 + 2) / 12; task 2 alike."""
    x, y = [[1, 2], [2, 2], [1, 1], [2, 1]], [[1, 1], [2, 2], [3, 3]]
    assert probability_of_improvement(x, y) == pytest.approx(1 / 3, rel=1e-15)


@given(st.lists(WHOLE, min_size=1, max_size=6), st.lists(WHOLE, min_size=1, max_size=6))
def test_probability_of_improvement_counts_pairs(x, y):
    wins = np.mean([(a > b) + 0.5 * (a == b) for a, b in product(x, y)])
    assert probability_of_improvement(x, y) == pytest.approx(wins, abs=1e-12)
    assert probability_of_improvement(y, x) == pytest.approx(1 - wins, abs=1e-12)


@pytest.mark.parametrize(("n", "smallest"), [(1, 1.0), (3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_smallest_p_is_reached_where_all_differences_have_one_sign(n, smallest):
    assert smallest_signed_rank_p(n) == smallest
    assert signed_rank_p(np.arange(1, n + 1)) == pytest.approx(smallest, rel=1e-12)


@pytest.mark.parametrize(("tests", "seeds"), [(1, 6), (2, 7), (5, 8), (10, 9), (1209, 16)])
def test_the_fewest_seeds_that_reach_the_level(tests, seeds):
    assert seeds_needed(tests) == seeds
    assert tests * smallest_signed_rank_p(seeds) <= 0.05 < tests * smallest_signed_rank_p(seeds - 1)


@settings(deadline=None, max_examples=30)
@given(st.lists(WHOLE, min_size=5, max_size=7).filter(any))
def test_signed_rank_enumerates_all_signs(differences):
    """An independent enumeration: the share of sign patterns whose rank sum is as far from its middle."""
    array = np.array(differences)
    ranks = np.where(array == 0, 0.0, rankdata(np.abs(array)))
    sums = [np.dot(signs, ranks) for signs in product((-1, 1), repeat=len(array))]
    extreme = np.mean(np.abs(sums) >= abs(np.dot(np.sign(array), ranks)) - 1e-9)
    assert signed_rank_p(array) == pytest.approx(extreme, abs=1e-12)


def test_equal_runs_give_no_evidence():
    assert signed_rank_p([0.0] * 5) == 1.0


def test_holm_by_hand():
    """Sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 gives 0.02, 0.03, 0.06, 0.04; never falling: 0.06."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02], rel=1e-12)
    assert holm([]).size == 0


@given(P_VALUES)
def test_holm_lies_between_none_and_bonferroni(p_values):
    corrected = holm(p_values)
    assert (corrected >= np.array(p_values)).all()
    assert (corrected <= np.minimum(1, len(p_values) * np.array(p_values)) + 1e-12).all()


@given(P_VALUES, st.randoms())
def test_holm_does_not_depend_on_the_order(p_values, random):
    order = list(range(len(p_values)))
    random.shuffle(order)
    assert holm([p_values[i] for i in order]) == pytest.approx(holm(p_values)[order])


def test_paired_comparison_by_hand():
    found = compare_paired([1, 2, 3, 4, 5], [2, 3, 4, 5, 6], "lower")
    assert found.differences == (1, 1, 1, 1, 1)
    assert (found.worsening, found.interval.low, found.interval.high) == (1, 1, 1)
    assert found.p == 0.0625
    assert found.improvement == pytest.approx(8 / 25, abs=1e-12)  # 6 of 25 pairs are won and 4 tied


def test_higher_is_better_turns_the_worsening_and_not_the_difference():
    found = compare_paired([1.0, 2.0], [3.0, 4.5], "higher")
    assert found.differences == (2.0, 2.5)
    assert found.worsening == -2.25
    assert found.improvement == 1.0


def test_a_target_metric_is_compared_by_distance():
    found = compare_paired([0.5, 1.5], [1.25, 0.75], "target", 1.0)
    assert found.differences == (-0.25, -0.25)
    assert found.worsening == -0.25


@pytest.mark.parametrize(
    ("baseline", "candidate", "better", "target"),
    [(0.3, 0.1 + 0.2, "lower", None), (0.3, 0.1 + 0.2, "higher", None), (0.3, 0.7, "target", 0.5)],
)
def test_a_difference_of_rounding_is_none(baseline, candidate, better, target):
    """0.3 and 0.7 are as far from 0.5, and floating point says otherwise by 5e-17."""
    found = compare_paired([baseline] * 5, [candidate] * 5, better, target)
    assert (found.differences, found.worsening, found.improvement, found.p) == ((0.0,) * 5, 0.0, 0.5, 1.0)


def test_fewer_than_five_seeds_give_points_only():
    found = compare_paired([1, 2, 3, 4], [2, 4, 6, 9], "lower")
    assert found.differences == (1, 2, 3, 5)
    assert (found.p, found.interval.low, found.bootstrap.method) == (None, None, "points")


def test_shared_noise_of_a_seed_does_not_widen_the_interval():
    """What pairing is for: the seeds differ by hundreds, the two models by one."""
    baseline = np.array([100.0, 300, 200, 700, 500])
    found = compare_paired(baseline, baseline + np.array([1.0, 1.1, 0.9, 1.0, 1.0]), "lower")
    assert found.interval.low > 0.8
    assert found.interval.high < 1.2


def test_refuses_unpaired_values():
    with pytest.raises(ValueError, match="per seed"):
        compare_paired([1.0, 2.0], [1.0], "lower")


@given(P_VALUES, st.integers(1, 8))
def test_holm_for_some_tests_of_a_family_is_never_below_that_of_all(p_values, some):
    some = min(some, len(p_values))
    assert (holm(p_values[:some], len(p_values)) >= holm(p_values)[:some] - 1e-12).all()
