"""Matching of sections that may be compared: the same data, protocol, judge, and version of a metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from aezoo.analysis.sections import Section
from aezoo.errors import UsageError

NO_MATCHING_SECTION = "the candidate has no finished trial on this data with this protocol and judge"


@dataclass(frozen=True)
class SectionMatching:
    """Sections of two sides, matched.

    Attributes:
        pairs: those that both have.
        lost: those of the baseline that the candidate lacks, each with the reason.
        added: those of the candidate that the baseline lacks, in words.
    """

    pairs: tuple[tuple[Section, Section], ...]
    lost: tuple[tuple[Section, str], ...]
    added: tuple[str, ...]


def match_sections(
    before: Sequence[Section], after: Sequence[Section], models: Sequence[str] = ("", "")
) -> SectionMatching:
    """Match the sections of two sides by data set, fingerprint, protocol and judge.

    Args:
        before: sections of the baseline.
        after: sections of the candidate.
        models: the model that each side is, or "" for a side that is a whole folder.

    Raises:
        UsageError: they share none; the message names what differs.
    """
    sides = [_finished(side, model) for side, model in zip((before, after), models, strict=True)]
    pairs = tuple((section, other) for section in sides[0] for other in sides[1] if section == other)
    if not pairs:
        raise UsageError(f"nothing here may be compared: {_difference(sides, models)}")
    added = [section for section in sides[1] if section not in sides[0]]
    lost = tuple((section, _unmatched(section, added)) for section in sides[0] if section not in sides[1])
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


def _finished(sections: Sequence[Section], model: str) -> list[Section]:
    """Select the sections that have a finished trial, of one model or of any."""
    return [section for section in sections if _has_finished(section.trials, model)]


def _has_finished(trials: pd.DataFrame, model: str) -> bool:
    done = trials[trials["status"] == "done"]
    return bool((done["model"] == model).any() if model else len(done))


def _unmatched(section: Section, others: Sequence[Section]) -> str:
    """Say why a section of the baseline has no match: what the candidate has on that data set instead, if anything."""
    near = [other for other in others if other.dataset == section.dataset]
    closest = min(near, key=lambda other: len(_differences(section, other)), default=None)
    instead = f"; what it has instead: {'; '.join(_differences(section, closest))}" if closest else ""
    return f"{NO_MATCHING_SECTION}{instead}"


def _difference(sides: Sequence[Sequence[Section]], models: Sequence[str]) -> str:
    """Say what sets the most alike sections of two sides apart."""
    for name, model, side in zip(("first", "second"), models, sides, strict=True):
        if not side:
            asked = f"model {model}" if model else f"the {name} folder"
            return f"{asked} has no finished trial; run {model or 'models into it'}"
    pairs = ((first, second) for first in sides[0] for second in sides[1])
    return "; ".join(_differences(*min(pairs, key=lambda pair: len(_differences(*pair)))))


def _differences(first: Section, second: Section) -> list[str]:
    """List what sets two sections apart, a text for each fact."""
    facts = (
        ("data sets", first.dataset, second.dataset),
        ("fingerprints of the data", first.fingerprint, second.fingerprint),
        ("protocols", first.settings, second.settings),
        ("judges", first.judge, second.judge),
    )
    return [f"the {name} differ ({_against(one, other)})" for name, one, other in facts if one != other]


def _against(first: object, second: object) -> str:
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return f"{str(first)[:40] or 'none'} against {str(second)[:40] or 'none'}"
    names = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    return ", ".join(f"{name} {first.get(name)} against {second.get(name)}" for name in names)


def _settings_text(section: Section) -> str:
    judge = f"judge {section.judge}" if section.judge else "no judge"
    fingerprint, name = section.fingerprint[:12], section.settings.get("name")
    return f"{section.dataset} (fingerprint {fingerprint}, protocol {name}, {judge})"


def _joined(versions: list[int]) -> str:
    return "version " + " and ".join(map(str, versions))
