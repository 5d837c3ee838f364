"""What may be compared with what: the same data, the same protocol, the same judge, the same version of a metric."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from aezoo.analysis.frames import SECTION, Frames
from aezoo.errors import UsageError
from aezoo.spec import complete_protocol

WORDS = {"dataset": "data sets", "fingerprint": "fingerprints of the data", "judge": "judges"}

NOTHING = "the candidate has no finished trial on this data with this protocol and judge"

Facts = dict[str, str]


@dataclass(frozen=True)
class SectionMatching:
    """The sections of two sides.

    Attributes:
        pairs: the numbers of those that both have.
        lost: those of the baseline that the candidate lacks, each with the reason.
        added: those of the candidate that the baseline lacks, in words.
    """

    pairs: tuple[tuple[int, int], ...]
    lost: dict[int, str]
    added: tuple[str, ...]


def match_sections(before: Frames, after: Frames, models: Sequence[str] = ("", "")) -> SectionMatching:
    """Match the sections of two sides by data set, fingerprint, protocol and judge.

    Args:
        before, after: the baseline and the candidate.
        models: the model that each side is, or "" for a side that is a whole folder.

    Raises:
        UsageError: they share none; the message names what differs.
    """
    sides = [_finished(frames, model) for frames, model in zip((before, after), models, strict=True)]
    keys = [{tuple(facts.values()): number for number, facts in side.items()} for side in sides]
    pairs = tuple((number, keys[1][key]) for key, number in keys[0].items() if key in keys[1])
    if not pairs:
        raise UsageError(f"nothing here may be compared: {_difference(sides, models)}")
    added = [sides[1][number] for key, number in keys[1].items() if key not in keys[0]]
    lost = {number: _unmatched(sides[0][number], added) for key, number in keys[0].items() if key not in keys[1]}
    return SectionMatching(pairs, lost, tuple(map(_settings_text, added)))


def check_versions(before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Refuse two sets of scores in which one metric has two versions: it does not mean the same in both.

    Raises:
        UsageError: naming the metrics and their versions.
    """
    both = [
        scores[scores["state"] == "ok"].groupby(["question", "metric"])["version"].agg(lambda of: sorted(set(of)))
        for scores in (before, after)
    ]
    differing = [
        f"{metric} {_joined(both[0][(question, metric)])} against {_joined(both[1][(question, metric)])}"
        for question, metric in both[0].index.intersection(both[1].index)
        if both[0][(question, metric)] != both[1][(question, metric)] or len(both[0][(question, metric)]) > 1
    ]
    if differing:
        raise UsageError(
            f"a metric's version is not the same everywhere: {'; '.join(differing)}; run both sides again with "
            "one version of aezoo"
        )


def _finished(frames: Frames, model: str) -> dict[int, Facts]:
    """What makes each section that has a finished trial, of one model or of any."""
    trials = frames.trials[frames.trials["status"] == "done"]
    trials = trials[trials["model"] == model] if model else trials
    first = trials.sort_values("section").drop_duplicates("section").set_index("section")
    return {int(str(number)): {name: str(row[name]) for name in SECTION} for number, row in first.iterrows()}


def _unmatched(facts: Facts, others: Sequence[Facts]) -> str:
    """Why a section of the baseline has no match: what the candidate has on that data set instead, if anything."""
    near = [other for other in others if other["dataset"] == facts["dataset"]]
    closest = min(near, key=lambda other: _n_differences(facts, other), default=None)
    instead = f"; what it has instead: {_describe_difference(facts, closest)}" if closest else ""
    return f"{NOTHING}{instead}"


def _difference(sides: Sequence[dict[int, Facts]], models: Sequence[str]) -> str:
    """What sets the most alike sections of two sides apart."""
    for name, model, side in zip(("first", "second"), models, sides, strict=True):
        if not side:
            asked = f"model {model}" if model else f"the {name} folder"
            return f"{asked} has no finished trial; run {model or 'models into it'}"
    combinations = [(first, second) for first in sides[0].values() for second in sides[1].values()]
    return _describe_difference(*min(combinations, key=lambda pair: _n_differences(*pair)))


def _n_differences(first: Facts, second: Facts) -> int:
    return sum(first[name] != second[name] for name in SECTION)


def _describe_difference(first: Facts, second: Facts) -> str:
    return "; ".join(_describe(name, first[name], second[name]) for name in SECTION if first[name] != second[name])


def _describe(name: str, first: str, second: str) -> str:
    if name == "protocol":
        return f"the protocols differ ({_settings(first, second)})"
    return f"the {WORDS[name]} differ ({first[:40] or 'none'} against {second[:40] or 'none'})"


def _settings(first: str, second: str) -> str:
    before, after = (complete_protocol(json.loads(text)) for text in (first, second))
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {before.get(name)} against {after.get(name)}" for name in names)


def _settings_text(facts: Facts) -> str:
    name = json.loads(facts["protocol"]).get("name")
    judge = f"judge {facts['judge']}" if facts["judge"] else "no judge"
    return f"{facts['dataset']} (fingerprint {facts['fingerprint'][:12]}, protocol {name}, {judge})"


def _joined(versions: list[int]) -> str:
    return "version " + " and ".join(map(str, versions))
