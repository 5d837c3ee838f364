"""The scores of one section as an array: models x metrics x seeds, each sample metric with one sampler a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aezoo.errors import UsageError
from aezoo.statistics import losses, resampled_means, seed_means, target_of

OWN_SAMPLER_LABEL = "own"
"""The sampler's name where each side was sampled with its own: a prior here, a standard normal there."""

DEFAULT_SAMPLERS = ("prior", "standard-normal")
"""What a model is sampled with unless another sampler is asked for: its prior, or else what stands in for one."""

Floats = NDArray[np.float64]


def label_default_sampler(sides: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """The scores of two models with their own samplers called `OWN_SAMPLER_LABEL`, where these differ."""
    owns = [_default_sampler(each) for each in sides]
    if None in owns or owns[0] == owns[1]:
        return list(sides)
    return [
        side.assign(sampler=side["sampler"].replace(own, OWN_SAMPLER_LABEL))
        for side, own in zip(sides, owns, strict=True)
    ]


def _default_sampler(scores: pd.DataFrame) -> str | None:
    known = set(scores["sampler"]) - {""}
    return choose_sampler(known, str(scores["role"].iloc[0])) if known else None


@dataclass(frozen=True)
class ScoreSpec:
    """A metric of a section; `aim` is where a target metric should be: its ideal, or the oracle's mean."""

    question: str
    metric: str
    unit: str
    better: str
    aim: float | None


@dataclass(frozen=True)
class ScoreArray:
    """One data set under one protocol.

    Attributes:
        dataset, fingerprint, protocol: where the scores come from; `protocol` in words.
        measures: the metrics.
        models, roles: what is scored; role is model, floor, control or oracle.
        samplers: with what each was sampled for the sample metrics, "" where it has no samples.
        seeds: the seeds of the last axis.
        values: float64, (models, metrics, seeds); NaN where there is no score.
        others: by sampler, the models as they stand with it, where it is not what they stand with here; only the
            questions that depend on a sampler.
    """

    dataset: str
    fingerprint: str
    protocol: str
    measures: tuple[ScoreSpec, ...]
    models: tuple[str, ...]
    roles: tuple[str, ...]
    samplers: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Floats
    others: Mapping[str, ScoreArray] = field(default_factory=dict)

    @cached_property
    def losses(self) -> Floats:
        """The values as losses, (models, metrics, seeds); NaN for what ranks nothing and a target without an aim."""
        columns = [losses(self.values[:, i], each.better, each.aim) for i, each in enumerate(self.measures)]
        return np.stack(columns, axis=1) if columns else self.values

    @cached_property
    def means(self) -> Floats:
        """Means over seeds of the losses, (models, metrics).

        Losses first: of a target metric the mean distance to the aim, as `compare` has it. The distance of the mean
        would take a model that is off the aim to either side for one that is on it.
        """
        return seed_means(self.losses)

    @cached_property
    def resampled(self) -> Floats:
        """Means over resampled seeds of the losses, (resamples, models, metrics)."""
        return resampled_means(self.losses)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which model has a loss by which metric, (models, metrics)."""
        return np.isfinite(self.means)

    @property
    def least_seeds(self) -> int:
        """The smallest number of seeds that a model with scores has; floors and the oracle do not count."""
        counts = np.isfinite(self.values).any(axis=1).sum(axis=1)
        return min((int(n) for n, role in zip(counts, self.roles, strict=True) if role == "model" and n), default=0)

    def require_models(self) -> None:
        """Raises `UsageError` unless there are two models to compare."""
        count = self.roles.count("model")
        if count < 2:
            raise UsageError(
                f"{count} model{'' if count == 1 else 's'} on {self.dataset} {'has' if count == 1 else 'have'} scores; "
                "agreement and verdict compare two at least, run more into the folder"
            )

    def only_models(self) -> ScoreArray:
        """The models alone, without floors, controls and the oracle: the plausible ones."""
        return self.of_rows([i for i, role in enumerate(self.roles) if role == "model"])

    def of_rows(self, kept: list[int]) -> ScoreArray:
        """The models, floors and so on with these indices, with the samplers that they have here."""
        return replace(
            self,
            models=tuple(self.models[i] for i in kept),
            roles=tuple(self.roles[i] for i in kept),
            samplers=tuple(self.samplers[i] for i in kept),
            values=self.values[kept],
            others={},
        )

    def of_measures(self, kept: list[int]) -> ScoreArray:
        """The metrics with these indices."""
        return replace(self, measures=tuple(self.measures[i] for i in kept), values=self.values[:, kept])


def discriminating_scores(panel: ScoreArray) -> ScoreArray:
    """The metrics by which at least two models of the panel can be told apart."""
    finite = np.where(panel.known, panel.means, np.nan)
    several = np.flatnonzero(panel.known.sum(axis=0) > 1)
    return panel.of_measures([int(i) for i in several if np.nanmax(finite[:, i]) > np.nanmin(finite[:, i])])


def choose_sampler(known: set[str], role: str, sampler: str | None = None) -> str:
    """The sampler that stands for a subject which was sampled with `known`: `sampler` if it has it, or its own."""
    if role != "model" and len(known) == 1:
        return next(iter(known))
    if sampler in known:
        return str(sampler)
    return next((name for name in DEFAULT_SAMPLERS if name in known), min(known))


def column_target(scores: pd.DataFrame) -> float | None:
    """Find the target of one metric of a section from all of its scores: its ideal, or else the oracle's mean."""
    ideals = scores["ideal"].dropna()
    ideal = float(ideals.iloc[0]) if len(ideals) else None
    return target_of(str(scores["better"].iloc[0]), ideal, scores.loc[scores["role"] == "oracle", "value"])
