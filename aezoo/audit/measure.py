"""Measurement of one set of images: drawn, and scored by every metric in every feature space."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from aezoo.audit.plan import AuditSpec, SampleSet
from aezoo.controls import CONTROLS, Images
from aezoo.controls.resampling import sample_real
from aezoo.datasets import Dataset, load_dataset
from aezoo.errors import DatasetError
from aezoo.evaluation.evaluator import ScoreCollector
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import METRICS, Metric
from aezoo.metrics.compute import Row
from aezoo.seeds import generator, integer_seed

NO_SPACE = "none"


@dataclass
class SetScores:
    """Scores of one set.

    Attributes:
        rows: as in a trial's record; none where the control failed.
        seconds: by ``family/space``, and ``inputs/question/space`` for the arrays that its metrics share.
        cpu_seconds: of the whole set.
        problem: the reason why there are no rows, or nothing.
    """

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    problem: str = ""


class SetScorer:
    """Drawing and scoring of sets on one data set; what depends on the data set alone is computed once."""

    def __init__(self, dataset: Dataset, metrics: Sequence[Metric], n: int, seed: int) -> None:
        self.dataset, self.seed = dataset, seed
        # The oracle is scored at the same small n, so that below a metric's own minimum there is still a yardstick.
        self.metrics = [replace(metric, minimum_n=1) for metric in metrics]
        self._full = RealFeatures(dataset, n)

    def __call__(self, sample_set: SampleSet) -> SetScores:
        """Draw and score a set; a control that raises leaves its reason and no rows."""
        started, scores = time.process_time(), SetScores()
        try:
            self._score(scores, self.draw(sample_set), sample_set)
        except Exception as error:  # a plug-in's control may raise anything; the record says what
            scores = SetScores(problem=f"{type(error).__name__}: {error}")
        scores.cpu_seconds = time.process_time() - started
        return scores

    def draw(self, sample_set: SampleSet) -> Images:
        """Draw the images of a set, float32 in [0, 1], shape (n, 28, 28); training images without replacement."""
        random = generator(self.seed, *sample_set.purpose)
        if sample_set.role == "train":
            return sample_real(self.dataset.train.images, sample_set.n, random)
        return CONTROLS.get(sample_set.control).generate(self.dataset, sample_set.n, random, dose=sample_set.dose)

    def real(self, sample_set: SampleSet) -> RealFeatures:
        """Return as many real images as a set has.

        The first ones where the set is of full size, so that all meet the same. Smaller sets meet each their own, so
        that what is said of a smaller number of images holds for more than one choice of them.
        """
        if sample_set.n == self._full.n:
            return self._full
        random = generator(self.seed, *sample_set.purpose, "reference")
        return self._whole.subset(random.permutation(self._whole.n)[: sample_set.n])

    @cached_property
    def _whole(self) -> RealFeatures:
        return self._full.with_reference(self.dataset.reference.images)

    def _score(self, scores: SetScores, images: Images, sample_set: SampleSet) -> None:
        copying = sample_set.role != "train" and any(metric.question == "copying" for metric in self.metrics)
        seed = integer_seed(self.seed, *sample_set.purpose)
        lap = time.perf_counter()
        for question, space, inputs in self.real(sample_set).sample_inputs(images, copying):
            space_name = space or NO_SPACE
            scores.seconds[f"inputs/{question}/{space_name}"] = time.perf_counter() - lap
            collector = ScoreCollector(self.metrics, seed)
            collector.add(question, inputs, sample_set.control, space)
            scores.rows.extend(collector.rows)
            scores.seconds |= {f"{name}/{space_name}": seconds for name, seconds in collector.seconds.items()}
            lap = time.perf_counter()


def score_set(spec: AuditSpec, sample_set: SampleSet) -> SetScores:
    """Draw and score a set of the audit `spec`; a process keeps what it loaded for the next one."""
    return _scorer(spec)(sample_set)


@lru_cache(maxsize=1)
def _scorer(spec: AuditSpec) -> SetScorer:
    dataset = load_dataset(spec.dataset, spec.data_file)
    if dataset.fingerprint != spec.fingerprint:
        raise DatasetError(
            f"data set {spec.dataset!r} has fingerprint {dataset.fingerprint[:12]} now but {spec.fingerprint[:12]} "
            "when the audit was started; start it again"
        )
    return SetScorer(dataset, [METRICS.get(name) for name in spec.metrics], spec.n, spec.seed)
