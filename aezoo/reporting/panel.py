"""The scores of one section as an array: models x metrics x seeds, each sample metric with one sampler a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aezoo.errors import UsageError
from aezoo.reporting.grid import QUESTIONS
from aezoo.reporting.notes import describe_protocol
from aezoo.reporting.ordering import natural_key
from aezoo.reporting.summary import placed_scores, summarise_columns
from aezoo.reporting.tidy import Frames, Record, read
from aezoo.statistics import losses, resampled_means, seed_means

OWN_SAMPLERS = ("prior", "standard-normal")
"""What a model is sampled with unless another sampler is asked for: its prior, or else what stands in for one."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """A metric of a section; `aim` is where a target metric should be: its ideal, or the oracle's mean."""

    question: str
    metric: str
    unit: str
    better: str
    aim: float | None


@dataclass(frozen=True)
class Panel:
    """One data set under one protocol.

    Attributes:
        dataset, fingerprint, protocol: where the scores come from; `protocol` in words.
        measures: the metrics.
        models, roles: what is scored; role is model, floor, control or oracle.
        samplers: with what each was sampled for the sample metrics, "" where it has no samples.
        seeds: the seeds of the last axis.
        values: float64, (models, metrics, seeds); NaN where there is no score.
    """

    dataset: str
    fingerprint: str
    protocol: str
    measures: tuple[Measure, ...]
    models: tuple[str, ...]
    roles: tuple[str, ...]
    samplers: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Floats

    @cached_property
    def means(self) -> Floats:
        """Losses of the means over seeds, (models, metrics): means first, as in the tables."""
        return self.losses(seed_means(self.values))

    @cached_property
    def resampled(self) -> Floats:
        """Losses of the means over resampled seeds, (resamples, models, metrics)."""
        return self.losses(resampled_means(self.values))

    @property
    def least_seeds(self) -> int:
        """The smallest number of seeds that a model of the panel has; floors and the oracle do not count."""
        counts = np.isfinite(self.values).any(axis=1).sum(axis=1)
        return min((int(n) for n, role in zip(counts, self.roles, strict=True) if role == "model"), default=0)

    def losses(self, values: Floats) -> Floats:
        """`values`, metrics in the last axis, as losses; NaN for a target metric without an aim."""
        columns = [losses(values[..., i], each.better, each.aim) for i, each in enumerate(self.measures)]
        return np.stack(columns, axis=-1) if columns else values

    def require_models(self) -> None:
        """Raises `UsageError` unless there are two models to compare."""
        count = self.roles.count("model")
        if count < 2:
            raise UsageError(
                f"{count} model{'' if count == 1 else 's'} on {self.dataset} {'has' if count == 1 else 'have'} scores; "
                "agreement and verdict compare two at least, run more into the folder"
            )

    def only_models(self) -> Panel:
        """The models alone, without floors, controls and the oracle: the plausible ones."""
        kept = [i for i, role in enumerate(self.roles) if role == "model"]
        return replace(
            self,
            models=tuple(self.models[i] for i in kept),
            roles=tuple(self.roles[i] for i in kept),
            samplers=tuple(self.samplers[i] for i in kept),
            values=self.values[kept],
        )

    def of_measures(self, kept: list[int]) -> Panel:
        """The metrics with these indices."""
        return replace(self, measures=tuple(self.measures[i] for i in kept), values=self.values[:, kept])


def panels(records: Iterable[Record], sampler: str | None = None) -> list[Panel]:
    """The panels of all records, one per data set and protocol that has a score.

    Args:
        records: any records; of a metric only the newest version counts.
        sampler: for the sample metrics of the models; None takes each model's own prior, or the standard normal
            for one without a prior. What has a single sampler, such as the oracle, keeps it.

    Raises:
        UsageError: no model has been sampled with `sampler`, or nothing has been scored.
    """
    frames = read(records)
    scores = placed_scores(frames)
    if scores.empty:
        raise UsageError("there are no scores to compare; run models into the folder first")
    known = sorted(set(scores["sampler"]) - {""})
    if sampler is not None and sampler not in known:
        raise UsageError(f"nothing is sampled with {sampler[:80]!r}; known here: {', '.join(known) or 'none'}")
    return list(_panels(frames, scores, sampler))


def _panels(frames: Frames, scores: pd.DataFrame, sampler: str | None) -> Iterator[Panel]:
    columns = summarise_columns(scores)
    for section, of_section in scores.groupby("section", sort=True):
        place = frames.trials[frames.trials["section"] == section].iloc[0]
        picked = _with_one_sampler(of_section, sampler)
        of_columns = columns[columns["section"] == section].sort_values(
            "question", key=lambda names: names.map(_question_rank), kind="stable"
        )
        subjects = picked[["role", "model"]].drop_duplicates().itertuples(index=False, name=None)
        ordered = sorted(subjects, key=lambda each: (each[0] != "model", each[0], natural_key(each[1])))
        samplers = picked[picked["sampler"] != ""].groupby(["role", "model"])["sampler"].first().to_dict()
        seeds = sorted(set(picked["seed"]))
        yield Panel(
            dataset=place["dataset"],
            fingerprint=place["fingerprint"],
            protocol=describe_protocol(frames.protocols[place["protocol"]]),
            measures=tuple(_measure(column, of_section) for _, column in of_columns.iterrows()),
            models=tuple(model for _, model in ordered),
            roles=tuple(role for role, _ in ordered),
            samplers=tuple(samplers.get(subject, "") for subject in ordered),
            seeds=tuple(int(seed) for seed in seeds),
            values=_cube(_without_yardstick(picked), ordered, _metrics(of_columns), seeds),
        )


def _with_one_sampler(scores: pd.DataFrame, sampler: str | None) -> pd.DataFrame:
    """The scores without a sampler, and of the sampled ones those of one sampler for each subject."""
    sampled = scores[scores["sampler"] != ""]
    chosen = {
        subject: choose_sampler(set(of), str(subject[0]), sampler)
        for subject, of in sampled.groupby(["role", "model"])["sampler"]
    }
    wanted = [chosen.get((role, model)) for role, model in zip(scores["role"], scores["model"], strict=True)]
    return scores[(scores["sampler"] == "") | (scores["sampler"] == pd.Series(wanted, index=scores.index))]


def choose_sampler(known: set[str], role: str, sampler: str | None = None) -> str | None:
    """The sampler that stands for a subject which was sampled with `known`; None for none of them."""
    if role != "model" and len(known) == 1:
        return next(iter(known))
    if sampler is not None:
        return sampler if sampler in known else None
    return next((name for name in OWN_SAMPLERS if name in known), min(known))


def _measure(column: pd.Series[Any], scores: pd.DataFrame) -> Measure:
    return Measure(
        question=str(column["question"]),
        metric=str(column["metric"]),
        unit=str(column["unit"]),
        better=str(column["better"]),
        aim=aim_of(scores[(scores["metric"] == column["metric"]) & (scores["question"] == column["question"])]),
    )


def aim_of(scores: pd.DataFrame) -> float | None:
    """Where the values of one metric should be: the ideal, or else the oracle's mean, if there is an oracle."""
    ideal = scores["ideal"].dropna()
    if len(ideal):
        return float(ideal.iloc[0])
    mean = scores.loc[scores["role"] == "oracle", "value"].mean()
    return None if pd.isna(mean) else float(mean)


def _question_rank(question: str) -> int:
    return QUESTIONS.index(question) if question in QUESTIONS else len(QUESTIONS)


def _metrics(columns: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(columns["question"], columns["metric"], strict=True))


def _without_yardstick(scores: pd.DataFrame) -> pd.DataFrame:
    """Without the oracle where its own mean is the aim: it would win by definition."""
    aimed = (scores["better"] == "target") & scores["ideal"].isna()
    return scores[~(aimed & (scores["role"] == "oracle"))]


def _cube(
    scores: pd.DataFrame, subjects: list[tuple[str, str]], metrics: list[tuple[str, str]], seeds: list[int]
) -> Floats:
    values = np.full((len(subjects), len(metrics), len(seeds)), np.nan)
    rows = {subject: i for i, subject in enumerate(subjects)}
    columns = {metric: i for i, metric in enumerate(metrics)}
    layers = {seed: i for i, seed in enumerate(seeds)}
    fields = ("role", "model", "question", "metric", "seed", "value")
    for role, model, question, metric, seed, value in zip(*(scores[name] for name in fields), strict=True):
        values[rows[(role, model)], columns[(question, metric)], layers[seed]] = value
    return values
