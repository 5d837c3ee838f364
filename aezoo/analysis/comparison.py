"""Comparison of two models of a folder, or of two folders, seed by seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from aezoo.analysis.conventions import headline_metrics, metric_key, natural_key
from aezoo.analysis.frames import Record
from aezoo.analysis.gate_rules import RuleResult
from aezoo.analysis.matching import SectionMatching, match_sections
from aezoo.analysis.own_sampler import OWN_SAMPLER_LABEL, default_sampler, label_default_sampler
from aezoo.analysis.pairing import NO_CANDIDATE, ComparedScore, compared_scores, of_same_versions
from aezoo.analysis.question_verdict import QuestionVerdict, question_verdicts
from aezoo.analysis.score_array import score_array
from aezoo.analysis.sections import Section, SectionResult, sections
from aezoo.errors import UnknownNameError
from aezoo.statistics import holm

FIRST_SPACES = ("", "judge")

Rank = tuple[int, bool, str, bool, str]

Sides = tuple[pd.DataFrame, pd.DataFrame]
"""The scores of a baseline and of a candidate."""


def with_holm(pairs: Sequence[ComparedScore]) -> list[ComparedScore]:
    """Correct, model by model, the p-values of the metric to read first of each question.

    That is seven tests a model at most, six where the data set has no known factors. A family of every metric with
    every sampler has hundreds, after which nothing that seeds can show is left. Which metrics are in it depends on
    what was scored, and not on the values.
    """
    corrected: dict[int, float] = {}
    for model in dict.fromkeys(each.model for each in pairs):
        family = _family(pairs, model)
        p_values = [result.p for i in family if (result := pairs[i].result) is not None and result.p is not None]
        corrected |= dict(zip(family, map(float, holm(p_values)), strict=True))
    return [replace(each, holm_p=corrected.get(i)) for i, each in enumerate(pairs)]


def family_sizes(scores: Sequence[ComparedScore]) -> list[int]:
    """Count the tests of each model's family, where it has any."""
    tested = [score.model for score in scores if score.holm_p is not None]
    return [tested.count(model) for model in dict.fromkeys(tested)]


def _family(pairs: Sequence[ComparedScore], model: str) -> list[int]:
    """Find the tested score of each question that comes first; returns indices."""
    best: dict[str, int] = {}
    for i, score in enumerate(pairs):
        if score.model == model and _is_candidate(score):
            first = best.setdefault(score.question, i)
            best[score.question] = min(first, i, key=lambda index: reading_rank(pairs[index]))
    return sorted(best.values())


def _is_candidate(score: ComparedScore) -> bool:
    listed = metric_key(score.question, score.metric, score.features)[0] < len(headline_metrics(score.question))
    return listed and score.result is not None and score.result.p is not None


def reading_rank(score: ComparedScore) -> Rank:
    """Make a sort key: place in the list to read first, then the judge's features, then the model's own sampler."""
    place = metric_key(score.question, score.metric, score.features)[0]
    return place, score.features not in FIRST_SPACES, score.features, not score.is_own, score.sampler


@dataclass(frozen=True)
class Comparison(SectionResult):
    """Comparison of a baseline and a candidate in one section.

    Attributes:
        baseline: name of the model or folder to compare with.
        candidate: name of the model or folder that is compared.
        section: where their scores come from.
        scores: every score that either has a value of.
        questions: who leads in each question by the rule of `verdict`: the winners are named as the two sides are.
        notes: lines to read with it.
        findings: what the rules of the regression gate say of it.
    """

    baseline: str
    candidate: str
    section: Section
    scores: tuple[ComparedScore, ...]
    questions: tuple[QuestionVerdict, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[RuleResult, ...] = ()

    SECTION_KEYS = ("dataset", "fingerprint", "judge", "protocol")

    @property
    def judge(self) -> str:
        """Name of the judge, "" without one."""
        return self.section.judge


def compare_models(records: Iterable[Record], baseline: str, candidate: str) -> list[Comparison]:
    """Compare two models of a folder in every section that the baseline has.

    Raises:
        UsageError: a model is not there, they never share a section, or versions of a metric differ.
    """
    found = sections(records)
    for name in (baseline, candidate):
        _check_model(name, found)
    matching = match_sections(found, found, (baseline, candidate))
    comparisons = []
    for section, other in _section_pairs(matching):
        own, others = section.recorded, section.recorded.iloc[:0] if other is None else other.recorded
        sides = _of_model(own, baseline), _of_model(others, candidate)
        scores = with_holm(list(compared_scores(label_default_sampler(sides), section.recorded, "")))
        questions = _questions(section, (baseline, candidate), {"": sides})
        comparisons.append(Comparison(baseline, candidate, section, tuple(scores), questions))
    return _with_unmatched(comparisons, matching)


def compare_folders(
    before: tuple[str, Iterable[Record]], after: tuple[str, Iterable[Record]], models: Sequence[str] = ()
) -> list[Comparison]:
    """Compare two folders (name and records), model by model, in every section that the baseline has.

    Args:
        before, after: the baseline and the candidate.
        models: only these; without any all that either folder has.

    Raises:
        UsageError: data, protocol, judge or a metric's version differ, or a model is in neither folder.
    """
    folders = sections(before[1]), sections(after[1])
    for name in models:
        _check_model(name, *folders)
    matching = match_sections(*folders)
    names = before[0], after[0]
    found = [_compare_sections(names, section, other, models) for section, other in _section_pairs(matching)]
    return _with_unmatched(found, matching)


def _section_pairs(matching: SectionMatching) -> Iterator[tuple[Section, Section | None]]:
    """Pair the sections of the baseline with those of the candidate; None where it has none."""
    yield from matching.pairs
    yield from ((section, None) for section, _ in matching.lost)


def _compare_sections(
    names: tuple[str, str], section: Section, other: Section | None, models: Sequence[str]
) -> Comparison:
    sides = [section.recorded, section.recorded.iloc[:0] if other is None else other.recorded]
    labels = [set(side["model"]) for side in sides]
    named = sorted(set(models) or labels[0] | labels[1], key=natural_key)
    by_model = {model: (_of_model(sides[0], model), _of_model(sides[1], model)) for model in named}
    compared = [score for model, pair in by_model.items() for score in compared_scores(pair, section.recorded, model)]
    alone = [sorted(own - others, key=natural_key) for own, others in (labels, labels[::-1])]
    notes = [f"only in {name}: {', '.join(own)}" for name, own in zip(names, alone, strict=True) if own]
    questions = _questions(section, names, by_model)
    return Comparison(*names, section, tuple(with_holm(compared)), questions, () if other is None else tuple(notes))


def _questions(section: Section, names: tuple[str, str], by_model: Mapping[str, Sides]) -> tuple[QuestionVerdict, ...]:
    """Give the verdict on two sides as if each were one model, sampled with its own sampler.

    Args:
        section: where the oracle is.
        names: of the sides.
        by_model: the scores of both sides; of several models each score of each counts. Floors, controls and the oracle
            do not compete beside models.
    """
    pairs = {model: sides for model, sides in by_model.items() if not any(side.empty for side in sides)}
    competing = {model: sides for model, sides in pairs.items() if _is_model(sides)}
    pairs = competing or pairs
    parts = []
    for model, sides in pairs.items():
        recorded = section.recorded[section.recorded["role"] == "oracle"]
        oracle = of_same_versions(recorded, pd.concat(sides))
        of_sides = [
            _with_own_sampler(side).assign(role="model", model=name) for name, side in zip(names, sides, strict=True)
        ]
        suffix = f" of {model}" if len(pairs) > 1 else ""
        parts += [part.assign(metric=part["metric"] + suffix) for part in (*of_sides, oracle)]
    if not parts:
        return ()
    array = score_array(replace(section, recorded=pd.concat(parts)))
    return tuple(question_verdicts(array.only_models()))


def _is_model(sides: Sides) -> bool:
    return any((side["role"] == "model").any() for side in sides)


def _with_own_sampler(scores: pd.DataFrame) -> pd.DataFrame:
    """Select what does not depend on a sampler, and what does with the model's own; several models have several."""
    own = default_sampler(scores)
    if own is None:
        return scores
    kept = scores[scores["sampler"].isin(["", own])]
    return kept.assign(sampler=kept["sampler"].replace(own, OWN_SAMPLER_LABEL))


def _with_unmatched(found: list[Comparison], matching: SectionMatching) -> list[Comparison]:
    """Add the reason to comparisons of sections that the candidate lost, and a note on those that it added."""
    kept, lost = found[: len(matching.pairs)], found[len(matching.pairs) :]
    notes = tuple(f"not compared, since the baseline lacks it: {place}" for place in matching.added)
    kept[0] = replace(kept[0], notes=(*kept[0].notes, *notes))
    for comparison, (_, reason) in zip(lost, matching.lost, strict=True):
        scores = [replace(each, reason=reason) if each.reason == NO_CANDIDATE else each for each in comparison.scores]
        if scores:
            kept.append(replace(comparison, scores=tuple(scores)))
    return kept


def _of_model(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    return scores[scores["model"] == model]


def _check_model(name: str, *folders: Sequence[Section]) -> None:
    known = {model for folder in folders for section in folder for model in section.trials["model"]}
    if name not in known:
        raise UnknownNameError("model in these results", name, known)
