"""What holds for every registered metric, and for one added tomorrow."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from support.likelihood_cases import likelihood_inputs

from aezoo.metrics import METRICS, NEEDS
from aezoo.metrics.compute import compute_rows
from aezoo.metrics.copying import TrainingReference

N, CLASSES = 1_200, 10


@pytest.fixture(scope="module")
def inputs(digits):
    """For each question, arrays on which a sound metric must be at its best (good), and worthless ones (bad)."""
    rng = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    x = digits.train.images[:100].astype(np.float64) / 255
    true = digits.train.labels[:100]
    centres = rng.standard_normal((CLASSES, 6)) * 8
    codes = centres[labels] + rng.standard_normal((N, 6))
    real = centres[labels] + rng.standard_normal((N, 6))
    sharp = np.full((N, CLASSES), 0.01) + 0.9 * np.eye(CLASSES)[labels]
    flat_x = rng.standard_normal((N, 3))
    shared = {"seed": 0}
    noise = np.clip(rng.random(x.shape), 0.01, 0.99)
    scattered = rng.permutation(labels)
    far = rng.standard_normal((N, 6)) + 100
    one_class = np.zeros(N, np.int64)
    train = centres[labels] + rng.standard_normal((N, 6))
    real_side = TrainingReference(train, real)
    once = {"train": train, "bins": real_side.bins, "real_images": digits.reference.images[:1000]}
    white = rng.integers(0, 256, (1000, 28, 28), dtype=np.uint8)
    return {
        "reconstruction": (
            {"x": x, "p": np.clip(x, 1e-6, 1 - 1e-6), "labels": true, "judged": true},
            {"x": x, "p": noise, "labels": true, "judged": (true + 1) % CLASSES},
        ),
        "latent": (
            {"x": codes, "codes": codes, "labels": labels, "train_codes": real, "train_labels": labels, **shared},
            {"x": flat_x, "codes": codes, "labels": scattered, "train_codes": real,
             "train_labels": scattered, **shared},
        ),
        "samples": (
            {"real": real, "fake": codes, "features": codes, "probabilities": sharp, "labels": labels,
             "reference_labels": labels, "fake_images": digits.oracle.images[:1000], **once, **shared},
            {"real": real, "fake": far, "features": far, "probabilities": np.full((N, CLASSES), 0.1),
             "labels": one_class, "reference_labels": labels, "fake_images": white, **once, **shared},
        ),
        "likelihood": likelihood_inputs(),
        "copying": ({**real_side.inputs(codes), **shared}, {**real_side.inputs(train), **shared}),
    }  # fmt: skip


@pytest.fixture(params=METRICS.names())
def metric(request):
    return METRICS.get(request.param)


def test_needs_are_supplied_by_the_evaluation(metric):
    assert set(metric.needs) <= set(NEEDS[metric.question])


def test_documents_itself(metric):
    assert inspect.getdoc(metric.function)
    assert all(score.unit for score in metric.scores)


def test_is_deterministic_and_leaves_its_inputs_alone(metric, inputs):
    good, _ = inputs[metric.question]
    before = {name: np.copy(value) for name, value in good.items()}
    assert metric(good) == metric(good)
    for name, value in good.items():
        np.testing.assert_array_equal(value, before[name])


def test_values_lie_in_the_stated_range(metric, inputs):
    for case in inputs[metric.question]:
        for score in metric.scores:
            low, high = score.range
            assert low - 1e-9 <= metric(case)[score.name] <= high + 1e-9, score.name


def test_better_is_better(metric, inputs):
    good, bad = (metric(case) for case in inputs[metric.question])
    for score in metric.scores:
        if score.better == "neither":
            continue
        if score.better == "target":
            if score.ideal is None:  # the oracle's value is the ideal: what is worthless must not have it
                assert good[score.name] != bad[score.name], score.name
            else:
                assert abs(good[score.name] - score.ideal) < abs(bad[score.name] - score.ideal), score.name
        elif score.better == "lower":
            assert good[score.name] < bad[score.name], score.name
        else:
            assert good[score.name] > bad[score.name], score.name


def test_the_ideal_lies_in_the_range(metric):
    for score in metric.scores:
        if score.ideal is not None:
            assert score.range[0] <= score.ideal <= score.range[1]


def test_a_missing_need_is_not_a_number(metric, inputs):
    good, _ = inputs[metric.question]
    lacking = {name: value for name, value in good.items() if name != metric.needs[0]}
    for row in compute_rows(metric, lacking, None, None):
        assert (row["state"], row["value"]) == ("n/a", None)
        assert metric.needs[0] in row["reason"]


def test_too_few_images_are_not_scored(metric, inputs):
    good, _ = inputs[metric.question]
    few = {name: value[:1] if np.ndim(value) else value for name, value in good.items()}
    for row in compute_rows(metric, few, None, None):
        assert row["state"] in ("n/a", "ok")
        assert (row["state"] == "n/a") == (metric.minimum_n > 1)


def test_nan_is_an_error_not_a_score(metric, inputs):
    good, _ = inputs[metric.question]
    for need in metric.needs:
        if np.asarray(good[need]).dtype.kind == "f":
            poisoned = {**good, need: np.full(np.shape(good[need]), np.nan)}
            for row in compute_rows(metric, poisoned, None, None):
                assert (row["state"], row["value"]) == ("error", None), need
                assert row["reason"]
