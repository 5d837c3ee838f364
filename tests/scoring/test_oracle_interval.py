"""The oracle's band holds what it says it holds, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aezoo.evaluation.real_features import sample_inputs
from aezoo.metrics import METRICS
from aezoo.scoring.oracle_interval import prediction_interval, score_split
from aezoo.trial import kept_evaluator

N = 300
"""Fewer images than metrics ask for take a tenth of their seconds; what is tested here holds for any number."""


@pytest.fixture(scope="module")
def evaluator(digits):
    return kept_evaluator(digits, N)


@pytest.fixture(scope="module")
def pool(digits, evaluator):
    return evaluator.real.locate(digits.held_out.images[: 2 * N])


def test_a_band_is_a_prediction_interval_that_holds_every_draw():
    found = prediction_interval([1.0, 2.0, 3.0])
    half = 9.924843 * np.sqrt(4 / 3)  # Student's t at 0.995 with 2 degrees of freedom
    assert (found.low, found.high) == (pytest.approx(2 - half, rel=1e-6), pytest.approx(2 + half, rel=1e-6))
    assert [found.position(value) for value in (-10, 1, 14)] == ["below", "within", "above"]
    assert prediction_interval([0.1, 0.1, 0.2], 0.0, 0.3).low == 0
    assert prediction_interval([0.1, 0.1, 0.2], 0.0, 0.3).high == 0.3
    assert prediction_interval([1.0] * 5).position(1.0) == "within"
    one_image = prediction_interval([1.0] * 5, 0.0, 1.0, step=0.001)
    assert (one_image.low, one_image.high) == (0.999, 1.0)
    outlier = [0.0] * 99 + [1.0]
    assert prediction_interval(outlier).position(1.0) == "within"


@pytest.mark.parametrize("draws", [3, 10])
def test_it_holds_one_further_normal_value_in_99_of_100_cases(draws):
    repeats = 10_000
    values = np.random.default_rng(0).normal(5, 2, (repeats, draws + 1))
    inside = sum(prediction_interval(of[:draws]).position(of[draws]) == "within" for of in values)
    assert inside / repeats == pytest.approx(0.99, abs=0.0025)  # 2.5 standard errors; without sqrt(1 + 1 / draws) 0.987


def test_bands_of_ten_divisions_hold_the_scores_of_another(pool, evaluator):
    metrics = [replace(METRICS.get(name), minimum_n=N) for name in ("class_kl", "copying_score", "fd", "prdc")]
    divisions = [score_split(pool, evaluator, metrics, 0, draw) for draw in range(40)]
    for metric in ("fd_judge", "fd_pca", "coverage_judge", "coverage_pca", "copying_auc_judge", "copying_auc_pca"):
        values = [next(row["value"] for row in rows if row["metric"] == metric) for rows in divisions]
        others = [np.roll(values, -place)[1:11] for place in range(40)]
        inside = [prediction_interval(of).position(value) == "within" for value, of in zip(values, others, strict=True)]
        # 99 % of 40 are 39.6; the smallest and the largest of ten values would hold 33 of them.
        assert sum(inside) >= 38, metric


def test_a_division_of_the_pool_gives_what_its_images_alone_give(digits, pool, evaluator):
    rows = np.random.default_rng(1).permutation(2 * N)
    images = digits.held_out.images
    expected = evaluator.real.with_reference(images[rows[:N]]).sample_inputs(images[rows[N:]] / 255)
    found = sample_inputs(pool.subset(rows[:N]), pool.subset(rows[N:]), evaluator.real.training)
    for (question, space, inputs), (*place, wanted) in zip(found, expected, strict=True):
        assert [question, space] == place
        assert inputs.keys() == wanted.keys()
        for name, value in flattened(wanted):
            np.testing.assert_allclose(dict(flattened(inputs))[name], value, rtol=1e-4, atol=1e-4, err_msg=name)


def flattened(inputs):
    """The arrays by name, also of an input that is a mapping of arrays."""
    for name, value in inputs.items():
        if isinstance(value, dict):
            yield from ((f"{name}/{part}", array) for part, array in value.items())
        else:
            yield name, value
