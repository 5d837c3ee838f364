"""Panels from records: one for each section, and beside it the models as they stand with other samplers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from aezoo.analysis.conventions import QUESTIONS, natural_key
from aezoo.analysis.frames import Frames, Record, current_scores, describe_protocol, read_records, summarise_columns
from aezoo.analysis.score_array import Floats, ScoreArray, ScoreSpec, choose_sampler, column_target
from aezoo.errors import UsageError
from aezoo.statistics.direction import is_target

RowKey = tuple[str, str]
"""A role and a name."""


def score_arrays(records: Iterable[Record], sampler: str | None = None) -> list[ScoreArray]:
    """The panels of all records, one per data set and protocol that has a score.

    Args:
        records: any records; of a metric only the newest version counts.
        sampler: for the sample metrics of the models that have it. The others, and all where it is None, stand
            with their own: the prior, or the standard normal for a model without a prior. What has a single
            sampler, such as the oracle, keeps it. Without it each panel has `others` for every other sampler.

    Raises:
        UsageError: nothing has been sampled with `sampler`, or nothing has been scored.
    """
    frames = read_records(records)
    scores = current_scores(frames)
    if scores.empty:
        raise UsageError("there are no scores to compare; run models into the folder first")
    known = sorted(set(scores["sampler"]) - {""})
    if sampler is not None and sampler not in known:
        raise UsageError(f"nothing is sampled with {sampler[:80]!r}; known here: {', '.join(known) or 'none'}")
    columns = summarise_columns(scores)
    return [
        _with_samplers(_Section.of(frames, of_section, columns[columns["section"] == number]), of_section, sampler)
        for number, of_section in scores.groupby("section", sort=True)
    ]


def _with_samplers(section: _Section, scores: pd.DataFrame, sampler: str | None) -> ScoreArray:
    """The panel, and the models with each sampler that makes a difference, by the questions that ask for samples."""
    panel = section.panel(scores, sampler)
    if sampler is not None:
        return panel
    models = scores[scores["role"] == "model"]
    sampled = models[models["sampler"] != ""]
    asked = models[models["question"].isin(set(sampled["question"]))]
    own = _chosen_samplers(asked, None)
    names = [name for name in sorted(set(sampled["sampler"])) if _chosen_samplers(asked, name) != own]
    return replace(panel, others={name: section.panel(asked, name) for name in names})


@dataclass(frozen=True)
class _Section:
    """What the panels of one section share."""

    dataset: str
    fingerprint: str
    protocol: str
    measures: tuple[ScoreSpec, ...]
    seeds: tuple[int, ...]

    @classmethod
    def of(cls, frames: Frames, scores: pd.DataFrame, columns: pd.DataFrame) -> _Section:
        place = frames.trials[frames.trials["section"] == scores["section"].iloc[0]].iloc[0]
        ordered = columns.sort_values("question", key=lambda names: names.map(_question_rank), kind="stable")
        return cls(
            dataset=place["dataset"],
            fingerprint=place["fingerprint"],
            protocol=describe_protocol(frames.protocols[place["protocol"]]),
            measures=tuple(_score_spec(column, scores) for _, column in ordered.iterrows()),
            seeds=tuple(sorted({int(seed) for seed in scores["seed"]})),
        )

    def panel(self, scores: pd.DataFrame, sampler: str | None) -> ScoreArray:
        chosen, subjects = _chosen_samplers(scores, sampler), _subjects(scores)
        picked = _without_target_defining_oracle(_with_one_sampler(scores, chosen))
        return ScoreArray(
            dataset=self.dataset,
            fingerprint=self.fingerprint,
            protocol=self.protocol,
            measures=self.measures,
            models=tuple(model for _, model in subjects),
            roles=tuple(role for role, _ in subjects),
            samplers=tuple(chosen.get(subject, "") for subject in subjects),
            seeds=self.seeds,
            values=_values(picked, subjects, [(each.question, each.metric) for each in self.measures], self.seeds),
        )


def _subjects(scores: pd.DataFrame) -> list[RowKey]:
    """Models first, then by role and name."""
    subjects = scores[["role", "model"]].drop_duplicates().itertuples(index=False, name=None)
    return sorted(subjects, key=lambda each: (each[0] != "model", each[0], natural_key(each[1])))


def _chosen_samplers(scores: pd.DataFrame, sampler: str | None) -> dict[RowKey, str]:
    """The sampler of each subject that has samples."""
    sampled = scores[scores["sampler"] != ""]
    return {
        (str(role), str(model)): choose_sampler(set(of), str(role), sampler)
        for (role, model), of in sampled.groupby(["role", "model"])["sampler"]
    }


def _with_one_sampler(scores: pd.DataFrame, samplers: dict[RowKey, str]) -> pd.DataFrame:
    """The scores without a sampler, and of the sampled ones those of one sampler for each subject."""
    wanted = [samplers.get(subject) for subject in zip(scores["role"], scores["model"], strict=True)]
    return scores[(scores["sampler"] == "") | (scores["sampler"] == pd.Series(wanted, index=scores.index))]


def _score_spec(column: pd.Series[Any], scores: pd.DataFrame) -> ScoreSpec:
    return ScoreSpec(
        question=str(column["question"]),
        metric=str(column["metric"]),
        unit=str(column["unit"]),
        better=str(column["better"]),
        aim=column_target(scores[(scores["metric"] == column["metric"]) & (scores["question"] == column["question"])]),
    )


def _question_rank(question: str) -> int:
    return QUESTIONS.index(question) if question in QUESTIONS else len(QUESTIONS)


def _without_target_defining_oracle(scores: pd.DataFrame) -> pd.DataFrame:
    """Without the oracle where its own mean is the aim: it would win by definition."""
    aimed = scores["better"].map(is_target) & scores["ideal"].isna()
    return scores[~(aimed & (scores["role"] == "oracle"))]


def _values(
    scores: pd.DataFrame, subjects: list[RowKey], metrics: list[tuple[str, str]], seeds: Sequence[int]
) -> Floats:
    values = np.full((len(subjects), len(metrics), len(seeds)), np.nan)
    rows = {subject: i for i, subject in enumerate(subjects)}
    columns = {metric: i for i, metric in enumerate(metrics)}
    layers = {seed: i for i, seed in enumerate(seeds)}
    fields = ("role", "model", "question", "metric", "seed", "value")
    for role, model, question, metric, seed, value in zip(*(scores[name] for name in fields), strict=True):
        values[rows[(role, model)], columns[(question, metric)], layers[seed]] = value
    return values
