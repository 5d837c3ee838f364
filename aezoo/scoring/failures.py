"""Failures that scores point to: which control of the audit had scores that lie as these do.

A score says that images are bad; several that disagree say how. What each says of images that are bad in a known way
stands in the published audit. Of it the package ships, for each control at each dose, how far each score lay from real
images, in half-widths of the oracle's band (`failure_profiles.json`). The controls that stand beside the images add
what is so on these data. In a feature space that the audit does not know they are all that there is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from aezoo.controls import CONTROLS
from aezoo.record import Record
from aezoo.scoring.oracle_interval import PredictionInterval

PROFILES = Path(__file__).with_name("failure_profiles.json")
CLEARLY_OUTSIDE = 1.5
"""Half-widths of the band from which on two scores together mean that something is wrong."""
FAR_OUTSIDE = 3.0
"""Half-widths from which on a single score does."""
MIN_LIKENESS = 0.94
"""Smallest cosine at which scores are called those of a failure. Faint or small digits, which no control has, come
near it, and a test holds that nothing is said of them."""
MARGIN = 0.03
"""Difference of cosines below which two failures cannot be told apart."""
MARGIN_ALONE = 0.05
"""The same where all scores are of one feature space, which tells less."""
MAX_NAMED = 2
"""Failures that cannot be told apart and are named; of more it is said that the scores do not tell."""
AUDITED_JUDGE = "mnist"
"""The judge of data that are digits like those of the audit: of the registered data sets, or proved to know others."""
MIN_SCORES = 5
"""Scores with a band below which nothing is said, and scores in common with the audit below which it is left aside."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class FailureProfile:
    """Scores of a control at a dose, in the audit or beside the images.

    Attributes:
        control: its name.
        dose: of it.
        deviations: signed distance of each score from real images, in half-widths of the oracle's band.
        of_mnist: whether its images are digits of MNIST, and those that are diagnosed are not.
    """

    control: str
    dose: float | None
    deviations: Mapping[str, float]
    of_mnist: bool = False


@dataclass(frozen=True)
class LikelyFailure:
    """Failure whose controls have scores like those of some images.

    Attributes:
        text: the failure in words, as its controls register it.
        control: the control that is most alike.
        dose: of it.
        likeness: cosine of the deviations of both, each on the scale of asinh; at most 1.
        of_mnist: whether the control's images are digits of MNIST, and those that are diagnosed are not.
    """

    text: str
    control: str
    dose: float | None
    likeness: float
    of_mnist: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """Answer to the question which failure some scores point to.

    Attributes:
        state: "none" where no score is clearly outside of the oracle's band; "named" with one or two failures;
            "unclear" where none is like enough, or too many are; "unknown" where too few scores have a band.
        failures: those that cannot be told apart, the likeliest first; of "unclear" scores the nearest, for a hint.
        outside: the scores that are clearly outside of the band, the furthest first.
        inside: the scores that are within the band.
    """

    state: Literal["none", "named", "unclear", "unknown"]
    failures: tuple[LikelyFailure, ...] = ()
    outside: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()

    def names(self, text: str) -> bool:
        """Tell whether the failure called `text` is named."""
        return self.state == "named" and any(failure.text == text for failure in self.failures)


def diagnose(
    rows: Collection[Row],
    intervals: Mapping[str, PredictionInterval],
    controls: Sequence[Record] = (),
    left_out: Collection[str] = (),
    are_digits: bool = True,
) -> Diagnosis:
    """Find the failure whose controls have scores like `rows`.

    A failure is as like as the most alike of its controls, by ``cos(asinh a, asinh b)``, a and b the deviations of all
    scores that both have in the same version: the sign of each and its order of magnitude count, and the dose, which
    moves all together, hardly.

    Args:
        rows: scores of a record.
        intervals: the oracle's, by score, at the same number of images.
        controls: records of controls with as many images, scored beside.
        left_out: names of the controls that these data cannot have; none of them is named.
        are_digits: whether the real images are digits of MNIST, as the audit's are.
    """
    deviations = _deviations(rows, intervals)
    if len(deviations) < MIN_SCORES:
        return Diagnosis("unknown")
    outside = sorted(
        (name for name in deviations if abs(deviations[name]) > CLEARLY_OUTSIDE), key=_furthest(deviations)
    )
    inside = tuple(name for name in deviations if abs(deviations[name]) <= 1)
    if not outside or (len(outside) < 2 and abs(deviations[outside[0]]) < FAR_OUTSIDE):
        return Diagnosis("none", (), (), inside)
    beside = [
        FailureProfile(
            record["spec"]["model"], record["parameters"].get("dose"), _deviations(record["scores"], intervals)
        )
        for record in controls
    ]
    columns = {str(row["metric"]): row["features"] for row in rows if _is_audited(row) and row["metric"] in deviations}
    profiles = beside
    if len(columns) >= MIN_SCORES:
        audited = (each for each in failure_profiles() if each.control not in left_out)
        profiles = [*(replace(each, of_mnist=not are_digits) for each in audited), *beside]
    else:
        columns = {str(row["metric"]): row["features"] for row in rows if row["metric"] in deviations}
    found = _likely_failures({name: deviations[name] for name in columns}, profiles)
    margin = MARGIN if len(set(columns.values()) - {None}) > 1 else MARGIN_ALONE
    near = tuple(failure for failure in found if failure.likeness > found[0].likeness - margin)
    if not found or found[0].likeness < MIN_LIKENESS or len(near) > MAX_NAMED:
        return Diagnosis("unclear", found[:MAX_NAMED], tuple(outside), inside)
    return Diagnosis("named", near, tuple(outside), inside)


def _deviations(rows: Collection[Row], intervals: Mapping[str, PredictionInterval]) -> dict[str, float]:
    return {
        str(row["metric"]): intervals[row["metric"]].deviation(row["value"])
        for row in rows
        if row["state"] == "ok" and row["metric"] in intervals
    }


def _furthest(deviations: Mapping[str, float]) -> Callable[[str], float]:
    return lambda name: -abs(deviations[name])


def _likely_failures(
    deviations: Mapping[str, float], profiles: Collection[FailureProfile]
) -> tuple[LikelyFailure, ...]:
    """Sort the failures of all controls that have these scores by how like they are."""
    own = np.arcsinh(list(deviations.values()))
    best: dict[str, LikelyFailure] = {}
    for profile in profiles:
        if profile.control not in CONTROLS.names() or not deviations.keys() <= profile.deviations.keys():
            continue  # a control that is gone, or that has no images in a feature space
        theirs = np.array([profile.deviations[name] for name in deviations])
        if not np.abs(theirs).max() > 1:
            continue  # a dose that no score sees
        text, scaled = CONTROLS.get(profile.control).failure, np.arcsinh(theirs)
        likeness = float(own @ scaled / (np.linalg.norm(own) * np.linalg.norm(scaled)))
        if text and (text not in best or likeness > best[text].likeness):
            best[text] = LikelyFailure(text, profile.control, profile.dose, likeness, profile.of_mnist)
    return tuple(sorted(best.values(), key=lambda failure: -failure.likeness))


def _is_audited(row: Row) -> bool:
    """Tell whether the audit has the score of a row, in the same version."""
    return bool(row["version"] == _audited_versions().get(str(row["metric"])))


@cache
def failure_profiles() -> tuple[FailureProfile, ...]:
    """Read the profiles that the package ships."""
    content = _content()
    names = [score["name"] for score in content["scores"]]
    return tuple(
        FailureProfile(each["control"], each["dose"], dict(zip(names, each["deviations"], strict=True)))
        for each in content["profiles"]
    )


@cache
def _audited_versions() -> dict[str, int]:
    return {score["name"]: score["version"] for score in _content()["scores"]}


@cache
def _content() -> dict[str, Any]:
    return dict(json.loads(PROFILES.read_text(encoding="utf-8")))
