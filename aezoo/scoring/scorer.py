"""The benchmark's panel for images from elsewhere, and for the oracle and the controls beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from aezoo.datasets import load_dataset
from aezoo.errors import AezooError
from aezoo.messages import Outcome, Request
from aezoo.metrics.compute import default_metrics
from aezoo.record import Record
from aezoo.scoring.headline_metrics import headline_families
from aezoo.scoring.oracle_interval import PredictionInterval, oracle_intervals
from aezoo.scoring.progress import ScoringProgress
from aezoo.scoring.reading import SampleImages
from aezoo.scoring.request import ScoreRequest
from aezoo.scoring.validation import Images, input_warnings
from aezoo.seeds import generator
from aezoo.spec import Parameter, Protocol, Trial
from aezoo.trial import kept_evaluator, run_trial, score_images

PROTOCOL = "score"


class SampleScorer:
    """One set of images, ready to be scored on one data set.

    Attributes:
        n: how many of them are scored, against as many real ones.
        notes: lines on what was done with the images.
        doubts: lines on what is unlikely of them.
    """

    def __init__(self, samples: SampleImages, request: ScoreRequest, tell: Callable[[str], None]) -> None:
        self.samples, self.wanted = samples, request
        self.also = request.slow_metrics()
        self.dataset = load_dataset(request.dataset, request.data_file)
        most = min(Protocol().samples, len(self.dataset.reference), len(self.dataset.oracle))
        self.n = min(len(samples.images), most)
        self.notes = [*samples.notes, *self._subset_note()]
        self.doubts = input_warnings(samples.images, self.dataset.reference.images, self.dataset.name)
        self.pace = ScoringProgress(tell, len(request.rows()), request.oracle_draws)
        tell(f"{samples.name}: {self.n:,} images against {self.n:,} of {self.dataset.name}, {self.dataset.origin}")
        tell(f"its own scores come first, after the features of {len(self.dataset.train):,} training images")

    def score(self) -> Outcome:
        """The images' own record, its role "samples"."""
        outcome = score_images(self._request("samples", {"sha256": self.samples.sha256}), self._chosen())
        outcome.record["label"] = self.samples.name
        outcome.record["warnings"] = list(self.doubts)
        return _finished(self.samples.name, outcome)

    def known(self) -> Iterator[Outcome]:
        """The oracle, then the controls at their default dose, each as soon as it is scored."""
        self.pace.begin()
        for name in self.wanted.rows():
            outcome = _finished(name, run_trial(self._request(name, {})))
            seconds = outcome.record["timing"]["metrics"]
            headline = headline_families(outcome.record["scores"])
            self.pace.row_ended(name, sum(seconds.get(metric, 0.0) for metric in headline))
            yield outcome

    def bands(self, samples: Record) -> dict[str, PredictionInterval]:
        """The oracle's band of each headline score of the record `samples`; none without draws."""
        if not self.wanted.oracle_draws:
            return {}
        families = headline_families(samples["scores"])
        metrics = [metric for metric in default_metrics() if metric.name in families]
        evaluator = kept_evaluator(self.dataset, self.n)
        return oracle_intervals(evaluator, metrics, self.wanted.seed, self.wanted.oracle_draws, self.pace)

    def _chosen(self) -> Images:
        """As many images as are compared, in their order; of more, a subset without replacement."""
        images = self.samples.images
        if len(images) == self.n:
            return images
        rows = generator(self.wanted.seed, "score", "subset").permutation(len(images))[: self.n]
        return images[np.sort(rows)]

    def _subset_note(self) -> list[str]:
        given = len(self.samples.images)
        if given == self.n:
            return []
        return [f"{self.n:,} of the {given:,} images given are scored, drawn with seed {self.wanted.seed}"]

    def _request(self, model: str, parameters: dict[str, Parameter]) -> Request:
        name, protocol = self.dataset.name, Protocol(name=PROTOCOL, samples=self.n)
        trial = Trial(dataset=name, model=model, parameters=parameters, protocol=protocol, seed=self.wanted.seed)
        return Request(trial, self.dataset.fingerprint, self.dataset.note, self.wanted.data_file, also=self.also)


def _finished(name: str, outcome: Outcome) -> Outcome:
    """The outcome, if there is one to speak of; raises `AezooError` otherwise."""
    error = outcome.record["error"]
    if error is not None:
        raise AezooError(f"{name} could not be scored: {error['type']}: {error['message']}")
    return outcome
