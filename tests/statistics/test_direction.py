"""Direction of scores: losses, targets, signs and words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aezoo.statistics import (
    arrow,
    best_value,
    compare_losses,
    describe,
    describe_briefly,
    is_ranked,
    is_target,
    loss,
    losses,
    signed,
)
from aezoo.statistics.direction import DIRECTIONS, target_of

VALUES = [0.5, 1.0, 3.0]
finite = st.floats(-1e6, 1e6)


def test_losses_of_every_direction():
    assert losses(VALUES, "lower").tolist() == [0.5, 1.0, 3.0]
    assert losses(VALUES, "higher").tolist() == [-0.5, -1.0, -3.0]
    assert losses(VALUES, "target", 1.0).tolist() == [0.5, 0.0, 2.0]
    assert np.isnan(losses(VALUES, "target")).all()
    assert np.isnan(losses(VALUES, "neither")).all()
    assert np.isnan(losses([math.nan], "higher")).all()
    assert loss(3.0, "target", 1.0) == 2.0


def test_another_direction_is_an_error():
    with pytest.raises(ValueError, match="'up'"):
        losses(VALUES, "up")


def test_the_target_is_the_ideal_or_else_the_mean_on_real_data():
    assert target_of("target", 0.5, [1.0, 3.0]) == 0.5
    assert target_of("target", 0.0, [1.0, 3.0]) == 0.0
    assert target_of("target", None, [1.0, 3.0, math.nan]) == 2.0
    assert target_of("target", None, 4.0) == 4.0
    assert target_of("target", None) is None
    assert target_of("target", None, [math.nan]) is None


@pytest.mark.parametrize("better", ["lower", "higher", "neither"])
def test_only_a_target_score_has_a_target(better: str):
    assert target_of(better, 0.0, [1.0]) is None
    assert not is_target(better)
    assert is_target("target")


def test_all_but_one_direction_rank():
    assert [better for better in DIRECTIONS if not is_ranked(better)] == ["neither"]


@given(finite, finite, st.sampled_from(["lower", "higher"]))
def test_a_worsening_is_a_signed_difference_of_values(before: float, after: float, better: str):
    worsening = loss(after, better) - loss(before, better)
    assert signed(worsening, better) == after - before
    assert signed(signed(worsening, better), better) == worsening


def test_a_worsening_of_a_target_score_keeps_its_sign():
    assert signed(2.0, "target") == 2.0
    assert signed(np.array([1.0, -2.0]), "higher").tolist() == [-1.0, 2.0]


@given(finite, finite, st.lists(finite, min_size=1), finite, st.sampled_from(["lower", "higher", "target"]))
def test_no_value_of_the_range_is_better_than_the_best(
    one: float, other: float, values: list[float], target: float, better: str
):
    low, high = min(one, other), max(one, other)
    best = best_value(better, low, high, target)
    assert low <= best <= high
    inside = np.clip(values, low, high)
    assert loss(best, better, target) <= losses(inside, better, target).min()


def test_nothing_is_best_without_a_direction_or_a_target():
    assert math.isnan(best_value("neither", 0.0, 1.0))
    assert math.isnan(best_value("target", 0.0, 1.0))


def test_arrows():
    assert [arrow(better) for better in DIRECTIONS] == ["↓", "↑", "→ oracle", ""]
    assert arrow("target", 0.5) == "→ 0.5"
    assert arrow("target", real="") == ""
    assert arrow("target", 1.23456789, digits=4) == "→ 1.235"
    assert arrow("lower", 0.0) == "↓"


def test_words():
    assert [describe(better, 0.5) for better in DIRECTIONS] == [
        *("lower is better", "higher is better", "best at 0.5", "describes, and ranks nothing")
    ]
    assert describe("target") == "best at the value of real data"
    assert [describe_briefly(better, 0.5) for better in DIRECTIONS] == [
        *("lower", "higher", "target 0.5", "neither way is better")
    ]
    assert describe_briefly("target") == "target the oracle's"


@pytest.mark.parametrize(
    ("first", "second", "sign"),
    [
        (1.0, 2.0, 1),
        (2.0, 1.0, -1),
        (0.1 + 0.2, 0.3, 0),
        (-(0.1 + 0.2), -0.3, 0),
        (1.0, 1.0 + 1e-11, 1),
        (0.0, 0.0, 0),
        (0.0, np.inf, 1),
        (np.inf, 0.0, -1),
    ],
)
def test_losses_are_compared_up_to_rounding(first, second, sign):
    assert compare_losses(first, second) == sign


@pytest.mark.parametrize("unknown", [(np.nan, 1.0), (1.0, np.nan), (np.inf, np.inf)])
def test_an_unknown_loss_is_neither_better_nor_worse(unknown):
    assert np.isnan(compare_losses(*unknown))
