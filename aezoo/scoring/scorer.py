"""Scoring of images from elsewhere, and of the oracle and the controls that they stand beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from aezoo.analysis.frames import COMPARISON
from aezoo.controls import CONTROLS
from aezoo.datasets import DATASETS, Dataset, load_dataset
from aezoo.errors import AezooError, DatasetError, SamplesError, UsageError
from aezoo.images import to_bytes
from aezoo.messages import Outcome, Request
from aezoo.metrics import FEATURE_QUESTIONS, Metric
from aezoo.metrics.compute import default_metrics
from aezoo.scoring.exact_copies import (
    TRAINING,
    exact_copy_warning,
    reference_warning,
    unusual_exact_copies,
    unusual_reference_images,
)
from aezoo.scoring.headline_metrics import HEADLINE, headline_families
from aezoo.scoring.oracle_interval import PredictionInterval, oracle_intervals
from aezoo.scoring.own_dataset import OwnData, name_in_trial, require_known
from aezoo.scoring.progress import ScoringProgress
from aezoo.scoring.protocol import protocol_line
from aezoo.scoring.reading import SampleImages
from aezoo.scoring.reference_cache import ReferenceCache, cache_key
from aezoo.scoring.request import ScoreRequest
from aezoo.scoring.validation import input_warnings
from aezoo.seeds import generator
from aezoo.spec import Parameter, Protocol, Trial
from aezoo.trial import GivenImages, kept_evaluator, run_trial, score_images

PROTOCOL = "score"
PART = "the bands are those of {name}, one part of {whole}: other images of {whole} may lie outside"


class SampleScorer:
    """Images of one generator or more, ready to be scored on one data set.

    Args:
        samples: the images of each generator.
        request: what to score them against.
        tell: called with a line from time to time.
        own: real images of one's own, in place of the data set that the request names; None without any.

    Attributes:
        n: number of images of each that are scored, against as many real ones.
        notes: lines on what was done with the images.
        warnings: lines on what is unlikely of them.
        exact_copies: by generator, the number of images that are training images, where they are unusually many.

    Raises:
        UsageError: two generators have one name, or the same images; a judge does not know the real images.
        DatasetError: the data set cannot be had, or has too few held-out images for any metric.
    """

    def __init__(
        self,
        samples: Sequence[SampleImages],
        request: ScoreRequest,
        tell: Callable[[str], None],
        own: OwnData | None = None,
    ) -> None:
        _check_distinct(samples)
        self.samples, self.request, self.tell, self.own = samples, request, tell, own
        self.dataset = load_dataset(request.dataset, request.data_file) if own is None else own.dataset
        if own is not None:
            require_known(own.dataset)
        self.rows = _rows(request, self.dataset)
        self.n = min(_held_out_size(self.dataset, _metrics(request)), *(len(each.images) for each in samples))
        self.chosen = {each.name: self._choose(each) for each in samples}
        self.exact_copies = {name: self._exact_copies(given) for name, given in self.chosen.items()}
        self._warnings = {name: self._input_warnings(name, given) for name, given in self.chosen.items()}
        notes = {each.name: [*each.notes, *self._subset_notes(each)] for each in samples}
        self.notes = [*self._prefixed(notes), *self._data_notes(), *self._rows_notes()]
        self.warnings = self._prefixed(self._warnings)

    def score(self) -> Iterator[Outcome]:
        """Score each generator's images: a record like that of any trial, with the role "samples"."""
        n, dataset = f"{self.n:,}", self.dataset
        self.tell(f"{', '.join(self.chosen)}: {n} images against {n} of {dataset.name}, {dataset.origin}")
        self.tell(f"first the features of {len(dataset.train):,} {self.training} are computed, then the images' scores")
        for each in self.samples:
            request = _request(self.request, dataset, self.own is not None, self.n, "samples", sha256=each.sha256)
            outcome = score_images(request, self.chosen[each.name], self._own_dataset)
            outcome.record["label"] = each.name
            outcome.record["warnings"] = self._warnings[each.name]
            yield _require_scores(_checked(each.name, outcome))

    def references(self) -> ReferenceScorer:
        """Make what scores the oracle and the controls with as many images."""
        return ReferenceScorer(self.request, self.dataset, self.n, self.rows, self.tell, self._own_dataset)

    @property
    def protocol(self) -> str:
        """The line of `protocol_line`."""
        judge = kept_evaluator(self.dataset, self.n).real.spaces.judge
        data = None if self.own is None else self.own.digest
        return protocol_line(self.dataset, None if judge is None else judge.sha256, self.n, data)

    def with_protocol(self, outcome: Outcome) -> Outcome:
        """Write the line of the protocol into a record, so that tables that are made of it later have it too."""
        return replace(outcome, record={**outcome.record, COMPARISON: self.protocol})

    @property
    def training(self) -> str:
        """Images among which copies are looked for, in words."""
        return TRAINING if self.own is None else self.own.training

    @property
    def left_out(self) -> list[str]:
        """Names of all controls that the data set cannot have."""
        return [name for name in CONTROLS.names() if not _fits(name, self.dataset)]

    @property
    def _own_dataset(self) -> Dataset | None:
        return None if self.own is None else self.own.dataset

    def prefix(self, name: str) -> str:
        """Give what a line on one generator begins with, where there are several."""
        return f"{name}: " if len(self.samples) > 1 else ""

    def _choose(self, samples: SampleImages) -> GivenImages:
        """Take as many images as are compared, in their order; of more, a subset without replacement."""
        images, features = samples.images, samples.features
        if len(images) == self.n:
            return GivenImages(images, features)
        rows = np.sort(generator(self.request.seed, "score", "subset").permutation(len(images))[: self.n])
        return GivenImages(images[rows], None if features is None else features[rows])

    def _subset_notes(self, samples: SampleImages) -> list[str]:
        given = len(samples.images)
        if given == self.n:
            return []
        return [f"{self.n:,} of the {given:,} images given are scored, drawn with seed {self.request.seed}"]

    def _data_notes(self) -> list[str]:
        if self.own is not None:
            return list(self.own.notes)
        whole = DATASETS.get(self.dataset.name).part_of
        return [PART.format(whole=whole, name=self.dataset.name)] if whole else []

    def _rows_notes(self) -> list[str]:
        left_out = [name for name in self.request.rows() if name not in self.rows]
        what = "labels or images" if not self.dataset.has_pixels else "labels"
        return [f"without {what}, controls that need them are left out: {', '.join(left_out)}"] if left_out else []

    def _exact_copies(self, given: GivenImages) -> int:
        return unusual_exact_copies(to_bytes(given.images), self.dataset) if self.dataset.has_pixels else 0

    def _input_warnings(self, name: str, given: GivenImages) -> list[str]:
        if not self.dataset.has_pixels:
            return []
        copies = self.exact_copies[name]
        shared = unusual_reference_images(to_bytes(given.images), self.dataset)
        return [
            *input_warnings(given.images, self.dataset.reference.images, self.dataset.name),
            *([reference_warning(shared, self.n)] if shared else []),
            *([exact_copy_warning(copies, self.n, self.training)] if copies else []),
        ]

    def _prefixed(self, lines: dict[str, list[str]]) -> list[str]:
        return [f"{self.prefix(name)}{line}" for name, of_name in lines.items() for line in of_name]


class ReferenceScorer:
    """The oracle, the controls and the oracle's intervals, kept from run to run."""

    def __init__(
        self,
        request: ScoreRequest,
        dataset: Dataset,
        n: int,
        rows: Sequence[str],
        tell: Callable[[str], None],
        own: Dataset | None = None,
    ) -> None:
        self.request, self.dataset, self.tell, self.own = request, dataset, tell, own
        self.evaluator = kept_evaluator(dataset, n)
        self.requests = {name: _request(request, dataset, own is not None, n, name) for name in rows}
        self.cache = ReferenceCache(self._key(), tell)
        self._kept = {name: self.cache.outcome(each.trial.id) for name, each in self.requests.items()}
        self._intervals = self.cache.intervals(request.oracle_draws) if request.oracle_draws else {}
        missing = sum(outcome is None for outcome in self._kept.values())
        self.progress = ScoringProgress(tell, missing, request.oracle_draws if self._intervals is None else 0)
        if missing < len(self._kept):
            tell(f"oracle and controls: {len(self._kept) - missing} of {len(self._kept)} known from an earlier run")

    def outcomes(self) -> Iterator[Outcome]:
        """Score the oracle, then the controls at their default dose, each as soon as it is known."""
        self.progress.begin()
        for name, request in self.requests.items():
            yield self._kept[name] or self._score(name, request)

    def intervals(self) -> dict[str, PredictionInterval]:
        """Compute the oracle's interval of each headline score; none without draws."""
        if self._intervals is None:
            draws, seed = self.request.oracle_draws, self.request.seed
            metrics = [
                metric for metric in default_metrics() if HEADLINE.keys() & {score.name for score in metric.scores}
            ]
            self.progress.draws_begin()
            self._intervals = oracle_intervals(self.evaluator, metrics, seed, draws, self.progress)
            self.cache.keep_intervals(draws, self._intervals)
        return self._intervals

    def _score(self, name: str, request: Request) -> Outcome:
        outcome = _checked(name, run_trial(request, dataset=self.own))
        self.cache.keep_outcome(outcome)
        seconds = outcome.record["timing"]["metrics"]
        headline = headline_families(outcome.record["scores"])
        self.progress.row_ended(name, sum(seconds.get(metric, 0.0) for metric in headline))
        return outcome

    def _key(self) -> str:
        judge = self.evaluator.real.spaces.judge
        return cache_key(
            fingerprint=self.dataset.fingerprint,
            judge=None if judge is None else judge.sha256,
            n=self.evaluator.n,
            seed=self.request.seed,
            metrics=_metrics(self.request),
            controls=list(self.requests),
        )


def _check_distinct(samples: Sequence[SampleImages]) -> None:
    """Raise `UsageError` where two generators could not be told apart."""
    for i, each in enumerate(samples):
        for other in samples[:i]:
            if each.name == other.name:
                raise UsageError(f"two generators are called {each.name[:80]!r}; give each a name of its own (--name)")
            if each.sha256 == other.sha256:
                raise UsageError(
                    f"{other.name[:80]} and {each.name[:80]} hold the same images; give each generator once"
                )


def _rows(request: ScoreRequest, dataset: Dataset) -> list[str]:
    """Name the rows that make sense on the data set; raises `UsageError` for a control that is named and does not."""
    rows = request.rows()
    fitting = [name for name in rows if _fits(name, dataset)]
    if request.controls is not None and len(fitting) < len(rows):
        name = next(name for name in rows if name not in fitting)
        lacks = "labels" if CONTROLS.get(name).needs_labels and not dataset.has_labels else "images"
        raise UsageError(f"control {name!r} needs {lacks}, which {dataset.name} does not have; leave it out")
    return fitting


def _fits(name: str, dataset: Dataset) -> bool:
    control = CONTROLS.get(name)
    return (dataset.has_labels or not control.needs_labels) and (dataset.has_pixels or not control.changes_pixels)


def _metrics(request: ScoreRequest) -> list[Metric]:
    return [metric for metric in default_metrics(request.slow_metrics()) if metric.question in FEATURE_QUESTIONS]


def _held_out_size(dataset: Dataset, metrics: Sequence[Metric]) -> int:
    """Give the largest number of images that can be compared; `DatasetError` if it is too small for every metric."""
    reference, oracle = len(dataset.reference), len(dataset.oracle)
    needed = min(metric.minimum_n for metric in metrics)
    if min(reference, oracle) < needed:
        raise DatasetError(
            f"data set {dataset.name!r} has {reference:,} reference and {oracle:,} oracle images, and metrics of "
            f"samples need {needed:,} of each; give it {2 * needed:,} test images, or {5 * needed:,} images in all "
            "where it has no test set"
        )
    return min(Protocol().samples, reference, oracle)


def _request(request: ScoreRequest, dataset: Dataset, own: bool, n: int, model: str, **given: Parameter) -> Request:
    name = name_in_trial(dataset) if own else dataset.name
    protocol = Protocol(name=PROTOCOL, samples=n)
    trial = Trial(dataset=name, model=model, parameters=given, protocol=protocol, seed=request.seed)
    return Request(trial, dataset.fingerprint, dataset.note, request.data_file, also=request.slow_metrics())


def _require_scores(outcome: Outcome) -> Outcome:
    """Return the outcome if any of its scores has a value; raises `SamplesError` otherwise, with the first reason."""
    rows = outcome.record["scores"]
    if not any(row["state"] == "ok" for row in rows):
        reason = next((row["reason"] for row in rows), "no metric of samples is registered")
        raise SamplesError(f"{outcome.record['label']} has no score: {reason}")
    return outcome


def _checked(name: str, outcome: Outcome) -> Outcome:
    """Return the outcome if it is finished; raises `AezooError` otherwise."""
    error = outcome.record["error"]
    if error is not None:
        raise AezooError(f"{name} could not be scored: {error['type']}: {error['message']}")
    return outcome
