"""Which p-values of a comparison are corrected together, and which are exploratory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aezoo.reporting.comparison.pairing import ComparedScore
from aezoo.reporting.ordering import METRICS, metric_key
from aezoo.reporting.own_samplers import OWN
from aezoo.reporting.panel import OWN_SAMPLERS
from aezoo.statistics import holm

FIRST_SAMPLERS = (OWN, *OWN_SAMPLERS)
FIRST_SPACES = ("", "judge")

Rank = tuple[int, bool, str, int, str]


def with_holm(pairs: Sequence[ComparedScore]) -> list[ComparedScore]:
    """Correct, model by model, the p-values of the metric to read first of each question.

    That is five tests a model at most. A family of every metric with every sampler has hundreds, after which nothing
    that seeds can show is left. Which metrics are in it depends on what was scored, and not on the values.
    """
    corrected: dict[int, float] = {}
    for model in dict.fromkeys(each.model for each in pairs):
        family = _family(pairs, model)
        p_values = [result.p for i in family if (result := pairs[i].result) is not None and result.p is not None]
        corrected |= dict(zip(family, map(float, holm(p_values)), strict=True))
    return [replace(each, holm_p=corrected.get(i)) for i, each in enumerate(pairs)]


def family_sizes(scores: Sequence[ComparedScore]) -> list[int]:
    """How many tests the family of each model has, where it has any."""
    tested = [score.model for score in scores if score.holm_p is not None]
    return [tested.count(model) for model in dict.fromkeys(tested)]


def _family(pairs: Sequence[ComparedScore], model: str) -> list[int]:
    """Indices: of each question the tested score that comes first."""
    best: dict[str, int] = {}
    for i, score in enumerate(pairs):
        if score.model == model and _is_candidate(score):
            first = best.setdefault(score.question, i)
            best[score.question] = min(first, i, key=lambda index: _rank(pairs[index]))
    return sorted(best.values())


def _is_candidate(score: ComparedScore) -> bool:
    listed = metric_key(score.question, score.metric, score.features)[0] < len(METRICS.get(score.question, ()))
    return listed and score.result is not None and score.result.p is not None


def _rank(score: ComparedScore) -> Rank:
    """By place in the list of what to read first, then the judge's features, then the model's own sampler."""
    place = metric_key(score.question, score.metric, score.features)[0]
    known = score.sampler in FIRST_SAMPLERS
    sampler = FIRST_SAMPLERS.index(score.sampler) if known else len(FIRST_SAMPLERS)
    return place, score.features not in FIRST_SPACES, score.features, sampler, score.sampler
