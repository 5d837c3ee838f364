"""What holds for every registered metric, and for one added tomorrow."""

from __future__ import annotations

import functools
import inspect
import itertools
import re

import numpy as np
import pytest
from support.likelihood_cases import likelihood_inputs
from support.skips import not_applicable

from aezoo.metrics import METRICS
from aezoo.metrics.anomaly import OUTLIERS
from aezoo.metrics.compute import compute_rows
from aezoo.metrics.copying import TrainingReference
from aezoo.metrics.likelihood import frozen_binarisation

N, CLASSES = 1_200, 10
DIRECTION_PHRASES = {
    "lower": "lower is better",
    "higher": "higher is better",
    "target": "best value|ideal|expected",
    "neither": "ranks? nothing|it describes|neither end is better|neither ranks",
}
FORMULA = r"``[^`]*[-+/=^([{][^`]*``"
INTERVAL = r"[\[(]-?[\d.]+, [^\])]+[\])]"


@pytest.fixture(scope="module")
def inputs(digits):
    """For each question, arrays on which a sound metric must be at its best (good), and worthless ones (bad).

    Nothing can be written into them.
    """
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
    x_binary = frozen_binarisation(x.reshape(len(x), -1)).astype(np.uint8).reshape(x.shape)
    noise = np.clip(rng.random(x.shape), 0.01, 0.99)
    scattered = rng.permutation(labels)
    far = rng.standard_normal((N, 6)) + 100
    one_class = np.zeros(N, np.int64)
    train = centres[labels] + rng.standard_normal((N, 6))
    real_side = TrainingReference(train)
    discrete = {"symbols": np.stack([labels, labels % 3], axis=1), "vocabulary": np.array([CLASSES, 4])}
    once = {"train": train, "bins": real_side.bins, "real_images": digits.reference.images[:1000]}
    white = rng.integers(0, 256, (1000, 28, 28), dtype=np.uint8)
    cases = {
        "reconstruction": (
            {"x": x, "p": np.clip(x, 1e-6, 1 - 1e-6), "labels": true, "judged": true,
             "x_binary": x_binary, "real": real, "reconstructed": codes},
            {"x": x, "p": noise, "labels": true, "judged": (true + 1) % CLASSES,
             "x_binary": x_binary, "real": real, "reconstructed": far},
        ),
        "latent": (
            {"x": codes, "codes": codes, "labels": labels, "clusters": (labels + 1) % CLASSES,
             "train_codes": real, "train_labels": labels, **discrete, **shared},
            {"x": flat_x, "codes": codes, "labels": scattered, "clusters": labels, "train_codes": real,
             "train_labels": scattered, **discrete, **shared},
        ),
        "samples": (
            {"real": real, "fake": codes, "features": codes, "real_spaces": {"judge": real},
             "fake_spaces": {"judge": codes}, "probabilities": sharp, "labels": labels,
             "reference_labels": labels, "fake_images": digits.oracle.images[:1000], **once, **shared},
            {"real": real, "fake": far, "features": far, "real_spaces": {"judge": real},
             "fake_spaces": {"judge": far}, "probabilities": np.full((N, CLASSES), 0.1),
             "labels": one_class, "reference_labels": labels, "fake_images": white, **once, **shared},
        ),
        "likelihood": likelihood_inputs(),
        "disentanglement": (factor_codes(rng, shuffled=False), factor_codes(rng, shuffled=True)),
        "anomaly": (anomaly_scores(rng, 3.0), anomaly_scores(rng, -3.0)),
        "copying": ({**real_side.inputs(real, codes), **shared}, {**real_side.inputs(real, train), **shared}),
    }  # fmt: skip
    for case in itertools.chain.from_iterable(cases.values()):
        for value in case.values():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
    return cases


def factor_codes(rng, shuffled):
    """Codes that are the factors with a little noise; shuffled, codes of other rows."""
    factors = rng.integers(0, (3, 4, 5), (N, 3))
    codes = factors + 0.1 * rng.standard_normal(factors.shape)
    categorical = np.array([True, False, False])
    return {"codes": rng.permutation(codes) if shuffled else codes, "factors": factors, "categorical": categorical,
            "seed": 0}  # fmt: skip


def anomaly_scores(rng, shift):
    """Anomaly scores of inliers, and of outliers that lie higher by `shift`."""
    columns = len(OUTLIERS)
    return {
        f"{side}_{name}": rng.standard_normal(shape) + (shift if side == "outlier" else 0)
        for side, shape in (("inlier", N), ("outlier", (N, columns)))
        for name in ("errors", "bounds", "distances")
    }


@pytest.fixture(params=METRICS.names())
def metric(request):
    return METRICS.get(request.param)


@pytest.fixture(scope="module")
def scores_of(inputs):
    """The scores of a metric on the good and on the bad inputs, computed once."""
    return functools.cache(lambda metric: tuple(metric(case) for case in inputs[metric.question]))


def test_documents_itself(metric):
    """The docstring gives formula, range, direction, errors and source, and says of every parameter what it is."""
    text = inspect.getdoc(metric.function) or ""
    in_one_line = " ".join(text.split())
    assert re.search(FORMULA, text), "no formula in ``double backticks``"
    for score in metric.scores:
        assert re.search(DIRECTION_PHRASES[score.better], in_one_line, re.IGNORECASE), f"no direction of {score.name}"
        if np.isfinite(score.range).any():
            assert re.search(INTERVAL, in_one_line), f"no range of {score.name}"
        assert score.unit
    sections = dict(re.findall(r"^(Args|Raises|Source):(.*?)(?=^\w+:|\Z)", text, re.MULTILINE | re.DOTALL))
    assert all(sections[name].strip() for name in ("Args", "Raises", "Source"))
    for parameter in inspect.signature(metric.function).parameters:
        assert re.search(rf"^    {parameter}: \S", sections["Args"], re.MULTILINE), f"nothing on {parameter}"


def test_is_deterministic_and_leaves_its_inputs_alone(metric, inputs, scores_of):
    good, _ = inputs[metric.question]
    arrays = [value for value in good.values() if isinstance(value, np.ndarray)]
    assert arrays
    assert not any(array.flags.writeable for array in arrays)
    assert metric(good) == scores_of(metric)[0]


def test_values_lie_in_the_stated_range(metric, scores_of):
    for scores in scores_of(metric):
        for score in metric.scores:
            low, high = score.range
            assert low - 1e-9 <= scores[score.name] <= high + 1e-9, score.name


def test_better_is_better(metric, scores_of):
    ranked = [score for score in metric.scores if score.better != "neither"]
    if not ranked:
        not_applicable("the metric ranks nothing")
    good, bad = scores_of(metric)
    for score in ranked:
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
    ideals = [score for score in metric.scores if score.ideal is not None]
    if not ideals:
        not_applicable("no score of the metric has an ideal")
    for score in ideals:
        assert score.range[0] <= score.ideal <= score.range[1], score.name


def test_a_missing_need_is_not_a_number(metric, inputs):
    good, _ = inputs[metric.question]
    lacking = {name: value for name, value in good.items() if name != metric.needs[0]}
    for row in compute_rows(metric, lacking, None, None):
        assert (row["state"], row["value"]) == ("n/a", None)
        assert metric.needs[0] in row["reason"]


def test_too_few_images_are_not_scored(metric, inputs):
    good, _ = inputs[metric.question]
    few = {name: _first(value) for name, value in good.items()}
    expected = "n/a" if metric.minimum_n > 1 else "ok"
    assert {row["state"] for row in compute_rows(metric, few, None, None)} == {expected}


def _first(value):
    if isinstance(value, dict):
        return {name: _first(part) for name, part in value.items()}
    return value[:1] if np.ndim(value) else value


def test_nan_is_an_error_not_a_score(metric, inputs):
    good, _ = inputs[metric.question]
    floats = [need for need in metric.needs if np.asarray(good[need]).dtype.kind == "f"]
    if not floats:
        not_applicable("the metric needs no array of floating-point numbers")
    for need in floats:
        poisoned = {**good, need: np.full(np.shape(good[need]), np.nan)}
        for row in compute_rows(metric, poisoned, None, None):
            assert (row["state"], row["value"]) == ("error", None), need
            assert row["reason"]
