"""The benchmark's panel for images from elsewhere, and for the oracle and the controls beside them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from aezoo.datasets import load_dataset
from aezoo.errors import AezooError
from aezoo.metrics.rows import default_metrics
from aezoo.scoring.band import Band, oracle_bands
from aezoo.scoring.checks import Images
from aezoo.scoring.headline import headline_families
from aezoo.scoring.samples import Samples
from aezoo.seeds import generator
from aezoo.spec import Parameter, Protocol, Trial
from aezoo.trial import kept_evaluator, run_trial, score_images
from aezoo.work import Outcome, Request

PROTOCOL = "score"
SLOW = 2.0
"""Seconds of one draw from which on each is told."""


class Scorer:
    """One set of images, ready to be scored on one data set.

    Attributes:
        notes: lines on what was done with the images.
    """

    def __init__(
        self, samples: Samples, dataset: str, data_file: Path | None, seed: int, progress: Callable[[str], None]
    ) -> None:
        self.samples, self.data_file, self.seed, self.progress = samples, data_file, seed, progress
        self.dataset = load_dataset(dataset, data_file)
        most = min(Protocol().samples, len(self.dataset.reference), len(self.dataset.oracle))
        self.n = min(len(samples.images), most)
        self.protocol = Protocol(name=PROTOCOL, samples=self.n)
        self.notes = [*samples.notes, *self._subset_note()]
        progress(f"{samples.name}: {self.n:,} images against {self.n:,} of {self.dataset.name}, {self.dataset.origin}")

    def score(self) -> Outcome:
        """The images' own record, its role "samples"."""
        parameters: dict[str, Parameter] = {"sha256": self.samples.sha256}
        request = self._request("samples", parameters)
        outcome = self._timed(self.samples.name, partial(score_images, request, self._chosen()))
        outcome.record["label"] = self.samples.name
        self.record = outcome.record
        return outcome

    def known(self, controls: Sequence[str]) -> list[Outcome]:
        """The oracle, then the controls at their default dose."""
        names = dict.fromkeys(["oracle", *controls])
        return [self._timed(name, partial(run_trial, self._request(name, {}))) for name in names]

    def bands(self, draws: int) -> dict[str, Band]:
        """The oracle's band of each headline score; none without draws."""
        if not draws:
            return {}
        families = headline_families(self.record["scores"])
        metrics = [metric for metric in default_metrics() if metric.name in families]
        began = time.perf_counter()

        def tell(done: int) -> None:
            seconds = time.perf_counter() - began
            if done == draws or seconds > SLOW * done:
                self.progress(f"oracle's band: draw {done} of {draws}, {seconds:.0f} s")

        return oracle_bands(kept_evaluator(self.dataset, self.n), metrics, self.seed, draws, tell)

    def _chosen(self) -> Images:
        """As many images as are compared, in their order; of more, a subset without replacement."""
        images = self.samples.images
        if len(images) == self.n:
            return images
        rows = generator(self.seed, "score", "subset").permutation(len(images))[: self.n]
        return images[np.sort(rows)]

    def _subset_note(self) -> list[str]:
        given = len(self.samples.images)
        if given == self.n:
            return []
        return [f"{self.n:,} of the {given:,} images given are scored, drawn with seed {self.seed}"]

    def _request(self, model: str, parameters: dict[str, Parameter]) -> Request:
        name = self.dataset.name
        trial = Trial(dataset=name, model=model, parameters=parameters, protocol=self.protocol, seed=self.seed)
        return Request(trial, self.dataset.fingerprint, self.dataset.note, self.data_file)

    def _timed(self, name: str, run: Callable[[], Outcome]) -> Outcome:
        began = time.perf_counter()
        outcome = run()
        error = outcome.record["error"]
        if error is not None:
            raise AezooError(f"{name} could not be scored: {error['type']}: {error['message']}")
        self.progress(f"{name}: {time.perf_counter() - began:.1f} s")
        return outcome
