"""Savings: models that are the same as the winner of a question within the interval, in a part of its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.analysis.score_array import Floats
from aezoo.analysis.sections import Section
from aezoo.statistics import MIN_SEEDS, mean_interval, standardised_means

MAX_TIME_SHARE = 0.5
"""Share of the winner's seconds of training, of the same seed, that a saving may take."""


@dataclass(frozen=True)
class Saving:
    """A model that the interval does not part from the winner of a question, and that trains in half the time or less.

    Attributes:
        time_share: the mean over common seeds of its seconds of training by those of the winner.
        seeds: how many seeds have both times.
    """

    question: str
    model: str
    winner: str
    time_share: float
    seeds: int


def level_with(losses: Floats, models: Sequence[str], winner: str) -> tuple[str, ...]:
    """List the models whose paired difference to the winner has a 95 % interval with 0 in it.

    The differences are those of `standardised_means`; the interval is Student's, uncorrected, so that fewer models pass
    than are not told apart by a corrected test.

    Args:
        losses: shape (models, metrics, seeds); a seed counts that all have by all metrics.
        models: their names; `winner` is one of them.

    Returns:
        Names, without the winner; none where fewer than `MIN_SEEDS` seeds are common.
    """
    complete = losses[:, :, np.isfinite(losses).all(axis=(0, 1))]
    if complete.shape[2] < MIN_SEEDS:
        return ()
    means = standardised_means(complete)
    intervals = [mean_interval(row - means[list(models).index(winner)]) for row in means]
    return tuple(
        name
        for name, of in zip(models, intervals, strict=True)
        if name != winner and of.low is not None and of.high is not None and of.low <= 0 <= of.high
    )


def saving(section: Section, question: str, model: str, winner: str) -> Saving | None:
    """Compare the seconds of training of a model with those of a winner that it is level with, seed by seed.

    Only times of a machine that is known to have had no more work than cores count.

    Returns:
        None unless `MIN_SEEDS` seeds have both times, and in each of them the model took at most `MAX_TIME_SHARE`.
    """
    trials = section.trials
    timed = trials[(trials["role"] == "model") & (trials["status"] == "done") & (trials["load_remark"] == "")]
    seconds = timed.dropna(subset=["train_seconds"]).pivot_table(
        index="seed", columns="model", values="train_seconds", aggfunc="first"
    )
    if not {model, winner} <= set(seconds.columns):
        return None
    both = seconds[[model, winner]].dropna()
    both = both[both[winner] > 0]
    shares = (both[model] / both[winner]).to_numpy()
    if len(shares) < MIN_SEEDS or shares.max() > MAX_TIME_SHARE:
        return None
    return Saving(question, model, winner, float(shares.mean()), len(shares))
