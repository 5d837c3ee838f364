"""Calibration: exact small bands, verdicts, and bounds held on simulated draws."""

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
    assert ReferenceBand.from_draws(EXACT, better, ideal).z([value])[0] == pytest.approx(expected)


def test_the_threshold_is_students_prediction_limit():
    values = np.linspace(-1, 1, 20)
    assert ReferenceBand.from_draws(values, "lower").threshold() == pytest.approx(2.8609 * sqrt(1 + 1 / 20), abs=1e-4)
    assert ReferenceBand.from_draws(values, "target", 0.0).threshold() == pytest.approx(
        3.1737 * sqrt(1 + 1 / 20), abs=1e-4
    )


def test_no_draw_of_the_band_itself_lies_above_the_threshold():
    values = [0.0] * 19 + [1.0]  # the last has z = 4.25
    band = ReferenceBand.from_draws(values, "lower")
    assert band.threshold() == band.z([1.0])[0] == pytest.approx(4.2485, abs=1e-4)


@pytest.mark.parametrize("better", ["lower", "higher", "target"])
def test_without_spread_anything_worse_is_infinitely_worse_and_rounding_is_nothing(better):
    band = ReferenceBand.from_draws([0.1 + 0.2] * 10 + [0.3] * 10, better)
    assert (band.deviation, band.threshold()) == (0.0, 0.0)
    worse = {"lower": 0.4, "higher": 0.2, "target": 0.4}[better]
    assert band.z([worse, 0.3]).tolist() == [inf, 0.0]
    assert classify(band.z([worse] * 5), band.threshold()) == "detects"
    assert classify(band.z([0.3] * 5), band.threshold()) == "blind"
    if better != "target":
        assert band.z([0.6 - worse]).tolist() == [-inf]


def test_a_band_of_zeros_has_no_spread_either():
    band = ReferenceBand.from_draws([0.0] * 20, "lower")
    assert band.z([0.0, 1e-6, -1e-6]).tolist() == [0.0, inf, -inf]


@pytest.mark.parametrize("values", [[1.0], [1.0, np.nan], [1.0, inf]])
def test_a_band_needs_finite_values(values):
    with pytest.raises(ValueError, match="two finite values"):
        ReferenceBand.from_draws(values, "lower")


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
    bands = [ReferenceBand.from_draws(row[:20], better, ideal) for row in draws]
    called = [band.z(row[20:])[0] > band.threshold() for band, row in zip(bands, draws, strict=True)]
    promise = np.mean([band.false_alarm_bound for band in bands])
    assert np.mean(called) <= promise + 3 * sqrt(promise / 3_000)
    if shape == "normal":
        assert 0 < np.mean(called) <= 0.005 + 3 * sqrt(0.005 / 3_000)


def test_students_limit_alone_would_not_keep_its_rate_on_skewed_values():
    draws = SHAPES["skewed"](np.random.default_rng(0), (3_000, 21))
    limit = ReferenceBand.from_draws(np.linspace(-1, 1, 20), "lower").threshold()
    called = [ReferenceBand.from_draws(row[:20], "lower").z(row[20:])[0] > limit for row in draws]
    assert np.mean(called) > 0.02


def test_a_verdict_on_real_data_is_rarer_than_promised():
    assert ReferenceBand.from_draws(np.arange(20.0), "lower").verdict_bound(5) == pytest.approx(1 / 53_130)
    assert ReferenceBand.from_draws(np.arange(20.0), "target").verdict_bound(5) == pytest.approx(6 / 53_130)
    assert ReferenceBand.from_draws(np.arange(20.0), "lower").verdict_bound(1) == pytest.approx(1 / 21)


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
        band = ReferenceBand.from_draws([random.permutation(images)[:n].mean() for _ in range(k)], "lower")
        ratios.append(((random.normal(size=n).mean() - band.mean), band.deviation))
    spread, deviation = np.std([a for a, _ in ratios]), sqrt(np.mean([b**2 for _, b in ratios]))
    assert spread / deviation / sqrt(1 + 1 / k) == pytest.approx(split_factor(n, split, k), rel=0.05)


def test_false_alarms_are_counted_with_an_exact_interval():
    band = ReferenceBand.from_draws(np.linspace(-1, 1, 20), "lower")
    found = false_alarm_rate(band, [0.0] * 58 + [9.0] * 2)
    assert (found.count, found.draws, found.rate) == (2, 60, 2 / 60)
    assert (found.low, found.high) == pytest.approx((0.00406, 0.11529), abs=1e-4)


def test_false_alarms_over_all_metrics_on_normal_values():
    values = np.random.default_rng(1).normal(size=(80, 40))
    found = overall_false_alarms(values, 20, [("lower", None), ("target", 0.0)] * 20)
    assert found.bound == pytest.approx(1 / 21)
    assert found.low <= found.expected <= found.high
    assert found.expected == pytest.approx(0.004, abs=0.003)
    assert found.rate <= found.bound


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
    assert ReferenceBand.from_draws(EXACT, better, ideal).best_z(*span) == pytest.approx(expected)


def test_the_best_of_a_score_without_spread():
    assert ReferenceBand.from_draws([10.0] * 5, "higher").best_z(0.0, 10.0) == 0.0
    assert ReferenceBand.from_draws([10.0] * 5, "higher").best_z(0.0, 11.0) == -inf
