"""What may be compared with what: the same data, the same protocol, the same judge, the same version of a metric."""

from __future__ import annotations

import json

import pandas as pd

from aezoo.errors import UsageError
from aezoo.reporting.tidy import Frames

Section = tuple[Frames, int]


def matching_sections(before: Frames, after: Frames) -> list[tuple[int, int]]:
    """The sections that two folders share: same data, judge and protocol.

    Raises:
        UsageError: there are none; the message names what differs.
    """
    known = {_key((after, section)): section for section in _scored(after)}
    pairs = [(section, known.get(_key((before, section)))) for section in _scored(before)]
    matched = [(first, second) for first, second in pairs if second is not None]
    if not matched:
        raise UsageError(f"nothing here may be compared: {_difference(before, after)}")
    return matched


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


def _scored(frames: Frames) -> list[int]:
    trials = frames.trials[frames.trials["status"] == "done"]
    return sorted(int(section) for section in trials["section"].unique())


def _facts(section: Section) -> dict[str, str]:
    frames, number = section
    trials = frames.trials
    first = trials[(trials["section"] == number) & (trials["status"] == "done")].iloc[0]
    return {name: str(first[name]) for name in ("dataset", "fingerprint", "judge", "protocol")}


def _key(section: Section) -> tuple[str, ...]:
    return tuple(_facts(section).values())


def _difference(before: Frames, after: Frames) -> str:
    """What sets the first sections of two folders apart."""
    sections = [_scored(frames) for frames in (before, after)]
    for name, numbers in zip(("first", "second"), sections, strict=True):
        if not numbers:
            return f"the {name} folder holds no finished trial; run models into it"
    first, second = _facts((before, sections[0][0])), _facts((after, sections[1][0]))
    return "; ".join(_describe(name, first[name], second[name]) for name in first if first[name] != second[name])


def _describe(name: str, first: str, second: str) -> str:
    if name == "protocol":
        return f"the protocols differ ({_settings(first, second)})"
    words = {"dataset": "data sets", "fingerprint": "fingerprints of the data", "judge": "judges"}
    return f"the {words[name]} differ ({first[:40] or 'none'} against {second[:40] or 'none'})"


def _settings(first: str, second: str) -> str:
    before, after = json.loads(first), json.loads(second)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {before.get(name)} against {after.get(name)}" for name in names)


def _joined(versions: list[int]) -> str:
    return "version " + " and ".join(map(str, versions))
