"""Evaluation: a trained model, or images from anywhere, and a data set in; scores out.

A metric never sees a model: models become named arrays, one dictionary a question, and registered metrics turn these
into rows of a record.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from aezoo.datasets import Dataset
from aezoo.errors import one_line, plain_message
from aezoo.evaluation.anomaly_inputs import anomaly_inputs
from aezoo.evaluation.geometry_inputs import geometry_inputs
from aezoo.evaluation.inference import latent_of, sample_images
from aezoo.evaluation.likelihood_inputs import likelihood_inputs
from aezoo.evaluation.model_inputs import disentanglement_inputs, latent_inputs, reconstruction_inputs, rows
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import FEATURE_QUESTIONS, Metric, Question
from aezoo.metrics.compute import Row, compute_rows, failed_rows
from aezoo.models.base import Model
from aezoo.models.capabilities import HasSymbols
from aezoo.samplers import NotApplicableError, default_samplers
from aezoo.seeds import generator, integer_seed

Inputs = dict[str, Any]
Images = NDArray[np.floating]


@dataclass
class ScoreCollector:
    """Rows of a record that `metrics` fill with the streams of `seed`, and the seconds that each took.

    What several metrics share (features, the search for the nearest training images) has seconds of its own, under
    ``inputs/`` and the question. Standard errors, which take a third of a panel's seconds again, are estimated where
    they are wished for. A sampler that fails costs its own rows, whose reason is the one in `failed_samplers`; one that
    makes no sense for the model has no rows, and its reason is in `refused_samplers`.
    """

    metrics: Sequence[Metric]
    seed: int
    standard_errors: bool = False
    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    failed_samplers: dict[str, str] = field(default_factory=dict)
    refused_samplers: dict[str, str] = field(default_factory=dict)

    def asks(self, question: Question) -> bool:
        """Tell whether any of the metrics answers this question."""
        return any(metric.question == question for metric in self.metrics)

    def add(self, question: Question, inputs: Inputs, sampler: str | None = None, space: str | None = None) -> None:
        """Add the rows of every metric of `question` that is computed in `space`, or in no feature space."""
        for metric in self.metrics:
            if metric.question == question and metric.per_feature_space == (space is not None):
                started = time.perf_counter()
                seeded = {**inputs, "seed": integer_seed(self.seed, "metric", metric.name)}
                random = generator(self.seed, "standard error", metric.name) if self.standard_errors else None
                with warnings.catch_warnings():
                    # Their steps are part of the definition of a metric, and nobody can give it more of them.
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    self.rows.extend(compute_rows(metric, seeded, sampler, space, random))
                self.spent(metric.name, started)

    def fail(self, sampler: str, spaces: Iterable[str], reason: str) -> None:
        """Add the rows of a sampler that gave no images, in each of the feature spaces, and note the reason."""
        self.failed_samplers[sampler] = reason
        for metric in self.metrics:
            if metric.question in FEATURE_QUESTIONS:
                for space in spaces if metric.per_feature_space else (None,):
                    self.rows.extend(failed_rows(metric, sampler, space, f"sampler {sampler} failed: {reason}"))

    def spent(self, what: str, since: float) -> None:
        """Count the seconds from `since`, a reading of `time.perf_counter`, to now."""
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - since


class Evaluator:
    """Scores models and samples on one data set; what depends on the data set alone is computed once."""

    def __init__(self, dataset: Dataset, samples: int) -> None:
        self.dataset = dataset
        self.n = min(samples, len(dataset.reference.images), len(dataset.oracle.images))
        self.real = RealFeatures(dataset, self.n)

    def model(self, scores: ScoreCollector, model: Model, samplers: Sequence[str] | None = None) -> dict[str, Images]:
        """Add every score of a trained model; returns the images of each sampler that applies to it.

        The samplers are the defaults for the kind of code unless they are named.
        """
        inputs: dict[Question, Callable[[], Inputs]] = {
            "reconstruction": lambda: reconstruction_inputs(model, self.dataset, self.real.spaces.judge),
            "latent": lambda: {
                **latent_inputs(model, self.dataset),
                **geometry_inputs(model, self.dataset, self.real.spaces.judge),
            },
            "likelihood": lambda: likelihood_inputs(model, self.dataset, scores.seed),
            "disentanglement": lambda: disentanglement_inputs(model, self.dataset),
            "anomaly": lambda: anomaly_inputs(model, self.dataset, scores.seed),
        }
        for question, make in inputs.items():
            if scores.asks(question):
                started = time.perf_counter()
                made = make()
                scores.spent(f"inputs/{question}", started)
                scores.add(question, made)
                if question == "reconstruction":
                    self._reconstructions(scores, made)
        names = default_samplers(isinstance(model, HasSymbols)) if samplers is None else samplers
        generated = self.generated(scores, model, names)
        for sampler, images in generated.items():
            self.samples(scores, images, sampler)
        return generated

    def _reconstructions(self, scores: ScoreCollector, made: Inputs) -> None:
        """Add the scores of reconstructed oracle images in every feature space."""
        started = time.perf_counter()
        images = made["p"][len(self.dataset.reference) :] if "p" in made else None
        for space, inputs in self.real.reconstruction_inputs(images):
            scores.spent("inputs/reconstruction", started)
            scores.add("reconstruction", inputs, space=space)
            started = time.perf_counter()

    def generated(self, scores: ScoreCollector, model: Model, samplers: Sequence[str]) -> dict[str, Images]:
        """Generate images (n, 28, 28) in [0, 1] by each sampler that applies to the model; one that fails is left out.

        The seconds of each, its training included, are counted under ``sampler/`` and its name.
        """
        generated: dict[str, Images] = {}
        if not model.generative:
            scores.refused_samplers.update(dict.fromkeys(samplers, "the model is not generative"))
            return generated
        latent = latent_of(model, rows(model, self.dataset.train))
        for sampler in samplers:
            started = time.perf_counter()
            try:
                generated[sampler] = sample_images(model, sampler, latent, self.n, scores.seed)
            except NotApplicableError as reason:
                scores.refused_samplers[sampler] = plain_message(reason) or type(reason).__name__
                continue
            except Exception as error:  # a plug-in's sampler may raise anything
                scores.fail(sampler, list(self.real.spaces), one_line(error))
            scores.spent(f"sampler/{sampler}", started)
        return generated

    def samples(
        self, scores: ScoreCollector, images: Images, sampler: str, features: NDArray[np.float64] | None = None
    ) -> None:
        """Add the scores of generated images (n, 28, 28) in [0, 1], in every feature space.

        `features`, (n, d), are those that somebody computed of them elsewhere, where the data set has such features.
        """
        if not (scores.asks("samples") or scores.asks("copying")):
            return
        started = time.perf_counter()
        for question, space, inputs in self.real.sample_inputs(images, features=features):
            scores.spent(f"inputs/{question}", started)
            scores.add(question, inputs, sampler, space)
            started = time.perf_counter()
