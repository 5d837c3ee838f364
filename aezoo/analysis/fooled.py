"""Fooled score: the first sample score, where it takes generators known to be bad for better than every model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aezoo.analysis.score_array import ScoreArray
from aezoo.statistics import compare_losses, seed_means

QUESTION = "samples"
SEEN_IN = (QUESTION, "copying")
"""Questions whose scores may see what the first score misses."""


@dataclass(frozen=True)
class FoolingControl:
    """Control that the score takes for better than every model.

    Attributes:
        name: of the control.
        value: the mean over its seeds.
        seen_by: the first score by which it is worse than every model; "" where there is none.
    """

    name: str
    value: float
    seen_by: str


@dataclass(frozen=True)
class FooledScore:
    """Score that is fooled, the best model by it with its mean, and the controls, the best first."""

    metric: str
    model: str
    value: float
    controls: tuple[FoolingControl, ...]


def fooled_score(array: ScoreArray, metrics: tuple[str, ...]) -> FooledScore | None:
    """Find the controls that are ahead of every model by the first sample score to read.

    Args:
        array: models and controls.
        metrics: the scores that count in the question of samples.

    Returns:
        None where that score puts no control before the best model.
    """
    scores = [(i, each) for i, each in enumerate(array.scores) if each.question == QUESTION and each.metric in metrics]
    models = [i for i, role in enumerate(array.roles) if role == "model"]
    if not scores or not models:
        return None
    column, score = scores[0]
    losses = np.where(array.is_known[:, column], array.means[:, column], np.inf)
    best = min(models, key=lambda i: float(losses[i]))
    fooling = [
        i
        for i, role in enumerate(array.roles)
        if role == "control" and np.isfinite(losses[[i, best]]).all() and compare_losses(losses[i], losses[best]) > 0
    ]
    values = seed_means(array.values)[:, column]
    found = [
        FoolingControl(array.models[i], float(values[i]), _seen_by(array, i, models))
        for i in sorted(fooling, key=lambda i: float(losses[i]))
    ]
    return FooledScore(score.metric, array.models[best], float(values[best]), tuple(found)) if found else None


def _seen_by(array: ScoreArray, control: int, models: list[int]) -> str:
    """Name the first score that takes a control for worse than every model."""
    for column, score in enumerate(array.scores):
        known = [i for i in models if array.is_known[i, column]]
        if score.question in SEEN_IN and len(known) > 1 and array.is_known[control, column]:
            worst = array.means[known, column].max()
            if compare_losses(worst, array.means[control, column]) > 0:
                return score.metric
    return ""
