"""Two models of a folder, or two folders, compared seed by seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from aezoo.analysis.conventions import headline_metrics, metric_key, natural_key
from aezoo.analysis.frames import Frames, Record, describe_protocol, read_records
from aezoo.analysis.gate_rules import RuleResult
from aezoo.analysis.matching import SectionMatching, match_sections
from aezoo.analysis.pairing import NO_CANDIDATE, ComparedScore, compared_scores
from aezoo.analysis.score_array import DEFAULT_SAMPLERS, OWN_SAMPLER_LABEL, label_default_sampler
from aezoo.errors import UnknownNameError
from aezoo.statistics import holm

FIRST_SAMPLERS = (OWN_SAMPLER_LABEL, *DEFAULT_SAMPLERS)

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
    listed = metric_key(score.question, score.metric, score.features)[0] < len(headline_metrics(score.question))
    return listed and score.result is not None and score.result.p is not None


def _rank(score: ComparedScore) -> Rank:
    """By place in the list of what to read first, then the judge's features, then the model's own sampler."""
    place = metric_key(score.question, score.metric, score.features)[0]
    known = score.sampler in FIRST_SAMPLERS
    sampler = FIRST_SAMPLERS.index(score.sampler) if known else len(FIRST_SAMPLERS)
    return place, score.features not in FIRST_SPACES, score.features, sampler, score.sampler


@dataclass(frozen=True)
class Comparison:
    """A baseline and a candidate on one data set under one protocol with one judge.

    Attributes:
        baseline, candidate: how they are called.
        dataset, fingerprint, judge, protocol: where their scores come from; `protocol` in words.
        scores: every score that either has a value of.
        notes: lines to read with it.
        findings: what the rules of the regression gate say of it.
    """

    baseline: str
    candidate: str
    dataset: str
    fingerprint: str
    judge: str
    protocol: str
    scores: tuple[ComparedScore, ...]
    notes: tuple[str, ...] = ()
    findings: tuple[RuleResult, ...] = ()


def compare_models(records: Iterable[Record], baseline: str, candidate: str) -> list[Comparison]:
    """Compare two models of a folder in every section that the baseline has.

    Raises:
        UsageError: a model is not there, they never share a section, or versions of a metric differ.
    """
    frames = read_records(records)
    for name in (baseline, candidate):
        _check_model(name, frames)
    matching = match_sections(frames, frames, (baseline, candidate))
    scores = _labelled(frames)
    found = []
    for section, candidates_own in _sections(matching):
        sides = [_select(scores, section, baseline), _select(scores, candidates_own, candidate)]
        aims = scores[scores["section"] == section]
        pairs = list(compared_scores(label_default_sampler(sides), aims, ""))
        found.append(_comparison(frames, section, (baseline, candidate), pairs, ()))
    return _with_unmatched(found, matching)


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
    frames = read_records(before[1]), read_records(after[1])
    for name in models:
        _check_model(name, *frames)
    matching = match_sections(*frames)
    scores = [_labelled(each) for each in frames]
    names = before[0], after[0]
    found = [_compare_sections(frames[0], names, pair, scores, models) for pair in _sections(matching)]
    return _with_unmatched(found, matching)


def _sections(matching: SectionMatching) -> Iterator[tuple[int, int | None]]:
    """The sections of the baseline with those of the candidate; None where it has none."""
    yield from matching.pairs
    yield from ((section, None) for section in matching.lost)


def _compare_sections(
    frames: Frames,
    names: tuple[str, str],
    sections: tuple[int, int | None],
    scores: Sequence[pd.DataFrame],
    models: Sequence[str],
) -> Comparison:
    sides = [of[of["section"] == section] for of, section in zip(scores, sections, strict=True)]
    labels = [set(side["model"]) for side in sides]
    wanted = sorted(set(models) or labels[0] | labels[1], key=natural_key)
    pairs = [
        each
        for model in wanted
        for each in compared_scores([side[side["model"] == model] for side in sides], sides[0], model)
    ]
    alone = [sorted(of - other, key=natural_key) for of, other in (labels, labels[::-1])]
    notes = [f"only in {name}: {', '.join(of)}" for name, of in zip(names, alone, strict=True) if of]
    return _comparison(frames, sections[0], names, pairs, notes if sections[1] is not None else ())


def _comparison(
    frames: Frames, section: int, names: tuple[str, str], pairs: list[ComparedScore], notes: Sequence[str]
) -> Comparison:
    place = frames.trials[frames.trials["section"] == section].iloc[0]
    protocol = describe_protocol(frames.protocols[place["protocol"]])
    where = (place["dataset"], place["fingerprint"], place["judge"], protocol)
    return Comparison(*names, *where, tuple(with_holm(pairs)), tuple(notes))


def _with_unmatched(found: list[Comparison], matching: SectionMatching) -> list[Comparison]:
    """The comparisons, with the reason in those that the candidate lost, and a note on those that it added."""
    kept, lost = found[: len(matching.pairs)], found[len(matching.pairs) :]
    notes = tuple(f"not compared, since the baseline lacks it: {place}" for place in matching.added)
    kept[0] = replace(kept[0], notes=(*kept[0].notes, *notes))
    for comparison, reason in zip(lost, matching.lost.values(), strict=True):
        scores = [replace(each, reason=reason) if each.reason == NO_CANDIDATE else each for each in comparison.scores]
        if scores:
            kept.append(replace(comparison, scores=tuple(scores)))
    return kept


def _select(scores: pd.DataFrame, section: int | None, model: str) -> pd.DataFrame:
    return scores[(scores["section"] == section) & (scores["model"] == model)]


def _labelled(frames: Frames) -> pd.DataFrame:
    trials = frames.trials[["trial", "section", "role", "model", "seed"]]
    return frames.scores.merge(trials, on="trial", how="inner", sort=False)


def _check_model(name: str, *folders: Frames) -> None:
    known = {model for frames in folders for model in frames.trials["model"]}
    if name not in known:
        raise UnknownNameError("model in these results", name, known)
