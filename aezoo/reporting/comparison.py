"""Two models of a folder, or two folders, compared seed by seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from aezoo.errors import UnknownNameError, UsageError
from aezoo.reporting.likeness import matching_sections
from aezoo.reporting.notes import describe_protocol
from aezoo.reporting.ordering import natural_key
from aezoo.reporting.pairing import ComparedScore, compared_scores, with_holm
from aezoo.reporting.panel import choose_sampler
from aezoo.reporting.tidy import Frames, Record, read

OWN = "own"
"""The sampler's name where each side was sampled with its own: a prior here, a standard normal there."""


@dataclass(frozen=True)
class Comparison:
    """A baseline and a candidate on one data set under one protocol; `notes` are lines to read with it."""

    baseline: str
    candidate: str
    dataset: str
    fingerprint: str
    protocol: str
    scores: tuple[ComparedScore, ...]
    notes: tuple[str, ...] = ()


def compare_models(records: Iterable[Record], baseline: str, candidate: str) -> list[Comparison]:
    """Compare two models of a folder in every section that has both.

    Raises:
        UsageError: a model is not there, they never share a section, or versions of a metric differ.
    """
    frames = read(records)
    for name in (baseline, candidate):
        _check_model(name, frames)
    scores = _labelled(frames)
    found = []
    for section, of_section in scores.groupby("section", sort=True):
        sides = [of_section[of_section["model"] == name] for name in (baseline, candidate)]
        if not any(side.empty for side in sides):
            own = [_rename_own(sides, k) for k in range(2)]
            pairs = list(compared_scores(own[0], own[1], of_section, ""))
            found.append(_comparison(frames, int(str(section)), (baseline, candidate), pairs, ()))
    if not found:
        raise UsageError(f"{baseline} and {candidate} have no finished trial on the same data and protocol")
    return found


def compare_folders(
    before: tuple[str, Iterable[Record]], after: tuple[str, Iterable[Record]], models: Sequence[str] = ()
) -> list[Comparison]:
    """Compare two folders (name and records), model by model, in every section that they share.

    Args:
        before, after: the baseline and the candidate.
        models: only these; without any all that either folder has.

    Raises:
        UsageError: data, protocol, judge or a metric's version differ, or a model is in neither folder.
    """
    frames = read(before[1]), read(after[1])
    for name in models:
        _check_model(name, *frames)
    sections = matching_sections(*frames)
    scores = [_labelled(each) for each in frames]
    return [_compare_sections(frames[0], (before[0], after[0]), pair, scores, models) for pair in sections]


def _compare_sections(
    frames: Frames,
    names: tuple[str, str],
    sections: tuple[int, int],
    scores: Sequence[pd.DataFrame],
    models: Sequence[str],
) -> Comparison:
    sides = [of[of["section"] == section] for of, section in zip(scores, sections, strict=True)]
    labels = [set(side["model"]) for side in sides]
    wanted = sorted(set(models) or labels[0] | labels[1], key=natural_key)
    pairs = [
        each
        for model in wanted
        for each in compared_scores(_of_model(sides[0], model), _of_model(sides[1], model), sides[0], model)
    ]
    alone = [sorted(of - other, key=natural_key) for of, other in (labels, labels[::-1])]
    notes = [f"only in {name}: {', '.join(of)}" for name, of in zip(names, alone, strict=True) if of]
    return _comparison(frames, sections[0], names, pairs, notes)


def _comparison(
    frames: Frames, section: int, names: tuple[str, str], pairs: list[ComparedScore], notes: Sequence[str]
) -> Comparison:
    place = frames.trials[frames.trials["section"] == section].iloc[0]
    protocol = describe_protocol(frames.protocols[place["protocol"]])
    return Comparison(*names, place["dataset"], place["fingerprint"], protocol, tuple(with_holm(pairs)), tuple(notes))


def _of_model(scores: pd.DataFrame, model: str) -> pd.DataFrame:
    return scores[scores["model"] == model]


def _labelled(frames: Frames) -> pd.DataFrame:
    trials = frames.trials[["trial", "section", "role", "model", "seed"]]
    return frames.scores.merge(trials, on="trial", how="inner", sort=False)


def _check_model(name: str, *folders: Frames) -> None:
    known = {model for frames in folders for model in frames.trials["model"]}
    if name not in known:
        raise UnknownNameError("model in these results", name, known)


def _rename_own(sides: Sequence[pd.DataFrame], side: int) -> pd.DataFrame:
    """One side with its own sampler called `OWN`, where the two sides' own samplers differ."""
    owns = [_own_sampler(each) for each in sides]
    if None in owns or owns[0] == owns[1]:
        return sides[side]
    return sides[side].assign(sampler=sides[side]["sampler"].replace(owns[side], OWN))


def _own_sampler(scores: pd.DataFrame) -> str | None:
    known = set(scores["sampler"]) - {""}
    return choose_sampler(known, str(scores["role"].iloc[0])) if known else None
