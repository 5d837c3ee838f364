"""Measurement of a set: its real images."""

import numpy as np

from aezoo.audit.measure import SetScorer
from aezoo.audit.plan import SampleSet
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import METRICS


def test_a_part_of_the_reference_is_that_part_alone(digits):
    rows = np.random.default_rng(0).permutation(200)[:60]
    side = RealFeatures(digits, 200)
    images = digits.oracle.images[:60]
    part, alone = (dict(of(side, rows, images)) for of in (part_of, anew))
    assert part.keys() == alone.keys()
    for name, value in part.items():
        # The judge's single precision depends on how many images it is given at once.
        np.testing.assert_allclose(value, alone[name], rtol=1e-4, atol=1e-4, err_msg=str(name))


def part_of(side, rows, images):
    return named(side.subset(rows).sample_inputs(images))


def anew(side, rows, images):
    return named(side.with_reference(side.images[rows]).sample_inputs(images))


def named(inputs):
    for question, space, of in inputs:
        for name, value in of.items():
            parts = value.items() if isinstance(value, dict) else [("", value)]  # the arrays of both feature spaces
            yield from (((question, space, name, part), array) for part, array in parts)


def test_smaller_sets_meet_each_their_own_reference_and_full_ones_all_the_same(digits):
    scorer = SetScorer(digits, [METRICS.get("fd")], 200, 0)
    small = [scorer.real(SampleSet("size", "oracle", None, draw, 50)) for draw in (0, 1, 0)]
    assert [side.images.shape for side in small] == [(50, 28, 28)] * 3
    assert not np.array_equal(small[0].images, small[1].images)
    assert np.array_equal(small[0].images, small[2].images)
    full = [scorer.real(SampleSet(role, "oracle", None, 0, 200)) for role in ("band", "control")]
    assert full[0] is full[1]
    assert np.array_equal(full[0].images, digits.reference.images[:200])
