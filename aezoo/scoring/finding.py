"""Finding of a scoring: in a few short lines how good images are, what is wrong with them, and are they copies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aezoo.reporting.text import format_mean
from aezoo.scoring.copies import share_limit
from aezoo.scoring.failures import Diagnosis, LikelyFailure
from aezoo.scoring.headline_metrics import COPYING_AUC, NEAR_DUPLICATES
from aezoo.scoring.standing import ROLE_NAMES, Standing
from aezoo.statistics.direction import LOWER

COPIED = "training images are copied"
"""The failure of controls that copy, as they register it."""
CERTAIN = 5
"""Times the usual share of near-duplicates from which on nothing but copies explains them: averages of training images,
which copy none, have more than the usual too."""
SHOWN = 2
"""Scores that are named on either side; more are counted."""
TRAINING = "training images"
COARSE = "but principal components alone see no fine detail, as --features of a network do"


@dataclass(frozen=True)
class Finding:
    """Finding on one generator.

    Attributes:
        samples: the generator's name.
        diagnosis: the failure that its scores point to.
        lines: a sentence each on quality, models or else other generators, failure, scores that see it, copying.
    """

    samples: str
    diagnosis: Diagnosis
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CopyEvidence:
    """Facts on copies beside the standings.

    Attributes:
        exact: number of images that equal a training image; 0 where no more of them do than of new real ones.
        n: number of images.
        real: the oracle's scores, for the usual share of near-duplicates where there is no band.
        training: what stands for the generator's training images, in words.
    """

    exact: int
    n: int
    real: Mapping[str, float]
    training: str = TRAINING


def find(samples: str, standings: Sequence[Standing], diagnosis: Diagnosis, copies: CopyEvidence) -> Finding:
    """Write the finding on one generator from its standings."""
    lines = (
        _quality(standings, copies.real),
        *_rivals(standings),
        *_failure(diagnosis, {each.space for each in standings}),
        _copying(standings, diagnosis, copies),
    )
    return Finding(samples, diagnosis, lines)


def _quality(standings: Sequence[Standing], real: Mapping[str, float]) -> str:
    placed = [each for each in standings if each.place]
    inside = sum(each.place == "within" for each in placed)
    first = standings[0] if standings else None
    if first is None:
        return "Quality: no headline score has a value."
    if not placed:
        beside = f", of real images {format_mean(real[first.metric], None)}" if first.metric in real else ""
        return f"Quality: {first.metric} is {format_mean(first.value, None)}{beside}."
    if inside == len(placed):
        return f"Quality: like real images by all {len(placed)} headline scores."
    begin = f"Quality: like real images by {inside} of {len(placed)} headline scores"
    return f"{begin}; {first.metric} is {format_mean(first.value, None)}, of real images {_band(first)}."


def _band(standing: Standing) -> str:
    """Write ``up to 29.11``, or ``0.398 to 0.594`` of a score that has a target."""
    if standing.better == LOWER and standing.high is not None:
        return f"up to {format_mean(standing.high, None)}"
    return standing.interval_text


def _rivals(standings: Sequence[Standing]) -> Iterator[str]:
    """Say by how many scores the images are better, and worse, than all models, or else than all other generators."""
    for role in ("model", "samples"):
        among = [rows for each in standings for rows in each.among if rows.role == role]
        if among:
            better = sum(len(rows.worse) == rows.total for rows in among)
            worse = sum(len(rows.better) == rows.total for rows in among)
            first = max(among, key=lambda rows: rows.total)
            one, several = ROLE_NAMES[role]
            name = [*first.better, *first.equal, *first.worse][0]
            title, other = ("Models", "") if role == "model" else ("Generators", "other ")
            rivals = f"all {first.total} {other}{several}" if first.total > 1 else f"the {one} {name}"
            yield f"{title}: better than {rivals} by {better} of {len(among)} headline scores, worse by {worse}."
            return


def _failure(diagnosis: Diagnosis, spaces: Collection[str]) -> Iterator[str]:
    """Name the controls that score alike and their failure, and the scores that do and do not see it.

    Alike is not the same: scores that lie as those of a known failure do are no proof of it, since the audit knows few
    failures, and a failure that it does not know may score as one of them.
    """
    named = f"scored like {' or '.join(map(_control, diagnosis.failures))}"
    yield {
        "none": f"Wrong: nothing seen; {COARSE if set(spaces) <= {'pca', ''} else 'no score is clearly off'}.",
        "unknown": "Wrong: not known; without the oracle's band (--oracle-draws) it cannot be told.",
        "unclear": "Wrong: something, but the scores do not tell what; no known failure has just such scores.",
        "named": f"Wrong: {named}; unproven.",
    }[diagnosis.state]
    if diagnosis.outside:
        inside = f"; not by {_some(diagnosis.inside)}" if diagnosis.inside else ""
        yield f"Seen by: {_some(diagnosis.outside)}{inside}."


def _control(failure: LikelyFailure) -> str:
    return f"{failure.control} ({failure.text})"


def _some(names: Sequence[str]) -> str:
    """Write ``fd_judge, recall_judge and 19 more``."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _copying(standings: Sequence[Standing], diagnosis: Diagnosis, copies: CopyEvidence) -> str:
    if copies.exact:
        return f"Copying: yes; {copies.exact:,} of the {copies.n:,} images equal one of {copies.training}."
    near = [(each, _limit(each, copies)) for each in standings if each.headline == NEAR_DUPLICATES]
    above = [(each.value, limit) for each, limit in near if limit is not None and each.value > limit]
    if above:
        share, limit = max(above)
        certain = "yes" if diagnosis.names(COPIED) or share > CERTAIN * limit else "perhaps"
        shares = f"{100 * share:.3g} % are nearly {copies.training}, of new real ones"
        return f"Copying: {certain}; {shares} up to {100 * limit:.3g} %."
    if any(each.place == "below" for each in standings if each.headline == COPYING_AUC):
        return f"Copying: perhaps; all together, the images lie nearer to {copies.training} than new real ones do."
    if not any(limit is not None for _, limit in near):
        return "Copying: not known; no score of copying has a value."
    return f"Copying: no sign; no more of the images are nearly {copies.training} than of new real ones."


def _limit(standing: Standing, copies: CopyEvidence) -> float | None:
    """Give the largest share of near-duplicates that is usual of new real images; None where it is not known."""
    if standing.high is not None:
        return standing.high
    return share_limit(copies.real[standing.metric], copies.n) if standing.metric in copies.real else None


def oracle_scores(oracle: Mapping[str, Any]) -> dict[str, float]:
    """Collect the values of the oracle's record by score."""
    return {row["metric"]: row["value"] for row in oracle["scores"] if row["state"] == "ok"}
