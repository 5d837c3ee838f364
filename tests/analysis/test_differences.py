"""Differences of a comparison: which are sure, how they are counted, and which come first."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from support.comparisons import runs, two_folders
from support.zoos import ARI, FD, MSE, NLL, zoo

from aezoo.analysis.comparison import compare_models
from aezoo.analysis.differences import Tally, differences, first_rows, tally
from aezoo.statistics import holm, paired_t_p

CROSSED = {"a": {MSE: 1, NLL: 1, ARI: 2, FD: 1.0}, "b": {MSE: 2, NLL: 2, ARI: 1, FD: 1.001}}


def found(seeds=5, spread=0.1):
    (comparison,) = compare_models(zoo(CROSSED, seeds, spread), "a", "b")
    return differences(comparison.scores)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_students_test_is_scipys(n):
    values = np.random.default_rng(n).normal(0.3, 1, n)
    assert paired_t_p(values) == pytest.approx(ttest_1samp(values, 0).pvalue, rel=1e-12)


def test_p_values_are_corrected_for_all_scores():
    plain = [ttest_1samp(each.result.differences, 0).pvalue for each in found()]
    assert [each.p for each in found()] == pytest.approx(holm(plain), rel=1e-9)


def test_sure_differences_are_counted():
    assert tally(found()) == Tally(total=4, candidate=1, baseline=2, equal=0)


def test_few_seeds_make_nothing_sure():
    few = found(seeds=3)
    assert [each.p for each in few] == [None] * 4
    assert not any(each.sure for each in few)
    assert (tally(few).candidate, tally(few).baseline) == (1, 2)  # in all three seeds


def test_equal_sides_are_equal():
    (comparison,) = two_folders(runs(), runs())
    (each,) = differences(comparison.scores)
    assert each.equal
    assert not each.sure
    assert tally([each]) == Tally(total=1, candidate=0, baseline=0, equal=1)
    assert first_rows([each], 9) == []


def test_equal_models_differ_surely_in_five_percent_of_comparisons_at_most():
    """A family of 20 scores, 400 times: 5 % and three standard errors of that share."""
    metrics = {("reconstruction", f"m{i}"): 1.0 for i in range(20)}
    random = np.random.default_rng(0)
    alarms = 0
    for _ in range(400):
        p_values = [paired_t_p(random.normal(size=5)) for _ in metrics]
        alarms += bool(min(holm(p_values)) < 0.05)
    assert alarms / 400 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_the_score_to_read_first_comes_first_and_then_the_largest_difference():
    levels = {"nll": 0.1, "mse": 1.0, "ssim": 30.0, "psnr": 3.0}
    models = {
        "a": {("reconstruction", name): 1.0 for name in levels},
        "b": {("reconstruction", name): 1.0 + level for name, level in levels.items()},
    }
    (comparison,) = compare_models(zoo(models, spread=0.01), "a", "b")
    rows = first_rows(differences(comparison.scores), 3)
    assert [each.score.metric for each in rows] == ["nll", "ssim", "psnr"]
    assert rows[1].size > rows[2].size
