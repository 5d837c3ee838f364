"""One set of images: drawn, and scored by every metric in every feature space with one extraction of features."""

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
    """What one set got.

    Attributes:
        rows: as in a trial's record; none where the control failed.
        seconds: by ``family/space``, and ``inputs/question/space`` for the arrays that its metrics share.
        cpu_seconds: of the whole set.
        problem: why there are no rows, or nothing.
    """

    rows: list[Row] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    problem: str = ""


class SetScorer:
    """Draws and scores sets on one data set; what depends on the data set alone is computed once."""

    def __init__(self, dataset: Dataset, metrics: Sequence[Metric], n: int, seed: int) -> None:
        self.dataset, self.seed = dataset, seed
        # The oracle is scored at the same small n, so that below a metric's own minimum there is still a yardstick.
        self.metrics = [replace(metric, minimum_n=1) for metric in metrics]
        self._full = RealFeatures(dataset, n)

    def __call__(self, wanted: SampleSet) -> SetScores:
        """Draw and score a set; a control that raises leaves its reason and no rows."""
        started, found = time.process_time(), SetScores()
        try:
            images = self.training_digits(wanted) if wanted.role == "train" else self.draw(wanted)
            self._score(found, images, wanted)
        except Exception as error:  # a plug-in's control may raise anything; the record says what
            found = SetScores(problem=f"{type(error).__name__}: {error}")
        found.cpu_seconds = time.process_time() - started
        return found

    def draw(self, wanted: SampleSet) -> Images:
        """The images of a set, float32 in [0, 1], shape (n, 28, 28)."""
        random = generator(self.seed, *wanted.purpose)
        return CONTROLS.get(wanted.control).generate(self.dataset, wanted.n, random, dose=wanted.dose)

    def training_digits(self, wanted: SampleSet) -> Images:
        """Training images as they are, without replacement."""
        return sample_real(self.dataset.train.images, wanted.n, generator(self.seed, *wanted.purpose))

    def real(self, wanted: SampleSet) -> RealFeatures:
        """As many real images as a set has.

        The first ones where the set is of full size, so that all meet the same. Smaller sets meet each their own, so
        that what is said of a smaller number of images holds for more than one choice of them.
        """
        if wanted.n == self._full.n:
            return self._full
        random = generator(self.seed, *wanted.purpose, "reference")
        return self._whole.subset(random.permutation(self._whole.n)[: wanted.n])

    @cached_property
    def _whole(self) -> RealFeatures:
        return self._full.with_reference(self.dataset.reference.images)

    def _score(self, found: SetScores, images: Images, wanted: SampleSet) -> None:
        copying = wanted.role != "train" and any(metric.question == "copying" for metric in self.metrics)
        seed = integer_seed(self.seed, *wanted.purpose)
        lap = time.perf_counter()
        for question, space, inputs in self.real(wanted).sample_inputs(images, copying):
            place = space or NO_SPACE
            found.seconds[f"inputs/{question}/{place}"] = time.perf_counter() - lap
            scores = ScoreCollector(self.metrics, seed)
            scores.add(question, inputs, wanted.control, space)
            found.rows.extend(scores.rows)
            found.seconds |= {f"{name}/{place}": seconds for name, seconds in scores.seconds.items()}
            lap = time.perf_counter()


def score_set(spec: AuditSpec, wanted: SampleSet) -> SetScores:
    """`wanted` of the audit `spec`; a process keeps what it loaded for the next one."""
    return _scorer(spec)(wanted)


@lru_cache(maxsize=1)
def _scorer(spec: AuditSpec) -> SetScorer:
    dataset = load_dataset(spec.dataset, spec.data_file)
    if dataset.fingerprint != spec.fingerprint:
        raise DatasetError(
            f"data set {spec.dataset!r} has fingerprint {dataset.fingerprint[:12]} now but {spec.fingerprint[:12]} "
            "when the audit was started; start it again"
        )
    return SetScorer(dataset, [METRICS.get(name) for name in spec.metrics], spec.n, spec.seed)
