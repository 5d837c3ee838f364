"""How far the scores of real digits spread when they are played as a generator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from aezoo.evaluation.evaluator import Evaluator, ScoreCollector
from aezoo.evaluation.real_features import RealFeatures
from aezoo.metrics import Metric, Question
from aezoo.metrics.compute import Row
from aezoo.scoring.progress import ScoringProgress
from aezoo.seeds import generator

Rows = NDArray[np.int64]

Inputs = dict[str, Any]

COVERAGE = 0.99


class SplitPool:
    """Real images (m, 28, 28), uint8, with their features and their distances to the training images.

    The search of the nearest training images and the judge take five times as long as the metrics, and an image has
    the same answers on either side of any division.
    """

    def __init__(self, real: RealFeatures, images: NDArray[np.uint8]) -> None:
        self.real, self.images = real, images
        self.features = real.spaces.extract(images)
        self.copying = {name: real.training[name].inputs(of) for name, of in self.features.spaces.items()}

    def inputs(self, reals: Rows, fakes: Rows) -> Iterator[tuple[Question, str | None, Inputs]]:
        """What `RealFeatures.inputs` gives for the images of `fakes` beside those of `reals`, rows of the pool."""
        shared: Inputs = {"real_images": self.images[reals], "fake_images": self.images[fakes]}
        labels, probabilities = self.features.labels, self.features.probabilities
        if labels is not None and probabilities is not None:
            shared |= {"labels": labels[fakes], "reference_labels": labels[reals]}
            shared["probabilities"] = probabilities[fakes]
        for name, features in self.features.spaces.items():
            side = self.real.training[name]
            both = {"real": features[reals], "fake": features[fakes], "features": features[fakes]}
            yield "samples", name, {**shared, **both, "train": side.train, "bins": side.bins}
            yield "copying", name, self._copying(name, reals, fakes)
        yield "samples", None, shared

    def _copying(self, name: str, reals: Rows, fakes: Rows) -> Inputs:
        features, known = self.features.spaces[name], self.copying[name]
        return {
            **known,
            "held_out": features[reals],
            "fake": features[fakes],
            "fake_distances": known["fake_distances"][fakes],
            "neighbour_distances": known["neighbour_distances"][fakes],
            "held_out_distances": known["fake_distances"][reals],
        }


@dataclass(frozen=True)
class PredictionInterval:
    """Where a score of further real digits lies in 99 of 100 cases, if draws are normal.

    Attributes:
        low, high: ``mean -+ t s sqrt(1 + 1 / draws)``, t the 99.5 % point of Student's t with draws - 1 degrees of
            freedom, s the standard deviation of the draws; wider where a draw lies outside, by one image at least where
            the score is a share of images, never beyond the range of the score.
        mean: of the draws.
    """

    low: float
    high: float
    mean: float

    def place(self, value: float) -> str:
        """within, below or above."""
        return "below" if value < self.low else "above" if value > self.high else "within"


def oracle_intervals(
    evaluator: Evaluator, metrics: Sequence[Metric], seed: int, draws: int, pace: ScoringProgress
) -> dict[str, PredictionInterval]:
    """The bands of the scores of `metrics` by name, from `draws` divisions of the held-out images.

    Each division draws the real side and as many generated ones, without replacement and without regard to labels,
    from all held-out images, so that both sides vary as they do for a perfect generator.
    """
    pool = SplitPool(evaluator.real, evaluator.dataset.held_out.images)
    rows: list[Row] = []
    for draw in range(draws):
        rows.extend(score_split(pool, evaluator.n, metrics, seed, draw))
        pace.draw_ended()
    values: dict[str, list[float]] = {}
    for row in rows:
        if row["state"] == "ok":
            values.setdefault(row["metric"], []).append(row["value"])
    ranges = {row["metric"]: _range(row, metrics) for row in rows}
    steps = {row["metric"]: 1 / evaluator.n if row["unit"] == "share" else 0.0 for row in rows}
    return {
        name: prediction_interval(of, *ranges[name], steps[name]) for name, of in values.items() if len(of) == draws
    }


def prediction_interval(
    values: Sequence[float], lowest: float = -np.inf, highest: float = np.inf, step: float = 0.0
) -> PredictionInterval:
    """The band of some draws, at least 3; `step` is what one image moves the score by: equal draws prove no more."""
    array = np.asarray(values, dtype=np.float64)
    half = student.ppf((1 + COVERAGE) / 2, len(array) - 1) * array.std(ddof=1) * np.sqrt(1 + 1 / len(array))
    mean = float(array.mean())
    low, high = min(mean - half, array.min() - step), max(mean + half, array.max() + step)
    return PredictionInterval(float(max(lowest, low)), float(min(highest, high)), mean)


def score_split(pool: SplitPool, n: int, metrics: Sequence[Metric], seed: int, draw: int) -> list[Row]:
    """Rows of the scores of `n` images of the pool as if generated, against `n` others: of the division `draw`."""
    shuffled = generator(seed, "score", "oracle", str(draw)).permutation(len(pool.images))
    scores = ScoreCollector(metrics, seed)
    for question, space, inputs in pool.inputs(shuffled[:n], shuffled[n : 2 * n]):
        scores.add(question, inputs, "oracle", space)
    return scores.rows


def _range(row: Row, metrics: Sequence[Metric]) -> tuple[float, float]:
    """The lowest and the highest value of a score."""
    metric = next(metric for metric in metrics if metric.name == row["family"])
    return next(
        score.range for score in metric.scores if row["metric"] in (score.name, f"{score.name}_{row['features']}")
    )
