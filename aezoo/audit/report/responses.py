"""A score's answer to a control: held against real digits of the kind that the control is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from aezoo.audit.report.calibration import ReferenceBand, classify, split_factor
from aezoo.audit.report.record import AuditRecord, Floats, Sets, missing_values


@dataclass(frozen=True)
class Response:
    """A metric's answer to a control at one dose.

    Attributes:
        verdict: detects, blind or fooled; n/a or error where a draw has no value.
        z: of each draw; infinite for a metric without spread.
        threshold: above it a draw is detected.
        against: whose band it is: of the "oracle" or of "train", the training digits.
        reason: why there is no verdict.
    """

    verdict: str
    z: tuple[float, ...] = ()
    threshold: float = 0.0
    against: str = "oracle"
    reason: str = ""

    @property
    def median(self) -> float | None:
        """The median z; None without values."""
        return float(np.median(self.z)) if self.z else None

    @property
    def real(self) -> bool:
        """Whether at least half of the draws look no worse than real data, and none of the verdicts applies."""
        return self.verdict == "blind" and self.median is not None and self.median <= self.threshold


@dataclass(frozen=True)
class ReferenceBands:
    """The bands of one score at one n.

    Attributes:
        oracle: over draws of the oracle.
        train: over draws of training digits; None for copying scores, to which these are copies.
        factor: by how much limits grow for digits of another split.
    """

    oracle: ReferenceBand
    train: ReferenceBand | None
    factor: float

    def of(self, draws_from: str) -> list[tuple[str, ReferenceBand, float]]:
        """The bands that a control is held against, each with its name and the factor of its limits."""
        if draws_from == "oracle":
            return [("oracle", self.oracle, 1.0)]
        elsewhere = ("oracle", self.oracle, self.factor)
        if self.train is None:
            return [elsewhere]
        own = ("train", self.train, 1.0)
        return [own] if draws_from == "train" else [elsewhere, own]

    def response(self, values: Floats, draws_from: str) -> Response:
        """The answer to the values of some draws.

        What is made of both splits has no band of its own: a verdict counts if both bands give it.
        """
        answers = [_answer(values, *wanted) for wanted in self.of(draws_from)]
        return min(answers, key=lambda each: (each.verdict != "blind", abs(each.median or 0.0)))

    def badness(self, values: Floats, draws_from: str) -> list[float]:
        """By how much each value is worse than real data, in the unit of the score."""
        found: list[float] = self.of(draws_from)[0][1].excess(values).tolist()
        return found


def _answer(values: Floats, against: str, band: ReferenceBand, factor: float) -> Response:
    z, threshold = band.z(values), band.threshold() * factor
    return Response(classify(z, threshold, -factor), tuple(map(float, z)), threshold, against)


def yardsticks(audit: AuditRecord, score: dict[str, Any], n: int) -> ReferenceBands | None:
    """The bands at n images; None where a draw of the oracle has no value."""
    oracle = _band(audit, score, audit.oracle("band" if n == audit.n else "size", n))
    if oracle is None:
        return None
    train = _band(audit, score, audit.training(n)) if score["question"] == "samples" else None
    return ReferenceBands(oracle, train, split_factor(n, audit.raw["dataset"]["sizes"]["oracle"], oracle.draws))


def _band(audit: AuditRecord, score: dict[str, Any], sets: Sets) -> ReferenceBand | None:
    if len(sets) < 2 or missing_values(sets, score["name"]):
        return None
    return ReferenceBand.of(audit.values(sets, score["name"]), score["better"], score["ideal"])


def response(audit: AuditRecord, bands: ReferenceBands, name: str, control: dict[str, Any], sets: Sets) -> Response:
    """The answer of the column `name` to the draws of a control."""
    missing = missing_values(sets, name)
    if missing:
        state, reason = missing[0]
        return Response(state, reason=reason if len(missing) == len(sets) else f"{len(missing)} draws: {reason}")
    return bands.response(audit.values(sets, name), control["draws_from"])
