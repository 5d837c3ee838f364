"""Run one trial: a request in, a record and its artifacts out. What a worker runs; it writes nothing to disk.

A process keeps the data set, the evaluator and the compiled model that it used last, so that the next seed of the
same model trains at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from aezoo.controls import CONTROLS, role_of
from aezoo.datasets import Dataset, load_dataset
from aezoo.errors import DatasetError
from aezoo.evaluation.collapse import collapse_warnings
from aezoo.evaluation.evaluator import Evaluator, Images, ScoreCollector
from aezoo.evaluation.gallery import model_gallery, sample_gallery
from aezoo.evaluation.model_inputs import check_labels, kept_codes, rows
from aezoo.machine import load
from aezoo.messages import CODES, GALLERY, EpochProgress, OnEpoch, Outcome, Request, describe_artifact
from aezoo.metrics import METRICS
from aezoo.metrics.compute import default_metrics
from aezoo.models import MODELS
from aezoo.models.capabilities import HasSymbols
from aezoo.npz import from_npz, to_npz
from aezoo.provenance import parameters_in_force, trial_sources
from aezoo.record import Record, describe_error, environment, new_record
from aezoo.samplers import default_samplers
from aezoo.seeds import generator
from aezoo.spec import Trial, canonical_json
from aezoo.training import DivergedError, Trainer

Kept = TypeVar("Kept")

CURVE_IMAGES = 1_000
CURVE_SHARE = 0.05
"""Held-out curves use at most so many images, and at most this share of the number of training images: a forward
pass costs about a third of a step, so that they stay below 5% of the time."""


@dataclass(frozen=True)
class GivenImages:
    """Images from elsewhere.

    Attributes:
        images: float32 in [0, 1], (n, 28, 28) or of the data set's own shape, as many as `kept_evaluator` compares.
        features: that somebody computed of them, (n, d), where the data set has such features; else None.
    """

    images: Images
    features: NDArray[np.float64] | None = None


def run_trial(request: Request, on_epoch: OnEpoch | None = None, dataset: Dataset | None = None) -> Outcome:
    """Train and score, or score alone; whatever goes wrong costs this trial only and stands in its record.

    `on_epoch` is told of each epoch that ends; it changes nothing in the outcome. `dataset` is that of the request
    where no registered name leads to it.
    """
    return _finished(request, None, on_epoch, dataset)


def score_images(request: Request, given: GivenImages, dataset: Dataset | None = None) -> Outcome:
    """Score images from elsewhere, on the data set that the request names, or on `dataset` as `run_trial` does.

    The record is like any other; its role is "samples" and its trial, which the request holds, names the images.
    """
    return _finished(request, given, dataset=dataset)


def _finished(
    request: Request, given: GivenImages | None, on_epoch: OnEpoch | None = None, dataset: Dataset | None = None
) -> Outcome:
    outcome = Outcome(new_record(request.trial, role_of(request.trial.model)))
    record = outcome.record
    try:
        _TrialRunner(request, outcome, on_epoch).run(given, dataset)
        _require_storable(record)
        record["status"] = "done"
    except DivergedError as error:
        record.update(status="diverged", error=describe_error(error), curves=asdict(error.curves))
    except Exception as error:
        record.update(status="error", error=describe_error(error))
    record["artifacts"] = {name: describe_artifact(content) for name, content in outcome.artifacts.items()}
    return outcome


def _require_storable(record: Record) -> None:
    """Raise `ValueError`, and take out what may be the cause, if JSON has no word for something in the record."""
    try:
        canonical_json(record)
    except (TypeError, ValueError) as error:
        record.update(scores=[], curves={"train": {}, "held_out": {}})
        raise ValueError(f"the record cannot be stored: {error}") from error


class _TrialRunner:
    """One run of one trial, filling an outcome step by step."""

    def __init__(self, request: Request, outcome: Outcome, on_epoch: OnEpoch | None) -> None:
        self.request, self.trial, self.outcome = request, request.trial, outcome
        self.on_epoch = on_epoch
        self.record, self.timing = outcome.record, outcome.record["timing"]
        self.began = self.lap_began = time.perf_counter()
        self.samplers = default_samplers() if request.samplers is None else list(request.samplers)

    def run(self, given: GivenImages | None, dataset: Dataset | None) -> None:
        self.record["environment"], self.timing["load"] = environment(), load()
        self.dataset = _dataset(self.request, dataset)
        self.record["dataset"] = _described(self.dataset, self.request.note)
        if given is not None:
            self.run_images(given)
        elif self.trial.model in CONTROLS.names():
            self.run_control()
        else:
            self.run_model()
        self.timing["total"] = time.perf_counter() - self.began

    def run_images(self, given: GivenImages) -> None:
        self.record["role"] = "samples"
        evaluator = kept_evaluator(self.dataset, self.trial.protocol.samples)
        self.lap("start")
        self.evaluate(lambda scores: evaluator.samples(scores, given.images, "given", given.features))
        self.keep_gallery(given.images, "given")

    def run_control(self) -> None:
        control = CONTROLS.get(self.trial.model)
        self.record["parameters"] = parameters_in_force(self.trial)
        evaluator = kept_evaluator(self.dataset, self.trial.protocol.samples)
        self.lap("start")
        stream = generator(self.trial.seed, "control", control.name)
        images = control.generate(self.dataset, evaluator.n, stream, **self.trial.parameters)
        self.evaluate(lambda scores: evaluator.samples(scores, images, control.name))
        self.keep_gallery(images, control.name)

    def keep_gallery(self, images: Images, sampler: str) -> None:
        if self.dataset.has_pixels:
            self.outcome.artifacts[GALLERY] = to_npz(sample_gallery(images, sampler))

    def run_model(self) -> None:
        self.record["parameters"] = parameters_in_force(self.trial)
        self.record["sources"] = trial_sources(self.trial)
        trainer = _trainer(self.trial)
        self.record["role"], self.record["parameter_count"] = trainer.model.role, trainer.parameter_count
        self.lap("start")
        saved = self.request.read_weights()
        if saved is None:
            if isinstance(trainer.model, HasSymbols):
                self.samplers = sorted({*self.samplers, *default_samplers(discrete=True)})
            self.train(trainer)
        else:
            trainer.model.set_weights(list(from_npz(saved).values()))
        evaluator = kept_evaluator(self.dataset, self.trial.protocol.samples)
        images = self.evaluate(lambda scores: evaluator.model(scores, trainer.model, self.samplers))
        self.record["warnings"] += collapse_warnings(trainer.model, self.dataset, images)
        gallery = model_gallery(trainer.model, self.dataset)
        for sampler, generated in images.items():
            gallery |= sample_gallery(generated, sampler)
        weights = {f"{i:03d}": array for i, array in enumerate(trainer.model.get_weights())}
        self.outcome.artifacts |= {GALLERY: to_npz(gallery), "weights.npz": to_npz(weights)}
        if codes := kept_codes(trainer.model, self.dataset):
            self.outcome.artifacts[CODES] = to_npz(codes)

    def train(self, trainer: Trainer) -> None:
        check_labels(trainer.model, self.dataset.train)
        images = rows(trainer.model, self.dataset.train)
        held_out = rows(trainer.model, self.dataset.held_out)[: curve_images(len(images))]
        trainer.compile(images, held_out)
        self.lap("compile")
        self.record["curves"] = asdict(trainer.fit(images, held_out, self.trial.seed, self.tell))
        self.lap("train")

    def tell(self, epoch: int, epochs: int, loss: float) -> None:
        """Pass on that an epoch has ended."""
        if self.on_epoch is not None:
            seconds = time.perf_counter() - self.lap_began
            self.on_epoch(EpochProgress(self.trial.id, epoch, epochs, loss, seconds))

    def evaluate(self, fill: Callable[[ScoreCollector], Kept]) -> Kept:
        request = self.request
        if request.metrics is None:
            chosen = default_metrics(request.also, request.questions)
        else:
            chosen = [METRICS.get(name) for name in sorted(request.metrics)]
        # Of yardsticks no standard error is tabulated, and k-means on raw pixels takes a minute for one.
        competes = self.record["role"] in ("model", "samples")
        scores = ScoreCollector(chosen, self.trial.seed, standard_errors=competes)
        filled = fill(scores)
        self.record["scores"] = scores.rows
        failed = scores.failed_samplers.items()
        self.record["warnings"] = [f"sampler {name} failed: {reason}" for name, reason in failed]
        self.record["metrics"] = {metric.name: metric.version for metric in scores.metrics}
        self.record["samplers"] = self.samplers
        self.record["refused_samplers"] = scores.refused_samplers
        samplers = self.samplers if self.record["role"] in ("model", "floor") else ()
        self.record["sources"] = trial_sources(self.trial, self.record["metrics"], samplers, self.record["role"])
        self.timing["metrics"] = scores.seconds
        self.lap("evaluate")
        return filled

    def lap(self, name: str) -> None:
        """Write the seconds since the last lap under `name`."""
        now = time.perf_counter()
        self.timing[name], self.lap_began = now - self.lap_began, now


def curve_images(images: int) -> int:
    """Return of how many held-out images the curves are, for so many training images: one at least, for a mean."""
    return max(1, min(CURVE_IMAGES, int(CURVE_SHARE * images)))


class LastValueCache(Generic[Kept]):
    """The one thing made last, kept for as long as the same is asked for."""

    def __init__(self) -> None:
        self._kept: tuple[object, Kept] | None = None

    def get(self, key: object, make: Callable[[], Kept]) -> Kept:
        if self._kept is None or self._kept[0] != key:
            self._kept = None  # frees the old one before the new one needs its memory
            self._kept = (key, make())
        return self._kept[1]


_DATASETS: LastValueCache[Dataset] = LastValueCache()
_EVALUATORS: LastValueCache[Evaluator] = LastValueCache()
_TRAINERS: LastValueCache[Trainer] = LastValueCache()


def _dataset(request: Request, given: Dataset | None) -> Dataset:
    name, data_file = request.trial.dataset, request.data_file
    dataset = given or _DATASETS.get((name, data_file), lambda: load_dataset(name, data_file))
    if dataset.fingerprint != request.fingerprint:
        raise DatasetError(
            f"data set {name!r} has fingerprint {dataset.fingerprint[:12]} here but {request.fingerprint[:12]} where "
            "the run was started; give both the same file"
        )
    return dataset


def kept_evaluator(dataset: Dataset, samples: int) -> Evaluator:
    """Return the evaluator that this process used last, if it is the same."""
    return _EVALUATORS.get((dataset.fingerprint, dataset.judge, samples), lambda: Evaluator(dataset, samples))


def _trainer(trial: Trial) -> Trainer:
    return _TRAINERS.get(
        (MODELS.get(trial.model), trial.subject, trial.protocol),
        lambda: Trainer(MODELS.get(trial.model), trial.protocol, trial.parameters),
    )


def _described(dataset: Dataset, note: str) -> dict[str, object]:
    sizes = {split: len(getattr(dataset, split)) for split in ("train", "reference", "oracle")}
    return {
        "name": dataset.name,
        "fingerprint": dataset.fingerprint,
        "judge": dataset.judge,
        "note": note or dataset.note,
        "sizes": sizes,
    }
