"""A contest of models by several metrics over several seeds: who wins, and whether the seeds settle it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aezoo.statistics.intervals import LEAST_SEEDS
from aezoo.statistics.ranks import mean_ranks, win_shares, winners
from aezoo.statistics.resampling import RESAMPLES, resampled_means, seed_means

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SURE = 0.95
"""Share of resampled seeds from which on something may be called sure."""


@dataclass(frozen=True)
class Contest:
    """The outcome for models in the order given.

    Attributes:
        ranks: mean over metrics of each model's rank, 1 the best, by the means over seeds.
        won: the models with the lowest mean rank; several where they tie.
        metrics_won: of how many metrics each model is the winner, ties included.
        share: share of resampled seeds in which one of the winners has the lowest mean rank; a tie is shared.
        seeds: how many seeds all models have.
        seeds_won: in how many of these the winners, or one of them, are ahead of everybody else.
        seeds_tied: in how many of these one of them is level with somebody else at the top.
    """

    ranks: Floats
    won: Flags
    metrics_won: NDArray[np.int_]
    share: float
    seeds: int
    seeds_won: int
    seeds_tied: int

    @property
    def sure(self) -> bool:
        """Whether one model alone is ahead in every common seed, five at least, and in 95 % of resampled seeds.

        The share alone does not do: of two equal models and five seeds it would make a winner sure in a fifth of
        all cases. To be ahead in each of n seeds has a probability of 2 / 2^n at most where two models are equal,
        0.0625 for five, and less where there are more models. A test simulates both.
        """
        settled = self.seeds >= LEAST_SEEDS and self.seeds_won == self.seeds and self.share >= SURE
        return settled and int(self.won.sum()) == 1


def contest(losses: ArrayLike, resamples: int = RESAMPLES) -> Contest:
    """Hold a contest; every metric has the same weight.

    Args:
        losses: shape (models, metrics, seeds), lower is better, at least one model and metric; NaN where a model
            has no such seed. A metric that lacks a seed makes that seed count for nobody.
        resamples: how often the seeds of each model are drawn anew.
    """
    array = np.asarray(losses, dtype=np.float64)
    means = seed_means(array)
    ranks = mean_ranks(means)
    won = winners(ranks[:, np.newaxis])[:, 0]
    shares = win_shares(mean_ranks(resampled_means(array, resamples))[..., np.newaxis])[:, 0]
    by_seed = _won_by_seed(array)
    at_top, beside = by_seed[:, won].any(axis=1), by_seed[:, ~won].any(axis=1)
    return Contest(
        ranks=ranks,
        won=won,
        metrics_won=winners(means).sum(axis=1),
        share=min(1.0, float(shares[won].sum())),  # a sum of ones in floating point may exceed one
        seeds=len(by_seed),
        seeds_won=int((at_top & ~beside).sum()),
        seeds_tied=int((at_top & beside).sum()),
    )


def _won_by_seed(losses: Floats) -> Flags:
    """Whether each model has the lowest mean rank with each seed that all have, shape (seeds, models)."""
    by_seed = np.moveaxis(losses, 2, 0)
    complete = by_seed[np.isfinite(by_seed).all(axis=(1, 2))]
    return winners(mean_ranks(complete)[..., np.newaxis])[..., 0]
