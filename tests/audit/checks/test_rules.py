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
        (rules.one_or_zero("last"), [0.5, 0.5, 0.98], True),
        (rules.one_or_zero("last"), [0, 0, 0.5], False),
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
        (rules.either(rules.flat, rules.at(0, 1)), [0, 0, 0], True),
    ],
)
def test_shapes(shape, values, holds):
    assert shape(POINTS, np.array(values, dtype=float)) is holds
