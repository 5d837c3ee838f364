"""Uncertainty of each score of each model: over seeds, over images, and the share of the variance of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aezoo.analysis.conventions import natural_key, question_key
from aezoo.analysis.sections import OF_PAIRS, Section, SectionResult
from aezoo.statistics import (
    MIN_SEEDS,
    Interval,
    VarianceComponents,
    bootstrap_interval,
    mean_interval,
    sampling_half_width,
    split_variance,
)

CELL = ["question", "metric", "features", "model", "sampler"]
NUMBERS = ["seed", "value", "standard_error", "standard_error_drawn"]
Cell = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class ScoreUncertainty:
    """Uncertainty of one score of one model.

    Attributes:
        question, metric, features, model, sampler: which; `features` and `sampler` are "" where there are none.
        points: the values, in the order of `seeds`.
        over_seeds: Student's t interval of the mean; a score of pairs of seeds has no bounds, as in tables.
        over_images: half the width of the interval over images, None where no standard error is known.
        split: the parts of the variance, None likewise or with one seed.
    """

    question: str
    metric: str
    features: str
    model: str
    sampler: str
    seeds: tuple[int, ...]
    points: tuple[float, ...]
    over_seeds: Interval
    over_images: float | None
    split: VarianceComponents | None

    def bootstrap(self) -> tuple[float, float] | None:
        """Compute the bootstrap interval of the mean over seeds; None below `MIN_SEEDS` of them, and of their pairs."""
        if len(self.points) < MIN_SEEDS or self.over_seeds.low is None:
            return None
        found = bootstrap_interval(self.points)
        return None if found.low is None or found.high is None else (found.low, found.high)


@dataclass(frozen=True)
class SectionUncertainty(SectionResult):
    """Uncertainty of the scores of one section; `unknown` lists the metrics without a standard error."""

    section: Section
    scores: tuple[ScoreUncertainty, ...]
    unknown: tuple[str, ...]

    @property
    def least_seeds(self) -> int:
        """The smallest number of seeds behind a score."""
        return min((len(score.points) for score in self.scores), default=0)


def uncertainty(sections: Iterable[Section]) -> Iterator[SectionUncertainty]:
    """Compute the uncertainty of each section in which a model has a score.

    Of models alone, since floors and the oracle are yardsticks.
    """
    for section in sections:
        valid = section.scores[(section.scores["state"] == "ok") & (section.scores["role"] == "model")]
        if valid.empty:
            continue
        order = list(section.columns["metric"])
        known = set(valid.loc[valid["standard_error"].notna(), "metric"])
        scored = set(valid["metric"])
        yield SectionUncertainty(
            section=section,
            scores=tuple(_scores(valid, order)),
            unknown=tuple(metric for metric in order if metric in scored - known),
        )


def _scores(scores: pd.DataFrame, order: list[str]) -> Iterator[ScoreUncertainty]:
    places = {metric: place for place, metric in enumerate(order)}
    by_seed = scores.sort_values("seed", kind="stable")
    numbers = by_seed[NUMBERS].to_numpy(dtype=np.float64)
    is_of_pairs = (by_seed["reason"] == OF_PAIRS).to_numpy()
    rows: dict[Cell, list[int]] = {}
    for row, key in enumerate(zip(*(by_seed[name] for name in CELL), strict=True)):
        rows.setdefault(key, []).append(row)
    for key in sorted(rows, key=lambda each: _rank(each, places)):
        yield _of_cell(key, numbers[rows[key]], bool(is_of_pairs[rows[key]].any()))


def _rank(key: Cell, places: dict[str, int]) -> tuple[object, ...]:
    question, metric, _, model, sampler = key
    return *question_key(question), places[metric], natural_key(model), natural_key(sampler)


def _of_cell(key: Cell, numbers: NDArray[np.float64], of_pairs: bool) -> ScoreUncertainty:
    seeds, values, errors, drawn = numbers.T
    half, interval = sampling_half_width(errors, drawn), mean_interval(values)
    return ScoreUncertainty(
        *key,
        seeds=tuple(map(int, seeds)),
        points=tuple(map(float, values)),
        over_seeds=replace(interval, low=None, high=None) if of_pairs else interval,
        over_images=half if np.isfinite(half) else None,
        split=split_variance(values, errors, drawn),
    )
