"""Scores of two sides, matched by question, metric, sampler and seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from aezoo.analysis.matching import check_versions
from aezoo.analysis.own_sampler import default_sampler
from aezoo.analysis.score_array import column_target
from aezoo.analysis.sections import SCORE_KEYS
from aezoo.statistics import PairedComparison, compare_paired
from aezoo.statistics.direction import is_ranked, is_target, signed

PAIR_KEYS = [*SCORE_KEYS, "sampler"]
NO_BASELINE = "the baseline has no value"
NO_CANDIDATE = "the candidate has no value"
DESCRIBES = "it describes, and neither way is better"

Key = tuple[str, str, str]
BySeed = dict[int, float]


@dataclass(frozen=True)
class ComparedScore:
    """Score of a baseline and a candidate, paired by seed.

    Attributes:
        model: what both are, or "" where two models are compared.
        question, metric, features, sampler, unit, better, aim: which score; `features` is the space that its name
            ends in, or ""; `aim` is where a target metric should be.
        is_own: whether the sampler is the model's own, or the score depends on none: these count for the leaders.
        seeds: those that both have.
        baseline, candidate: their values, one per common seed.
        missing_seeds, extra_seeds: those that only the baseline has, and those that only the candidate has.
        result: None where there is nothing to compare; `reason` then says why.
        holm_p: `result.p` corrected for the family of tests that the score belongs to; None for a score outside of
            it, whose p is exploratory.
    """

    model: str
    question: str
    metric: str
    features: str
    sampler: str
    unit: str
    better: str
    aim: float | None
    is_own: bool = True
    seeds: tuple[int, ...] = ()
    baseline: tuple[float, ...] = ()
    candidate: tuple[float, ...] = ()
    missing_seeds: tuple[int, ...] = ()
    extra_seeds: tuple[int, ...] = ()
    result: PairedComparison | None = None
    holm_p: float | None = None
    reason: str = ""

    def worsening_bounds(self) -> tuple[float, float] | None:
        """Give the 95 % interval of the mean worsening, positive where the candidate is worse; None with few seeds."""
        interval = None if self.result is None else self.result.interval
        if interval is None or interval.low is None or interval.high is None:
            return None
        low, high = sorted((signed(interval.low, self.better), signed(interval.high, self.better)))
        return low, high


def compared_scores(sides: Sequence[pd.DataFrame], section: pd.DataFrame, model: str) -> Iterator[ComparedScore]:
    """Pair every score that the baseline or the candidate has a value of, in the order of the records.

    Args:
        sides: the scores of the baseline and of the candidate.
        section: the scores of their section, with those of the oracle; the versions of a metric that neither side has
            do not count.
        model: what both are, or "".
    """
    check_versions(*sides)
    values = [_by_score(side) for side in sides]
    both = pd.concat(sides)
    described = {_key(row): row for _, row in both.drop_duplicates(PAIR_KEYS).iterrows()}
    directions = both.groupby(PAIR_KEYS, sort=False)["better"].unique()
    recorded = dict(iter(of_same_versions(section, both).groupby(SCORE_KEYS, sort=False)))
    own = {default_sampler(side) for side in sides} | {""}
    for key in dict.fromkeys([*values[0], *values[1]]):
        of_key = [str(name) for name in directions[key]]
        score = replace(_blank(model, described[key], of_key, recorded.get(key[:2])), is_own=key[2] in own)
        yield _paired(score, values[0].get(key, {}), values[1].get(key, {}), of_key)


def of_same_versions(scores: pd.DataFrame, sides: pd.DataFrame) -> pd.DataFrame:
    """Select the scores in the versions of the metrics that some values have: another version is another scale."""
    keys = [*SCORE_KEYS, "version"]
    return scores.merge(sides.loc[sides["state"] == "ok", keys].drop_duplicates(), on=keys)


def _key(row: pd.Series[Any]) -> Key:
    return str(row["question"]), str(row["metric"]), str(row["sampler"])


def _by_score(scores: pd.DataFrame) -> dict[Key, BySeed]:
    found: dict[Key, BySeed] = {}
    valid = scores[scores["state"] == "ok"]
    fields = (valid[name] for name in (*PAIR_KEYS, "seed", "value"))
    for question, metric, sampler, seed, value in zip(*fields, strict=True):
        found.setdefault((question, metric, sampler), {})[int(seed)] = float(value)
    return found


def _blank(model: str, row: pd.Series[Any], directions: list[str], scores: pd.DataFrame | None) -> ComparedScore:
    """Describe a score without values; it ranks nothing where either side says so."""
    better = next((name for name in directions if not is_ranked(name)), directions[0])
    question, metric, features, sampler, unit = (
        str(row[name]) for name in ("question", "metric", "features", "sampler", "unit")
    )
    return ComparedScore(
        model=model,
        question=question,
        metric=metric,
        features=features,
        sampler=sampler,
        unit=unit,
        better=better,
        aim=None if scores is None else column_target(better, scores),
    )


def _paired(score: ComparedScore, first: BySeed, second: BySeed, directions: list[str]) -> ComparedScore:
    seeds = tuple(sorted(first.keys() & second.keys()))
    score = replace(
        score,
        seeds=seeds,
        baseline=tuple(first[seed] for seed in seeds),
        candidate=tuple(second[seed] for seed in seeds),
        missing_seeds=tuple(sorted(first.keys() - second.keys())),
        extra_seeds=tuple(sorted(second.keys() - first.keys())),
    )
    reason = _reason(score, directions)
    if reason:
        return replace(score, reason=reason)
    return replace(score, result=compare_paired(score.baseline, score.candidate, score.better, score.aim))


def _reason(score: ComparedScore, directions: list[str]) -> str:
    """Say why the score cannot be compared; "" where it can."""
    if not is_ranked(score.better):
        return DESCRIBES
    if not score.seeds and not score.missing_seeds:
        return NO_BASELINE
    if not score.seeds and not score.extra_seeds:
        return NO_CANDIDATE
    if not score.seeds:
        return "no seed has a value on both sides"
    if len(directions) > 1:
        return f"its better end differs ({' against '.join(directions)}): run both sides with one version of aezoo"
    if is_target(score.better) and score.aim is None:
        return "the aim is the oracle's value, and there is no oracle"
    return ""
