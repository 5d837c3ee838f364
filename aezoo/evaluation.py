"""Evaluation: a trained model, or images from anywhere, and a data set in; scores out.

A metric never sees a model: this module turns models into the named arrays that metrics need (`metrics.NEEDS`),
one dictionary a question, and every registered metric into rows of a record.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aezoo.datasets import Dataset
from aezoo.inference import decode, draw, encode
from aezoo.metrics import Metric, Question
from aezoo.metrics.features import feature_spaces
from aezoo.metrics.rows import Row, score_rows
from aezoo.models.base import HasEncoder, Model
from aezoo.samplers import SAMPLERS, Codes, NotApplicableError
from aezoo.seeds import integer

Inputs = dict[str, Any]
Images = NDArray[np.floating]

TRAIN_SUBSET = 10_000
"""Neighbour and probe classifiers learn from this many training codes."""


@dataclass
class Scores:
    """Rows of a record that `metrics` fill, and the seconds that each took."""

    metrics: Sequence[Metric]
    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


class Evaluator:
    """Scores models and samples on one data set; what depends on the data set alone is computed once."""

    def __init__(self, dataset: Dataset, samples: int) -> None:
        self.dataset = dataset
        self.n = min(samples, len(dataset.reference.images), len(dataset.oracle.images))
        self.spaces = feature_spaces(dataset.train.images, dataset.judge)
        self.reference = self.spaces.extract(dataset.reference.images[: self.n])

    def model(self, scores: Scores, model: Model, seed: int) -> dict[str, Images]:
        """Add every score of a trained model; returns the images of each sampler that applies to it."""
        self._score(scores, "reconstruction", self.reconstruction_inputs(model), seed)
        self._score(scores, "latent", self.latent_inputs(model), seed)
        generated = dict(self.generated(model, seed))
        for sampler, images in generated.items():
            self.samples(scores, images, sampler, seed)
        return generated

    def generated(self, model: Model, seed: int) -> Iterator[tuple[str, Images]]:
        """Images (n, 28, 28) in [0, 1] of each sampler that applies to the model."""
        if model.generative:
            codes = training_codes(model, self.dataset)
            for sampler in SAMPLERS.names():
                try:
                    yield sampler, draw(model, sampler, codes, self.n, seed)
                except NotApplicableError:
                    continue

    def samples(self, scores: Scores, images: Images, sampler: str, seed: int) -> None:
        """Add the scores of generated images (n, 28, 28) in [0, 1], in every feature space."""
        fake = self.spaces.extract(images)
        judged: Inputs = {}
        if self.spaces.judge is not None:
            labels = {"labels": fake.labels, "reference_labels": self.reference.labels}
            judged = {"probabilities": fake.probabilities, **labels}
        for space, features in fake.spaces.items():
            inputs = {"real": self.reference.spaces[space], "fake": features, "features": features, **judged}
            self._score(scores, "samples", inputs, seed, sampler, space)
        self._score(scores, "samples", judged, seed, sampler)

    def reconstruction_inputs(self, model: Model) -> Inputs:
        """The arrays of `NEEDS["reconstruction"]`, from all held-out images."""
        if not isinstance(model, HasEncoder):
            return {}
        held_out = self.dataset.held_out
        p = decode(model, encode(model, held_out.images))
        inputs: Inputs = {"x": unit_interval(held_out.images), "p": p, "labels": held_out.labels}
        judge = self.spaces.judge
        return inputs if judge is None else {**inputs, "judged": judge.probabilities(p).argmax(axis=1)}

    def latent_inputs(self, model: Model) -> Inputs:
        """The arrays of `NEEDS["latent"]`, from all held-out images; none where the code has no dimensions."""
        if not isinstance(model, HasEncoder):
            return {}
        held_out, train = self.dataset.held_out, self.dataset.train
        codes = encode(model, held_out.images)
        if codes.shape[1] == 0:
            return {}
        return {
            "x": unit_interval(held_out.images).reshape(len(codes), -1),
            "codes": codes.astype(np.float64),
            "labels": held_out.labels,
            "train_codes": encode(model, train.images[:TRAIN_SUBSET]).astype(np.float64),
            "train_labels": train.labels[:TRAIN_SUBSET],
        }

    def _score(
        self,
        scores: Scores,
        question: Question,
        inputs: Inputs,
        seed: int,
        sampler: str | None = None,
        space: str | None = None,
    ) -> None:
        for metric in scores.metrics:
            if metric.question != question or metric.per_feature_space != (space in self.spaces):
                continue
            started = time.perf_counter()
            seeded = {**inputs, "seed": integer(seed, "metric", metric.name)}
            scores.rows.extend(score_rows(metric, seeded, sampler, space))
            elapsed = time.perf_counter() - started
            scores.seconds[metric.name] = scores.seconds.get(metric.name, 0.0) + elapsed


def training_codes(model: Model, dataset: Dataset) -> Codes:
    """Codes of all training images; of no dimensions where the model has no encoder."""
    images = dataset.train.images
    return encode(model, images) if isinstance(model, HasEncoder) else np.zeros((len(images), 0), np.float32)


def unit_interval(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """uint8 intensities as float64 in [0, 1]."""
    return images / 255.0
