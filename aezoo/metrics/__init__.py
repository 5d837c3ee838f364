"""Metrics: pure functions of arrays to floats, one file per question.

A metric file imports this package's `METRICS`, `Score`, and registers each function:

    @METRICS.register(
        "mse", question="reconstruction", needs=("x", "p"), scores=(Score("mse", "squared intensity", "lower", 0.0),)
    )
    def mse(x: Images, p: Images) -> float: ...

`needs` are names of the function's parameters; the evaluation supplies arrays of these names (see `NEEDS`).
Parameters that are not needs have defaults. A metric with several scores returns a dict with their names.
A metric may also declare how its standard error is estimated (see `aezoo.metrics.standard_errors`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.registry import Registry

Question = Literal["reconstruction", "likelihood", "latent", "samples", "copying"]
Better = Literal["lower", "higher", "target", "neither"]
Floats = NDArray[np.float64]

NEEDS: dict[str, dict[str, str]] = {
    "reconstruction": {
        "x": "original images, float64 in [0, 1], shape (n, 28, 28)",
        "p": "their reconstructions: Bernoulli means, float64 in [0, 1], shape (n, 28, 28)",
        "labels": "true labels of the originals, shape (n,)",
        "judged": "the judge's labels of the reconstructions, shape (n,)",
    },
    "likelihood": {
        "density": "the model as a `likelihood.Density`",
        "planar_density": "the same, where its code has one or two dimensions",
        "noisy_density": "the decoder under Gaussian noise as a `likelihood.AnnealableDensity`, prior N(0, I)",
        "x_few": "the first 100 of `x`, for what takes long",
        "x": "held-out images, flattened, float64 in [0, 1], shape (n, 784)",
        "posterior_mean": "means of q(z|x), float64, shape (n, d)",
        "posterior_log_variance": "log-variances of q(z|x), float64, shape (n, d)",
        "x_binary": "the first 1,000 of `x`, binarised by `likelihood.frozen_binarisation`",
        "x_binary_few": "the first 100 of `x_binary`, for what takes long",
        "seed": "an integer for whatever the metric draws",
    },
    "latent": {
        "x": "held-out images, flattened, float64 in [0, 1], shape (n, 784)",
        "codes": "their codes, float64, shape (n, d)",
        "labels": "their labels, shape (n,)",
        "train_codes": "codes of training images, shape (m, d)",
        "train_labels": "labels of these training images, shape (m,)",
        "seed": "an integer for whatever the metric draws",
    },
    "samples": {
        "real": "features of the real reference images, float64, shape (n, d); once per feature space",
        "fake": "features of as many generated images, float64, shape (n, d); once per feature space",
        "features": "the same array as `fake`, for metrics that look at one side only",
        "probabilities": "the judge's class probabilities of the generated images, shape (n, classes)",
        "labels": "the judge's labels of the generated images, shape (n,)",
        "reference_labels": "the judge's labels of the reference images, shape (n,)",
        "train": "features of the training images, shape (m, d); once per feature space",
        "bins": "centres of 100 k-means cells of the training features, shape (100, d); once per feature space",
        "real_images": "the real reference images, uint8, shape (n, 28, 28)",
        "fake_images": "the generated images, rounded to uint8, shape (n, 28, 28)",
        "seed": "an integer for whatever the metric draws",
    },
    "copying": {  # all of them once per feature space; `copying.TrainingSide` computes them
        "train": "features of the training images, float64, shape (m, d)",
        "held_out": "features of real images that nothing was made from, float64, shape (h, d)",
        "fake": "features of generated images, float64, shape (n, d)",
        "fake_distances": "distance from each generated image to the nearest training image, shape (n,)",
        "neighbour_distances": "distance from that training image to the nearest other one, shape (n,)",
        "held_out_distances": "distance from each held-out image to the nearest training image, shape (h,)",
        "threshold": "the distance up to which two images are nearly the same",
        "cells": "centres of 10 k-means cells of the training features, shape (10, d)",
        "seed": "an integer for whatever the metric draws",
    },
}

FEATURE_QUESTIONS = ("samples", "copying")
FEATURE_NEEDS = frozenset({"real", "fake", "features", "train", "held_out"})


@dataclass(frozen=True)
class Score:
    """One number that a metric gives.

    Attributes:
        name: what tables call it; for metrics on features, the feature space is appended (``fd_judge``).
        unit: for example "nats per image", "dB", "share".
        better: which direction is better; "target": closer to `ideal` is better; "neither": it describes, and ranks
            nothing.
        ideal: the best value; None where it is the oracle's value (real images scored as if generated).
        range: the lowest and highest value possible.
    """

    name: str
    unit: str
    better: Better
    ideal: float | None = None
    range: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True)
class Variance:
    """Sampling variance of a score, in squared units of the score, by what was sampled.

    Attributes:
        drawn: over the images that the trial generated.
        held_out: over the real images that all trials are scored on.
    """

    drawn: float
    held_out: float


class StandardErrors(Protocol):
    """Estimates the sampling variance of a metric's scores; `aezoo.metrics.standard_errors` has some to declare."""

    def __call__(
        self, metric: Metric, inputs: Mapping[str, Any], values: Mapping[str, float], random: np.random.Generator
    ) -> Mapping[str, Variance]:
        """Variances of scores by name, for `metric(inputs)` = `values`; a score left out has none."""
        ...


@dataclass(frozen=True)
class Metric:
    """A registered metric: a function, what it answers and what it needs.

    Attributes:
        name: its registered name.
        function: the public, pure function behind it.
        question: which question it answers.
        needs: the names (see `NEEDS`) of the arrays that it takes; missing ones make its scores "n/a".
        scores: the numbers it gives, in order.
        minimum_n: the smallest number of images at which the value is sensible; below it the score is "n/a".
        version: raised whenever the meaning or the value changes.
        slow: run only when asked for.
        standard_error: how its standard errors over the evaluation set are estimated; None where they are not, for
            lack of an estimate that is right and cheap.
    """

    name: str
    function: Callable[..., float | dict[str, float]]
    question: Question
    needs: tuple[str, ...]
    scores: tuple[Score, ...]
    minimum_n: int = 1
    version: int = 1
    slow: bool = False
    standard_error: StandardErrors | None = None

    def __post_init__(self) -> None:
        parameters = inspect.signature(self.function).parameters
        required = {p.name for p in parameters.values() if p.default is inspect.Parameter.empty}
        unknown = set(self.needs) - set(parameters)
        if unknown or not required <= set(self.needs):
            raise TypeError(
                f"metric {self.name!r} needs {self.needs} but its function takes {tuple(parameters)}; "
                "every need must be a parameter and every parameter without a default a need"
            )

    @property
    def per_feature_space(self) -> bool:
        """Whether it is computed once in each feature space."""
        return self.question in FEATURE_QUESTIONS and not FEATURE_NEEDS.isdisjoint(self.needs)

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, float]:
        """The scores by name; raises whatever the function raises, and `ValueError` for a value that is not finite."""
        value = self.function(**{need: inputs[need] for need in self.needs})
        values = value if isinstance(value, dict) else {self.scores[0].name: value}
        if set(values) != {score.name for score in self.scores}:
            raise TypeError(f"metric {self.name!r} gave {sorted(values)}, not the scores it registered")
        for name, number in values.items():
            if not np.isfinite(number):
                raise ValueError(f"{name} is {number}")
        return {name: float(number) for name, number in values.items()}


def _build(name: str, target: Callable[..., float | dict[str, float]], **options: Any) -> Metric:  # noqa: ANN401
    return Metric(name=name, function=target, **options)


METRICS: Registry[Metric] = Registry("metric", "aezoo.metrics", _build)


def check_array(name: str, value: ArrayLike, ndim: int = 2) -> Floats:
    """`value` as a float64 array of `ndim` dimensions; raises `ValueError` for another shape, NaN, Inf or no rows."""
    array = np.asarray(value, dtype=np.float64)
    if array.ndim != ndim or array.shape[0] == 0:
        raise ValueError(f"{name} has shape {array.shape}; it must have {ndim} dimensions and at least one row")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds NaN or infinite values")
    return array
