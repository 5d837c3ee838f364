"""Prediction intervals of scores: how far those of real images spread that are played as a generator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from aezoo.evaluation.evaluator import Evaluator, ScoreCollector
from aezoo.evaluation.real_features import ImageSet, sample_inputs
from aezoo.metrics import Metric
from aezoo.metrics.compute import Row
from aezoo.scoring.progress import ScoringProgress
from aezoo.seeds import generator

COVERAGE = 0.99
"""Share of further real draws that an interval holds."""
MOST = (-200.0, 200.0)
"""Half-widths beyond which no further difference is made."""


@dataclass(frozen=True)
class PredictionInterval:
    """Interval that holds a score of further real images in 99 of 100 cases, if draws are normal.

    ``mean -+ t s sqrt(1 + 1 / draws)``, t the 99.5 % point of Student's t with draws - 1 degrees of freedom, s the
    standard deviation of the draws; wider where a draw lies outside, by one image at least where the score is a share
    of images, never beyond the range of the score.

    Attributes:
        low: lower end, in the unit of the score.
        high: upper end.
        mean: of the draws.
    """

    low: float
    high: float
    mean: float

    def deviation(self, value: float) -> float:
        """Give the signed distance of `value` from the mean in half-widths of the interval, the wider half of it.

        Within [-200, 200], so that a score that no draw moves has one as well.
        """
        half = max(self.high - self.mean, self.mean - self.low)
        away = value - self.mean
        return float(np.clip(away / half if half > 0 else np.copysign(np.inf, away) if away else 0.0, *MOST))

    def position(self, value: float) -> str:
        """Tell whether `value` is within, below or above the interval."""
        return "below" if value < self.low else "above" if value > self.high else "within"


def oracle_intervals(
    evaluator: Evaluator, metrics: Sequence[Metric], seed: int, draws: int, pace: ScoringProgress
) -> dict[str, PredictionInterval]:
    """Compute the interval of each score of `metrics`, by name, from `draws` divisions of the held-out images.

    Each division draws the real side and as many generated ones, without replacement and without regard to labels,
    from all held-out images, so that both sides vary as they do for a perfect generator.
    """
    # The search of nearest training images and the judge take five times as long as the metrics, and an image has the
    # same answers on either side of any division.
    pool = evaluator.real.locate(evaluator.dataset.held_out.images)
    rows: list[Row] = []
    for draw in range(draws):
        rows.extend(score_split(pool, evaluator, metrics, seed, draw))
        pace.draw_ended()
    values: dict[str, list[float]] = {}
    for row in rows:
        if row["state"] == "ok":
            values.setdefault(row["metric"], []).append(row["value"])
    ranges = {row["metric"]: _range(row, metrics) for row in rows}
    steps = {row["metric"]: 1 / evaluator.n if row["unit"] == "share" else 0.0 for row in rows}
    return {
        name: prediction_interval(drawn, *ranges[name], steps[name])
        for name, drawn in values.items()
        if len(drawn) == draws
    }


def prediction_interval(
    values: Sequence[float], lowest: float = -np.inf, highest: float = np.inf, step: float = 0.0
) -> PredictionInterval:
    """Compute the interval of 3 draws or more; one image moves the score by `step`, and equal draws prove no more."""
    array = np.asarray(values, dtype=np.float64)
    half = student.ppf((1 + COVERAGE) / 2, len(array) - 1) * array.std(ddof=1) * np.sqrt(1 + 1 / len(array))
    mean = float(array.mean())
    low, high = min(mean - half, array.min() - step), max(mean + half, array.max() + step)
    return PredictionInterval(float(max(lowest, low)), float(min(highest, high)), mean)


def score_split(pool: ImageSet, evaluator: Evaluator, metrics: Sequence[Metric], seed: int, draw: int) -> list[Row]:
    """Score as many images of the pool as the evaluator compares as if generated, against others: division `draw`."""
    shuffled = generator(seed, "score", "oracle", str(draw)).permutation(len(pool.features.images))
    real, fake = (pool.subset(rows) for rows in (shuffled[: evaluator.n], shuffled[evaluator.n : 2 * evaluator.n]))
    scores = ScoreCollector(metrics, seed)
    has_pixels = evaluator.dataset.has_pixels
    for question, space, inputs in sample_inputs(real, fake, evaluator.real.training, has_pixels=has_pixels):
        scores.add(question, inputs, "oracle", space)
    return scores.rows


def _range(row: Row, metrics: Sequence[Metric]) -> tuple[float, float]:
    """Give the lowest and the highest value of a score."""
    metric = next(metric for metric in metrics if metric.name == row["family"])
    return next(
        score.range for score in metric.scores if row["metric"] in (score.name, f"{score.name}_{row['features']}")
    )
