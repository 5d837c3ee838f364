"""Bands, verdicts, false alarms, doses and covers: exact small cases, and promises held on simulated draws."""

from itertools import combinations
from math import inf, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from aezoo.audit.report.calibration import (
    ReferenceBand,
    chance_of_fooled,
    classify,
    false_alarm_rate,
    overall_false_alarms,
    split_factor,
)
from aezoo.audit.report.dose_response import dose_response, smallest_stable_n, spearman
from aezoo.audit.report.set_cover import smallest_covers

EXACT = [1.0, 3.0]  # mean 2, standard deviation sqrt(2)


@pytest.mark.parametrize(
    ("better", "ideal", "value", "expected"),
    [
        ("lower", None, 4.0, 2 / sqrt(2)),
        ("lower", 0.0, 0.0, -2 / sqrt(2)),
        ("higher", None, 4.0, -2 / sqrt(2)),
        ("target", None, 4.0, 2 / sqrt(2)),
        ("target", None, 0.0, 2 / sqrt(2)),
        ("target", None, 2.0, 0.0),
        ("target", 5.0, 5.0, -3 / sqrt(2)),  # nearer to the ideal than real data
        ("target", 5.0, 8.0, 0.0),  # as far from it on the other side
        ("target", 5.0, 9.0, 1 / sqrt(2)),
    ],
)
def test_z_is_positive_where_the_metric_says_worse(better, ideal, value, expected):
    assert ReferenceBand.of(EXACT, better, ideal).z([value])[0] == pytest.approx(expected)


def test_the_threshold_is_students_prediction_limit():
    values = np.linspace(-1, 1, 20)
    assert ReferenceBand.of(values, "lower").threshold() == pytest.approx(2.8609 * sqrt(1 + 1 / 20), abs=1e-4)
    assert ReferenceBand.of(values, "target", 0.0).threshold() == pytest.approx(3.1737 * sqrt(1 + 1 / 20), abs=1e-4)


def test_no_draw_of_the_band_itself_lies_above_the_threshold():
    values = [0.0] * 19 + [1.0]  # the last has z = 4.25
    band = ReferenceBand.of(values, "lower")
    assert band.threshold() == band.z([1.0])[0] == pytest.approx(4.2485, abs=1e-4)


@pytest.mark.parametrize("better", ["lower", "higher", "target"])
def test_without_spread_anything_worse_is_infinitely_worse_and_rounding_is_nothing(better):
    band = ReferenceBand.of([0.1 + 0.2] * 10 + [0.3] * 10, better)
    assert (band.deviation, band.threshold()) == (0.0, 0.0)
    worse = {"lower": 0.4, "higher": 0.2, "target": 0.4}[better]
    assert band.z([worse, 0.3]).tolist() == [inf, 0.0]
    assert classify(band.z([worse] * 5), band.threshold()) == "detects"
    assert classify(band.z([0.3] * 5), band.threshold()) == "blind"
    if better != "target":
        assert band.z([0.6 - worse]).tolist() == [-inf]


def test_a_band_of_zeros_has_no_spread_either():
    band = ReferenceBand.of([0.0] * 20, "lower")
    assert band.z([0.0, 1e-6, -1e-6]).tolist() == [0.0, inf, -inf]


@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan], [1.0, inf]])
def test_a_band_needs_finite_values(values):
    with pytest.raises(ValueError, match="two finite values"):
        ReferenceBand.of(values, "lower")


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([3.1] * 5, "detects"),
        ([3.1] * 4 + [2.9], "blind"),
        ([3.1] * 19 + [0.0], "detects"),  # 95 % of 20
        ([-1.1] * 5, "fooled"),
        ([-1.1] * 4 + [-0.9], "blind"),
        ([0.0] * 5, "blind"),
        ([-inf] * 5, "fooled"),
    ],
)
def test_a_verdict_needs_95_percent_of_the_draws(z, expected):
    assert classify(z, 3.0) == expected


SHAPES = {
    "normal": lambda random, shape: random.normal(size=shape),
    "skewed": lambda random, shape: random.exponential(size=shape) ** 2,
    "few values": lambda random, shape: random.poisson(0.3, size=shape).astype(float),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("better", "ideal"), [("lower", None), ("higher", None), ("target", None), ("target", 0.1)])
def test_the_promise_holds_on_fresh_draws_whatever_the_distribution(shape, better, ideal):
    draws = SHAPES[shape](np.random.default_rng(0), (3_000, 21))
    bands = [ReferenceBand.of(row[:20], better, ideal) for row in draws]
    called = [band.z(row[20:])[0] > band.threshold() for band, row in zip(bands, draws, strict=True)]
    promise = np.mean([band.promise for band in bands])
    assert np.mean(called) <= promise + 3 * sqrt(promise / 3_000)
    if shape == "normal":
        assert 0 < np.mean(called) <= 0.005 + 3 * sqrt(0.005 / 3_000)


def test_students_limit_alone_would_not_keep_its_rate_on_skewed_values():
    draws = SHAPES["skewed"](np.random.default_rng(0), (3_000, 21))
    limit = ReferenceBand.of(np.linspace(-1, 1, 20), "lower").threshold()
    called = [ReferenceBand.of(row[:20], "lower").z(row[20:])[0] > limit for row in draws]
    assert np.mean(called) > 0.02


def test_a_verdict_on_real_data_is_rarer_than_promised():
    assert ReferenceBand.of(np.arange(20.0), "lower").verdict_promise(5) == pytest.approx(1 / 53_130)
    assert ReferenceBand.of(np.arange(20.0), "target").verdict_promise(5) == pytest.approx(6 / 53_130)
    assert ReferenceBand.of(np.arange(20.0), "lower").verdict_promise(1) == pytest.approx(1 / 21)


def test_the_chance_of_preferring_real_data_is_that_of_simulation():
    band = np.random.default_rng(0).normal(size=(40_000, 20))
    below = norm.cdf(band.mean(axis=1) - band.std(axis=1, ddof=1))
    assert chance_of_fooled(3, 20) == pytest.approx((below**3).mean(), rel=0.03)
    exactly_19_or_20 = 20 * below**19 * (1 - below) + below**20
    assert chance_of_fooled(20, 20) == pytest.approx(exactly_19_or_20.mean(), abs=1e-4)


def test_another_split_of_the_same_population_gets_a_wider_limit():
    random = np.random.default_rng(0)
    n, split, k = 50, 100, 20
    ratios = []
    for _ in range(2_000):
        images = random.normal(size=split)
        band = ReferenceBand.of([random.permutation(images)[:n].mean() for _ in range(k)], "lower")
        ratios.append(((random.normal(size=n).mean() - band.mean), band.deviation))
    spread, deviation = np.std([a for a, _ in ratios]), sqrt(np.mean([b**2 for _, b in ratios]))
    assert spread / deviation / sqrt(1 + 1 / k) == pytest.approx(split_factor(n, split, k), rel=0.05)


def test_false_alarms_are_counted_with_an_exact_interval():
    band = ReferenceBand.of(np.linspace(-1, 1, 20), "lower")
    found = false_alarm_rate(band, [0.0] * 58 + [9.0] * 2)
    assert (found.count, found.draws, found.rate) == (2, 60, 2 / 60)
    assert (found.low, found.high) == pytest.approx((0.00406, 0.11529), abs=1e-4)


def test_false_alarms_over_all_metrics_on_normal_values():
    values = np.random.default_rng(1).normal(size=(80, 40))
    found = overall_false_alarms(values, 20, [("lower", None), ("target", 0.0)] * 20)
    assert found.promise == pytest.approx(1 / 21)
    assert found.low <= found.expected <= found.high
    assert found.expected == pytest.approx(0.004, abs=0.003)
    assert found.rate <= found.promise


def test_first_dose_monotone_and_rank_correlation():
    found = dose_response([[0, 1], [1, 2], [5, 6]], [False, True, True])
    assert (found.first, found.holds, found.monotone) == (1, True, "rising")
    assert found.spearman == pytest.approx(spearman([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 5, 6]))
    back = dose_response([[3.0], [2.0], [1.0]], [False, True, False])
    assert (back.first, back.holds, back.monotone) == (1, False, "falling")
    none = dose_response([[1.0], [1.0]], [False, False])
    assert (none.first, none.holds, none.monotone, none.spearman) == (None, False, "flat", None)
    assert dose_response([[0.0], [5.0], [1.0], [0.5]], [False] * 4).monotone == "flat"
    assert dose_response([[1.0, 2.0]], [True]).monotone is None


@pytest.mark.parametrize(
    ("better", "ideal", "span", "expected"),
    [
        ("lower", None, (0.0, inf), -2 / sqrt(2)),
        ("lower", None, (-inf, inf), -inf),
        ("higher", None, (0.0, 2.0), 0.0),
        ("target", None, (0.0, inf), 0.0),
        ("target", 5.0, (0.0, inf), -3 / sqrt(2)),
        ("target", 5.0, (0.0, 4.0), -2 / sqrt(2)),
    ],
)
def test_the_best_that_a_score_can_be(better, ideal, span, expected):
    assert ReferenceBand.of(EXACT, better, ideal).best(*span) == pytest.approx(expected)


def test_the_best_of_a_score_without_spread():
    assert ReferenceBand.of([10.0] * 5, "higher").best(0.0, 10.0) == 0.0
    assert ReferenceBand.of([10.0] * 5, "higher").best(0.0, 11.0) == -inf


def test_spearman_is_that_of_scipy():
    from scipy.stats import spearmanr

    random = np.random.default_rng(0)
    x, y = random.integers(0, 4, 30), random.normal(size=30)
    assert spearman(x, y) == pytest.approx(spearmanr(x, y).statistic)
    assert spearman([1, 2, 3], [3.0, inf, inf]) == pytest.approx(spearmanr([1, 2, 3], [1, 2, 2]).statistic)


def test_the_smallest_size_from_which_on_the_mean_is_stable():
    means = [(100, 5.0), (200, 1.0), (400, 3.0), (800, 1.1), (1600, 1.0)]
    assert smallest_stable_n(means, mean=1.0, width=0.2) == 800
    assert smallest_stable_n(means, mean=1.0, width=9.0) == 100
    assert smallest_stable_n(means, mean=9.0, width=0.2) is None


def covers_by_force(detects):
    """All smallest covers of what can be covered."""
    wanted = detects[:, detects.any(axis=0)]
    for size in range(1, len(detects) + 1):
        fitting = [rows for rows in combinations(range(len(detects)), size) if wanted[list(rows)].any(axis=0).all()]
        if fitting:
            return fitting
    return []


@pytest.mark.parametrize("seed", range(12))
def test_covers_are_those_of_brute_force(seed):
    random = np.random.default_rng(seed)
    detects, costs = random.random((8, 6)) < 0.35, random.random(3)
    uses = random.random((8, 3)) < 0.5
    found, every = smallest_covers(detects, costs, uses), covers_by_force(detects)
    assert found.uncovered == tuple(np.flatnonzero(~detects.any(axis=0)).tolist())
    assert (found.count, found.complete) == (len(every), True)
    assert set(found.forced) == set.intersection(*map(set, every))
    assert set(found.examples) <= set(every)
    assert len(set(found.examples)) == len(found.examples) == min(3, len(every))
    prices = [sum(costs[uses[list(rows)].any(axis=0)]) for rows in every]
    assert sum(costs[uses[list(found.examples[0])].any(axis=0)]) == pytest.approx(min(prices))


def test_what_members_of_a_set_share_is_paid_for_once():
    detects = [[1, 0], [0, 1], [0, 1]]
    costs, uses = [5.0, 3.0], [[1, 0], [1, 0], [0, 1]]
    assert smallest_covers(detects, costs, uses).examples[0] == (0, 1)  # 5, where 0 and 2 cost 8


def test_examples_have_as_little_in_common_as_they_can():
    found = smallest_covers([[1, 0], [1, 0], [0, 1], [0, 1]], [1.0, 9.0, 1.0, 9.0])
    assert found.examples[:2] == ((0, 2), (1, 3))


def test_at_most_so_many_covers_are_counted_and_nothing_to_cover_is_no_cover():
    found = smallest_covers(np.ones((5, 3), dtype=bool), most=2)
    assert (found.count, found.complete, len(found.examples)) == (2, False, 3)
    nothing = smallest_covers(np.zeros((3, 2), dtype=bool))
    assert (nothing.examples, nothing.count, nothing.uncovered) == ((), 0, (0, 1))
    assert smallest_covers(np.zeros((0, 2), dtype=bool)).uncovered == (0, 1)
