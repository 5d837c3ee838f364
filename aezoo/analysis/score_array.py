"""Scores of one section as an array: models x scores x seeds, each sample metric with one sampler a model."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aezoo.analysis.conventions import natural_key, question_key
from aezoo.analysis.frames import Record
from aezoo.analysis.own_sampler import CEILING_SAMPLER, choose_sampler
from aezoo.analysis.sections import SCORE_KEYS, Section, sections
from aezoo.errors import UsageError
from aezoo.statistics import is_best, is_target, losses, resampled_means, seed_means, target_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RowKey = tuple[str, str]
"""A role and a name."""


@dataclass(frozen=True)
class ScoreSpec:
    """Score of a section; `target` is where a target score should be: its ideal, or the oracle's mean."""

    question: str
    metric: str
    unit: str
    better: str
    target: float | None


@dataclass(frozen=True)
class ScoreArray:
    """Scores of one section.

    Attributes:
        section: where the scores come from.
        scores: the scores, along the second axis.
        models: names of the rows.
        roles: of the rows: model, floor, control or oracle.
        samplers: with what each row was sampled for the sample metrics, "" where it has no samples.
        seeds: the seeds of the last axis.
        values: float64, (models, scores, seeds); NaN where there is no score.
        by_sampler: by sampler, the models as they stand with it, where it is not what they stand with here; only the
            questions that depend on a sampler.
    """

    section: Section
    scores: tuple[ScoreSpec, ...]
    models: tuple[str, ...]
    roles: tuple[str, ...]
    samplers: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Floats
    by_sampler: Mapping[str, ScoreArray] = field(default_factory=dict)

    @cached_property
    def losses(self) -> Floats:
        """Losses, (models, scores, seeds); NaN for what ranks nothing and a target score without one."""
        columns = [losses(self.values[:, i], score.better, score.target) for i, score in enumerate(self.scores)]
        return np.stack(columns, axis=1) if columns else self.values

    @cached_property
    def means(self) -> Floats:
        """Means over seeds of the losses, (models, scores).

        Losses first: of a target score the mean distance to the target, as `compare` has it. The distance of the mean
        would take a model that is off the target to either side for one that is on it.
        """
        return seed_means(self.losses)

    @cached_property
    def resampled(self) -> Floats:
        """Means over resampled seeds of the losses, (resamples, models, scores)."""
        return resampled_means(self.losses)

    @cached_property
    def is_best(self) -> Flags:
        """Marks of the lowest mean loss by each score, (models, scores); none where all models tie."""
        return is_best(self.means)

    @property
    def is_known(self) -> Flags:
        """Marks of the models that have a loss by a score, (models, scores)."""
        return np.isfinite(self.means)

    @property
    def least_seeds(self) -> int:
        """The smallest number of seeds that a model with scores has; floors and the oracle do not count."""
        counts = np.isfinite(self.values).any(axis=1).sum(axis=1)
        return min((int(n) for n, role in zip(counts, self.roles, strict=True) if role == "model" and n), default=0)

    def require_models(self) -> None:
        """Raise `UsageError` unless there are two models to compare."""
        count = self.roles.count("model")
        if count < 2:
            raise UsageError(
                f"{count} model{'' if count == 1 else 's'} on {self.section.dataset} "
                f"{'has' if count == 1 else 'have'} scores; agreement and verdict compare two at least, run more into "
                "the folder"
            )

    def only_models(self) -> ScoreArray:
        """Select the models alone, without floors, controls and the oracle: the plausible ones."""
        return self.select_models([i for i, role in enumerate(self.roles) if role == "model"])

    def select_models(self, rows: Sequence[int]) -> ScoreArray:
        """Select the models, floors and so on with these indices, with the samplers that they have here."""
        return replace(
            self,
            models=tuple(self.models[i] for i in rows),
            roles=tuple(self.roles[i] for i in rows),
            samplers=tuple(self.samplers[i] for i in rows),
            values=self.values[list(rows)],
            by_sampler={},
        )

    def select_scores(self, columns: Sequence[int]) -> ScoreArray:
        """Select the scores with these indices."""
        return replace(self, scores=tuple(self.scores[i] for i in columns), values=self.values[:, list(columns)])


def discriminating_scores(array: ScoreArray) -> ScoreArray:
    """Select the scores by which at least two models of the array can be told apart."""
    return array.select_scores([int(i) for i in np.flatnonzero(array.is_best.any(axis=0))])


def score_arrays(records: Iterable[Record], sampler: str | None = None) -> list[ScoreArray]:
    """Make the arrays of all records, one per section that has a score.

    Args:
        records: any records; of a metric only the newest version counts.
        sampler: for the sample metrics of the models that have it. The others, and all where it is None, stand
            with their own: the prior, or the standard normal for a model without a prior. What has a single
            sampler, such as the oracle, keeps it. Without it each array has `by_sampler` for every other sampler.

    Raises:
        UsageError: nothing has been sampled with `sampler`, or nothing has been scored.
    """
    scored = [section for section in sections(records) if not section.scores.empty]
    if not scored:
        raise UsageError("there are no scores to compare; run models into the folder first")
    known = sorted({name for section in scored for name in section.scores["sampler"]} - {""})
    if sampler is not None and sampler not in known:
        raise UsageError(f"nothing is sampled with {sampler[:80]!r}; known here: {', '.join(known) or 'none'}")
    return [score_array(section, sampler) for section in scored]


def score_array(section: Section, sampler: str | None = None) -> ScoreArray:
    """Make the array of one section, as `score_arrays` does.

    Without a `sampler` the models are there `by_sampler` too, with each that makes a difference, by the questions that
    depend on it.
    """
    array = _array(section, section.scores, sampler)
    if sampler is not None:
        return array
    models = section.scores[section.scores["role"] == "model"]
    sampled = models[models["sampler"] != ""]
    asked = models[models["question"].isin(set(sampled["question"]))]
    own = _chosen_samplers(asked, None)
    others = sorted(set(sampled["sampler"]) - {CEILING_SAMPLER})
    names = [name for name in others if _chosen_samplers(asked, name) != own]
    return replace(array, by_sampler={name: _array(section, asked, name) for name in names})


def _array(section: Section, scores: pd.DataFrame, sampler: str | None) -> ScoreArray:
    chosen, rows = _chosen_samplers(scores, sampler), _row_keys(scores)
    picked = _with_one_sampler(scores, chosen)
    keys = list(zip(*_lists(picked, "role", "model"), strict=True))
    return _fill(section, picked, keys, {row: (*row, chosen.get(row, "")) for row in rows})


def own_samplers(section: Section) -> dict[str, str]:
    """Find the sampler that each model of a section stands with, its own; models without samples are not there."""
    models = section.scores[section.scores["role"] == "model"]
    return {model: sampler for (_, model), sampler in _chosen_samplers(models, None).items()}


def row_array(section: Section) -> ScoreArray:
    """Make the array of all rows of the section's tables: of each model a row for each sampler, "" among them."""
    keys = list(zip(*_lists(section.scores, "role", "model", "sampler"), strict=True))
    return _fill(section, section.scores, keys, {key: key for key in dict.fromkeys(keys)})


def _fill(
    section: Section, scores: pd.DataFrame, keys: Sequence[Hashable], rows: Mapping[Hashable, tuple[str, str, str]]
) -> ScoreArray:
    """Fill an array with `rows`, each with its role, model and sampler; `keys` has the row of each of the `scores`."""
    specs = score_specs(section)
    seeds = tuple(sorted({int(seed) for seed in section.scores["seed"]}))
    row_at = {row: i for i, row in enumerate(rows)}
    column_at = {(spec.question, spec.metric): i for i, spec in enumerate(specs)}
    layer_at = {seed: i for i, seed in enumerate(seeds)}
    columns = zip(*_lists(scores, "question", "metric"), strict=True)
    places = (
        [row_at[key] for key in keys],
        [column_at[column] for column in columns],
        [layer_at[seed] for seed in scores["seed"]],
    )
    values = np.full((len(rows), len(specs), len(seeds)), np.nan)
    values[places] = np.where(_defines_target(scores), np.nan, scores["value"])
    return ScoreArray(
        section=section,
        scores=specs,
        models=tuple(model for _, model, _ in rows.values()),
        roles=tuple(role for role, _, _ in rows.values()),
        samplers=tuple(sampler for _, _, sampler in rows.values()),
        seeds=seeds,
        values=values,
    )


def score_specs(section: Section) -> tuple[ScoreSpec, ...]:
    """Describe the scores of a section, question by question."""
    keys = ("question", "metric", "unit", "better")
    aimed = section.scores[section.scores["better"].map(is_target)]
    by_score = dict(iter(aimed.groupby(SCORE_KEYS, sort=False)))

    def spec(question: str, metric: str, unit: str, better: str) -> ScoreSpec:
        rows = by_score.get((question, metric))
        return ScoreSpec(question, metric, unit, better, None if rows is None else column_target(better, rows))

    specs = map(spec, *(map(str, section.columns[key]) for key in keys))
    return tuple(sorted(specs, key=lambda spec: question_key(spec.question)))


def _lists(scores: pd.DataFrame, *columns: str) -> Iterator[list[Any]]:
    """Yield columns as lists, which are gone through many times faster than columns of text."""
    return (scores[name].tolist() for name in columns)


def _row_keys(scores: pd.DataFrame) -> list[RowKey]:
    """List role and name of the rows, models first, then by role and name."""
    keys = scores[["role", "model"]].drop_duplicates().itertuples(index=False, name=None)
    return sorted(keys, key=lambda key: (key[0] != "model", key[0], natural_key(key[1])))


def _chosen_samplers(scores: pd.DataFrame, sampler: str | None) -> dict[RowKey, str]:
    """Choose the sampler of each row that has samples."""
    sampled = scores[scores["sampler"] != ""]
    return {
        (str(role), str(model)): choose_sampler(set(names), str(role), sampler)
        for (role, model), names in sampled.groupby(["role", "model"])["sampler"]
    }


def _with_one_sampler(scores: pd.DataFrame, samplers: dict[RowKey, str]) -> pd.DataFrame:
    """Select the scores without a sampler, and of the sampled ones those of one sampler for each row."""
    chosen = [samplers.get(row) for row in zip(*_lists(scores, "role", "model"), strict=True)]
    return scores[(scores["sampler"] == "") | (scores["sampler"] == pd.Series(chosen, index=scores.index))]


def _defines_target(scores: pd.DataFrame) -> Flags:
    """Mark the oracle's scores whose own mean is the target: the oracle would win by definition."""
    is_defining = scores["better"].map(is_target) & scores["ideal"].isna() & (scores["role"] == "oracle")
    return np.asarray(is_defining, dtype=np.bool_)


def column_target(better: str, scores: pd.DataFrame) -> float | None:
    """Find the target of one score of a section from all of its rows: its ideal, or else the oracle's mean."""
    ideals = scores.loc[scores["version"] == scores["version"].max(), "ideal"].dropna()
    ideal = float(ideals.iloc[0]) if len(ideals) else None
    return target_of(better, ideal, scores.loc[scores["role"] == "oracle", "value"])
