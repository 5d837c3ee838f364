"""Rules of the checks by hand."""

import numpy as np
import pytest

from aezoo.audit.checks import rules

POINTS = np.array([-1.0, 0.0, 1.0])
BELL = rules.bell(0)


@pytest.mark.parametrize(
    ("shape", "values", "holds"),
    [
        (rules.at(0, 1), [0, 0.951, 0], True),
        (rules.at(0, 1), [0, 0.94, 0], False),
        (rules.at("first", 0), [0.05, 1, 1], True),
        (BELL, [0.79, 1, 0.79], True),
        (BELL, [0.85, 1, 0], False),
        (BELL, [0.9, 0.8, 0.9], False),
        (rules.falls, [1, 0.5, 0], True),
        (rules.falls, [1, 1, 0.85], False),
        (rules.falls, [0.5, 1, 0], False),
        (rules.rises, [0, 0.5, 1], True),
        (rules.falls_by(0), [1, 0.89, 0], True),
        (rules.falls_by(0), [1, 0.95, 0], False),
        (rules.flat, [0.5, 0.52, 0.549], True),
        (rules.flat, [0.5, 0.52, 0.56], False),
        (rules.settles, [9, 0.5, 0.53], True),
        (rules.settles, [0.5, 0.5, 0.6], False),
        (rules.every(rules.flat, rules.at(0, 1)), [0, 0, 0], False),
    ],
)
def test_shapes(shape, values, holds):
    assert (shape(POINTS, np.array(values, dtype=float)) >= 0) is holds


@pytest.mark.parametrize(
    ("shape", "values", "margin"),
    [
        (rules.at("last", 1), [0, 0, 0.91], -0.04),
        (rules.flat, [0.5, 0.52, 0.53], 0.02),
        (rules.falls, [1, 0.5, 0.7], -0.1),
        (BELL, [0.5, 0.9, 0.6], 0.1),
        (rules.every(rules.flat, rules.at(0, 1)), [0.97, 0.98, 0.98], 0.03),
        (rules.every(rules.at(0, 1), rules.at("last", 0)), [0, np.nan, 0], np.nan),
    ],
)
def test_margins_are_those_of_the_most_critical_value(shape, values, margin):
    assert shape(POINTS, np.array(values, dtype=float)) == pytest.approx(margin, nan_ok=True)


def test_a_rule_asks_for_one_way_in_every_series():
    rule = rules.bounds("0 or 1", rules.at(0, 0), rules.at(0, 1))
    low, high = ((POINTS, np.full(3, value)) for value in (0.02, 0.99))
    assert rule.margin([low, low]) == pytest.approx(0.03)
    assert rule.margin([high]) == pytest.approx(0.04)
    assert rule.margin([low, high]) < 0
