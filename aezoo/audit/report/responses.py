"""Responses of a score to controls, held against real images of the kind that the control is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aezoo.audit.report.calibration import ReferenceBand, classify, split_factor
from aezoo.audit.report.record import AuditRecord, Floats, Sets, missing_values


@dataclass(frozen=True)
class Response:
    """The answer of a score to a control at one dose.

    Attributes:
        verdict: detects, blind or fooled; n/a or error where a draw has no value.
        z: of each draw; infinite for a score without spread.
        threshold: above it a draw is detected.
        reference: the real data behind the band: the "oracle", or "train", the training images.
        reason: why there is no verdict.
    """

    verdict: str
    z: tuple[float, ...] = ()
    threshold: float = 0.0
    reference: str = "oracle"
    reason: str = ""

    @property
    def median(self) -> float | None:
        """The median z; None without values."""
        return float(np.median(self.z)) if self.z else None

    @property
    def looks_real(self) -> bool:
        """True if at least half of the draws look no worse than real data, and neither other verdict applies."""
        return self.verdict == "blind" and self.median is not None and self.median <= self.threshold


@dataclass(frozen=True)
class ReferenceBands:
    """The bands of one score at one n.

    Attributes:
        oracle: over draws of the oracle.
        train: over draws of training images; None for copying scores, to which these are copies.
        factor: by how much limits grow for images of another split.
    """

    oracle: ReferenceBand
    train: ReferenceBand | None
    factor: float

    def applicable(self, draws_from: str) -> list[tuple[str, ReferenceBand, float]]:
        """List the bands that a control is held against, each with its name and the factor of its limits."""
        if draws_from == "oracle":
            return [("oracle", self.oracle, 1.0)]
        elsewhere = ("oracle", self.oracle, self.factor)
        if self.train is None:
            return [elsewhere]
        own = ("train", self.train, 1.0)
        return [own] if draws_from == "train" else [elsewhere, own]

    def response(self, values: Floats, draws_from: str) -> Response:
        """Judge the values of some draws.

        What is made of both splits has no band of its own: a verdict counts if both bands give it. Worse than one and
        better than the other, where the splits differ, is blind.
        """
        answers = [_answer(values, *band) for band in self.applicable(draws_from)]
        if len({answer.verdict for answer in answers}) > 1:
            blind = [answer for answer in answers if answer.verdict == "blind"]
            lowest = min(answers, key=lambda answer: answer.median or 0.0)
            answers = blind or [replace(lowest, verdict="blind")]
        return min(answers, key=lambda answer: abs(answer.median or 0.0))

    def excess_loss(self, values: Floats, draws_from: str) -> list[float]:
        """Compute by how much each value is worse than real data, in the unit of the score."""
        _, band, _ = self.applicable(draws_from)[0]
        excess: list[float] = band.excess_loss(values).tolist()
        return excess


def reference_bands(record: AuditRecord, score: dict[str, Any], n: int) -> ReferenceBands | None:
    """Make the bands of a score at n images; None where a draw of the oracle has no value."""
    oracle = _band(record, score, record.oracle("band" if n == record.n else "size", n))
    if oracle is None:
        return None
    train = _band(record, score, record.training(n)) if score["question"] == "samples" else None
    return ReferenceBands(oracle, train, split_factor(n, record.raw["dataset"]["sizes"]["oracle"], oracle.draws))


def control_response(
    record: AuditRecord, bands: ReferenceBands, name: str, control: dict[str, Any], sets: Sets
) -> Response:
    """Judge the column `name` on the draws of a control."""
    missing = missing_values(sets, name)
    if missing:
        state, reason = missing[0]
        return Response(state, reason=reason if len(missing) == len(sets) else f"{len(missing)} draws: {reason}")
    return bands.response(record.values(sets, name), control["draws_from"])


def _answer(values: Floats, reference: str, band: ReferenceBand, factor: float) -> Response:
    z, threshold = band.z(values), band.threshold() * factor
    return Response(classify(z, threshold, -factor), tuple(map(float, z)), threshold, reference)


def _band(record: AuditRecord, score: dict[str, Any], sets: Sets) -> ReferenceBand | None:
    if len(sets) < 2 or missing_values(sets, score["name"]):
        return None
    return ReferenceBand.from_draws(record.values(sets, score["name"]), score["better"], score["ideal"])
