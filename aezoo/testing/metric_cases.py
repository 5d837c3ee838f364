"""Arrays that metrics are checked on: for each question some at their best, and some that are worthless."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np

from aezoo.metrics import Floats, Question
from aezoo.metrics.anomaly import OUTLIERS
from aezoo.metrics.copying import TrainingReference
from aezoo.metrics.likelihood import frozen_binarisation
from aezoo.testing.likelihood_cases import likelihood_inputs
from aezoo.testing.model_case import digits

Inputs = dict[str, Any]

N, CLASSES, FEATURES = 1_200, 10, 6
IMAGES, FEW = 1_000, 100


@cache
def metric_inputs() -> dict[Question, tuple[Inputs, Inputs]]:
    """Return for each question arrays on which a sound metric is at its best, and worthless ones.

    They hold every declared input that can be made without a model, and nothing can be written into them.
    """
    random = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    centres = random.standard_normal((CLASSES, FEATURES)) * 8
    codes, real, train = (centres[labels] + random.standard_normal((N, FEATURES)) for _ in range(3))
    side = TrainingReference(train)
    cases: dict[Question, tuple[Inputs, Inputs]] = {
        "reconstruction": _reconstructions(random, real, codes),
        "latent": _codes(random, labels, codes, real),
        "samples": _samples(random, labels, real, codes, side),
        "likelihood": likelihood_inputs(N),
        "copying": (side.inputs(real, codes), side.inputs(real, train)),
        "anomaly": (_anomalies(random, 3.0), _anomalies(random, -3.0)),
        "disentanglement": _factors(random),
    }
    for inputs in (inputs for pair in cases.values() for inputs in pair):
        inputs.setdefault("seed", 0)
        for array in arrays_of(inputs):
            array.flags.writeable = False
    return cases


def arrays_of(inputs: Inputs) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the arrays among inputs, those of mappings as well."""
    for value in inputs.values():
        parts = value.values() if isinstance(value, dict) else (value,)
        yield from (part for part in parts if isinstance(part, np.ndarray))


def _reconstructions(random: np.random.Generator, real: Floats, codes: Floats) -> tuple[Inputs, Inputs]:
    x = digits().train.images[:FEW].astype(np.float64) / 255
    labels = digits().train.labels[:FEW]
    binary = frozen_binarisation(x.reshape(FEW, -1)).astype(np.uint8).reshape(x.shape)
    noise = np.clip(random.random(x.shape), 0.01, 0.99)
    shared = {"x": x, "x_binary": binary, "labels": labels, "real": real}
    good = {"p": np.clip(x, 1e-6, 1 - 1e-6), "judged": labels, "reconstructed": codes}
    return {**shared, **good}, {**shared, "p": noise, "judged": (labels + 1) % CLASSES, "reconstructed": codes + 100}


def _codes(random: np.random.Generator, labels: Any, codes: Floats, train: Floats) -> tuple[Inputs, Inputs]:  # noqa: ANN401
    scattered = random.permutation(labels)
    shared = {
        "codes": codes,
        "train_codes": train,
        "symbols": np.stack([labels, labels % 3], axis=1),
        "vocabulary": np.array([CLASSES, 4]),
    }
    paths = {
        "path_images": random.random((FEW, 5, 9)),
        "geodesic_images": random.random((FEW, 3, 9)),
        "decoder_metrics": np.eye(3) * random.uniform(1, 2, (FEW, 1, 3)),
    }
    shared |= paths
    sure, unsure = (np.tile(each, (FEW, 5, 1)) for each in (np.eye(CLASSES)[3], np.full(CLASSES, 1 / CLASSES)))
    good = {"x": codes, "labels": labels, "train_labels": labels, "clusters": (labels + 1) % CLASSES}
    flat = random.standard_normal((N, 3))
    bad = {"x": flat, "labels": scattered, "train_labels": scattered, "clusters": labels}
    return {**shared, **good, "path_probabilities": sure}, {**shared, **bad, "path_probabilities": unsure}


def _samples(
    random: np.random.Generator,
    labels: Any,  # noqa: ANN401
    real: Floats,
    codes: Floats,
    side: TrainingReference,
) -> tuple[Inputs, Inputs]:
    sharp = np.full((N, CLASSES), 0.01) + 0.9 * np.eye(CLASSES)[labels]
    far = random.standard_normal((N, FEATURES)) + 100
    shared = {
        "real": real,
        "real_spaces": {"judge": real},
        "train": side.train,
        "bins": side.bins,
        "real_images": digits().reference.images[:IMAGES],
        "reference_labels": labels,
    }
    good = {
        **dict.fromkeys(("fake", "features"), codes),
        "fake_spaces": {"judge": codes},
        "probabilities": sharp,
        "labels": labels,
        "fake_images": digits().oracle.images[:IMAGES],
    }
    bad = {
        **dict.fromkeys(("fake", "features"), far),
        "fake_spaces": {"judge": far},
        "probabilities": np.full((N, CLASSES), 0.1),
        "labels": np.zeros(N, np.int64),
        "fake_images": random.integers(0, 256, (IMAGES, 28, 28), dtype=np.uint8),
    }
    return {**shared, **good}, {**shared, **bad}


def _anomalies(random: np.random.Generator, shift: float) -> Inputs:
    """Anomaly scores of inliers, and of outliers that lie higher by `shift`."""
    return {
        f"{side}_{name}": random.standard_normal(shape) + (shift if side == "outlier" else 0.0)
        for side, shape in (("inlier", (N,)), ("outlier", (N, len(OUTLIERS))))
        for name in ("errors", "bounds", "distances")
    }


def _factors(random: np.random.Generator) -> tuple[Inputs, Inputs]:
    """Codes that are the factors with a little noise, and the codes of other rows."""
    factors = random.integers(0, (3, 4, 5), (N, 3))
    codes = factors + 0.1 * random.standard_normal(factors.shape)
    shared = {"factors": factors, "categorical": np.array([True, False, False])}
    worthless = random.permutation(codes)
    good = {"codes": codes, "codes_by_seed": {"0": codes, "1": -codes[:, ::-1]}}
    return {**shared, **good}, {**shared, "codes": worthless, "codes_by_seed": {"0": codes, "1": worthless}}
