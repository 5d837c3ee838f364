"""Who wins each metric among the models, and how often another one would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aezoo.reporting.panel import Panel
from aezoo.statistics import win_shares, winners


@dataclass(frozen=True)
class Winner:
    """Who wins a metric: by the means, and in which share of resampled seeds each model that has it does.

    Attributes:
        seeds: the fewest seeds with a score of any of these models.
    """

    question: str
    metric: str
    models: tuple[str, ...]
    shares: dict[str, float]
    seeds: int

    @property
    def changes(self) -> float:
        """Share of resampled seeds in which another model wins."""
        return 1 - sum(self.shares[model] for model in self.models)


def winners_of(panel: Panel) -> tuple[Winner, ...]:
    """The winner of every metric of the panel."""
    return tuple(_winner(panel, i) for i in range(len(panel.measures)))


def _winner(panel: Panel, metric: int) -> Winner:
    """A resample in which one of the models has no score is no contest, and does not count."""
    rows = np.flatnonzero(panel.known[:, metric])
    resampled = panel.resampled[:, rows, metric]
    complete = resampled[np.isfinite(resampled).all(axis=1), :, np.newaxis]
    won = winners(panel.means[rows, metric, np.newaxis])[:, 0]
    shares = win_shares(complete)[:, 0] if len(complete) else won / won.sum()
    names = [panel.models[row] for row in rows]
    return Winner(
        question=panel.measures[metric].question,
        metric=panel.measures[metric].metric,
        models=tuple(name for name, wins in zip(names, won, strict=True) if wins),
        shares={name: float(share) for name, share in zip(names, shares, strict=True)},
        seeds=int(np.isfinite(panel.losses[rows, metric]).sum(axis=1).min()),
    )
