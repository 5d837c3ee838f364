"""Scores of two sides, matched by question, metric, sampler and seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from aezoo.reporting.likeness import check_versions
from aezoo.reporting.panel import aim_of
from aezoo.statistics import PairedComparison, compare_paired, holm

SCORE = ["question", "metric", "sampler"]
NO_BASELINE = "the baseline has no value"

Key = tuple[str, str, str]
BySeed = dict[int, float]


@dataclass(frozen=True)
class ComparedScore:
    """One score of a baseline and a candidate.

    Attributes:
        model: what both are, or "" where two models are compared.
        question, metric, sampler, unit, better, aim: which score; `aim` is where a target metric should be.
        seeds: those that both have.
        baseline, candidate: their values, one per common seed.
        result: None where there is nothing to compare; `reason` then says why.
        holm_p: `result.p` corrected for all the scores that were compared.
    """

    model: str
    question: str
    metric: str
    sampler: str
    unit: str
    better: str
    aim: float | None
    seeds: tuple[int, ...]
    baseline: tuple[float, ...]
    candidate: tuple[float, ...]
    result: PairedComparison | None = None
    holm_p: float | None = None
    reason: str = ""


def compared_scores(
    baseline: pd.DataFrame, candidate: pd.DataFrame, aims: pd.DataFrame, model: str
) -> Iterator[ComparedScore]:
    """Every score that either side has a value of, in the order of the records; `aims` holds the oracle."""
    check_versions(baseline, candidate)
    sides = [_by_score(side) for side in (baseline, candidate)]
    described = {_key(row): row for _, row in pd.concat([baseline, candidate]).drop_duplicates(SCORE).iterrows()}
    aim = {
        (str(question), str(metric)): aim_of(scores)
        for (question, metric), scores in aims.groupby(["question", "metric"], sort=False)
    }
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        first, second = (side.get(key, {}) for side in sides)
        yield _paired(model, key, described[key], aim.get(key[:2]), first, second)


def _key(row: pd.Series[Any]) -> Key:
    return str(row["question"]), str(row["metric"]), str(row["sampler"])


def _by_score(scores: pd.DataFrame) -> dict[Key, BySeed]:
    found: dict[Key, BySeed] = {}
    valid = scores[scores["state"] == "ok"]
    fields = (valid[name] for name in (*SCORE, "seed", "value"))
    for question, metric, sampler, seed, value in zip(*fields, strict=True):
        found.setdefault((question, metric, sampler), {})[int(seed)] = float(value)
    return found


def _paired(
    model: str, key: Key, described: pd.Series[Any], aim: float | None, first: BySeed, second: BySeed
) -> ComparedScore:
    seeds = tuple(sorted(first.keys() & second.keys()))
    score = ComparedScore(
        model,
        *key,
        unit=str(described["unit"]),
        better=str(described["better"]),
        aim=aim if described["better"] == "target" else None,
        seeds=seeds,
        baseline=tuple(first[seed] for seed in seeds),
        candidate=tuple(second[seed] for seed in seeds),
    )
    reason = _reason(score, bool(first), bool(second))
    if reason:
        return replace(score, reason=reason)
    return replace(score, result=compare_paired(score.baseline, score.candidate, score.better, aim))


def _reason(score: ComparedScore, in_baseline: bool, in_candidate: bool) -> str:
    """Why the score cannot be compared; "" where it can."""
    if not (in_baseline and in_candidate):
        return NO_BASELINE if not in_baseline else "the candidate has no value"
    if not score.seeds:
        return "no seed has a value on both sides"
    if score.better == "neither":
        return "it describes, and neither way is better"
    if score.better == "target" and score.aim is None:
        return "the aim is the oracle's value, and there is no oracle"
    return ""


def with_holm(pairs: list[ComparedScore]) -> list[ComparedScore]:
    """Every p-value corrected for all of them."""
    tested = [i for i, each in enumerate(pairs) if each.result is not None and each.result.p is not None]
    p_values = [result.p for i in tested if (result := pairs[i].result) is not None and result.p is not None]
    corrected = dict(zip(tested, holm(p_values), strict=True))
    return [replace(each, holm_p=float(corrected[i])) if i in corrected else each for i, each in enumerate(pairs)]
