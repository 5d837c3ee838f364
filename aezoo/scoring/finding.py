"""Finding of a scoring: in a few short lines how good images are, what is wrong with them, and are they copies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aezoo.reporting.text import format_mean
from aezoo.scoring.copies import near_shares, only_copies_explain
from aezoo.scoring.exact_copies import TRAINING
from aezoo.scoring.failures import Diagnosis, LikelyFailure
from aezoo.scoring.headline_metrics import COPYING, COPYING_AUC
from aezoo.scoring.standing import ROLE_NAMES, Standing
from aezoo.statistics.direction import is_lower_better

COPIED = "training images are copied"
"""The failure of controls that copy, as they register it."""
SHOWN = 2
"""Scores that are named on either side; more are counted."""
UNSURE = "perhaps, or blur or lost diversity"
"""The words of a share of near images, or a distance, that copies need not explain."""
UNKNOWN = "Copying: not known; no score of copying has a value."
COARSE = "but principal components alone see no fine detail, as --features of a network do"


@dataclass(frozen=True)
class Finding:
    """Finding on one generator.

    Attributes:
        samples: the generator's name.
        diagnosis: the failure that its scores point to.
        lines: a sentence each on quality, models or else other generators, failure, scores that see it, copying.
        copied: whether some images are surely copies.
    """

    samples: str
    diagnosis: Diagnosis
    lines: tuple[str, ...]
    copied: bool = False


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
    near = near_shares(standings, copies.real, copies.n)
    above = [(each.value, limit) for each, limit in near if each.value > limit]
    surely = bool(above) and (_scored_like_copies(diagnosis) or only_copies_explain(standings, near))
    nearer = any(each.place == "below" for each in standings if each.headline == COPYING_AUC)
    lines = (
        _quality(standings, copies.real),
        *_rivals(standings),
        *_failure(diagnosis, standings),
        _copying(max(above, default=None), surely, nearer, copies) if near or copies.exact or nearer else UNKNOWN,
    )
    return Finding(samples, diagnosis, lines, surely or copies.exact > 0)


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
    if is_lower_better(standing.better) and standing.high is not None:
        return f"up to {format_mean(standing.high, None)}"
    return standing.interval_text


def _rivals(standings: Sequence[Standing]) -> Iterator[str]:
    """Say by how many scores the images are better, and worse, than all models, or else than all other generators.

    Scores of copying do not count: a generator that copies less is not better for it.
    """
    for role, title in (("model", "Models"), ("samples", "Generators")):
        ranked = (rows for each in standings if each.headline not in COPYING for rows in each.among)
        among = [rows for rows in ranked if rows.role == role]
        if among:
            better = sum(len(rows.worse) == rows.total for rows in among)
            worse = sum(len(rows.better) == rows.total for rows in among)
            first = max(among, key=lambda rows: rows.total)
            one, several = ROLE_NAMES[role]
            by = f"by {better} of {len(among)} headline scores, copying aside"
            if first.total == 1:
                name = [*first.better, *first.equal, *first.worse][0]
                yield f"{title}: better than the {one} {name} {by}; worse by {worse}."
            elif role == "model":
                yield f"{title}: better than all {first.total} {several} {by}; worse than all by {worse}."
            else:
                yield f"{title}: best of all {first.total + 1} {by}; worst of all by {worse}."
            return


def _failure(diagnosis: Diagnosis, standings: Sequence[Standing]) -> Iterator[str]:
    """Name the controls that score alike and their failure, and the scores that do and do not see it.

    Alike is not the same: scores that lie as those of a known failure do are no proof of it, since the audit knows few
    failures, and a failure that it does not know may score as one of them.
    """
    spaces, metrics = {each.space for each in standings}, {each.metric for each in standings}
    like = "like MNIST's" if any(failure.of_mnist for failure in diagnosis.failures) else "scored like"
    named = f"{like} {' or '.join(map(_control, diagnosis.failures))}"
    yield {
        "none": f"Wrong: nothing seen; {COARSE if set(spaces) <= {'pca', ''} else 'no score is clearly off'}.",
        "unknown": "Wrong: not known; without the oracle's band (--oracle-draws) it cannot be told.",
        "unclear": "Wrong: something, but the scores do not tell what; no known failure has just such scores.",
        "named": f"Wrong: {named}; unproven.",
    }[diagnosis.state]
    if diagnosis.outside:
        inside = f"; not by {_some(diagnosis.inside, metrics)}" if diagnosis.inside else ""
        yield f"Seen by: {_some(diagnosis.outside, metrics)}{inside}."


def _control(failure: LikelyFailure) -> str:
    return f"{failure.control} ({failure.text})"


def _some(names: Sequence[str], shown: Collection[str]) -> str:
    """Write ``fd_judge, coverage_judge and 5 more`` of the scores that the screen shows, else of the others."""
    of = [name for name in names if name in shown] or names
    rest = len(of) - SHOWN
    text = ", ".join(of[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    return text if of is not names or not names else f"{text} (--metrics all)"


def _scored_like_copies(diagnosis: Diagnosis) -> bool:
    """Tell whether copies are named; copies of MNIST's digits are no measure of other images."""
    return diagnosis.names(COPIED) and not any(failure.of_mnist for failure in diagnosis.failures)


def _copying(above: tuple[float, float] | None, surely: bool, nearer: bool, copies: CopyEvidence) -> str:
    """Say what was seen of copying.

    Args:
        above: the largest share of near-duplicates and the usual one, where it is above that.
        surely: whether nothing but copies explains it.
        nearer: whether all images together lie nearer to training images than new real ones do.
        copies: other facts.
    """
    if copies.exact:
        return f"Copying: yes; {copies.exact:,} of the {copies.n:,} images equal one of {copies.training}."
    if above is not None:
        shares = f"{100 * above[0]:.3g} % are nearly {copies.training}, of new real ones up to {100 * above[1]:.3g} %"
        return f"Copying: {'yes' if surely else UNSURE}; {shares}."
    if nearer:
        return f"Copying: {UNSURE}; all together, the images lie nearer to {copies.training} than new real ones do."
    return f"Copying: no sign; no more of the images are nearly {copies.training} than of new real ones."


def oracle_scores(oracle: Mapping[str, Any]) -> dict[str, float]:
    """Collect the values of the oracle's record by score."""
    return {row["metric"]: row["value"] for row in oracle["scores"] if row["state"] == "ok"}
