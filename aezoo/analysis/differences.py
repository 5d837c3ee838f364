"""Differences of a comparison, with each model's own sampler: which the seeds tell apart, and which to show first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aezoo.analysis.comparison import reading_rank
from aezoo.analysis.conventions import question_key
from aezoo.analysis.pairing import ComparedScore
from aezoo.statistics import MIN_SEEDS, SIGNIFICANCE_LEVEL, PairedComparison, holm, paired_t_p


@dataclass(frozen=True)
class Difference:
    """Difference of one score that was compared.

    Attributes:
        score: the score, whose result is not None.
        result: its result.
        p: p-value of Student's test, paired by seed, corrected by Holm's method for all scores of the comparison; None
            below `MIN_SEEDS` common seeds.
    """

    score: ComparedScore
    result: PairedComparison
    p: float | None

    @property
    def sure(self) -> bool:
        """Mark of a difference that the seeds tell from none."""
        return self.p is not None and self.p < SIGNIFICANCE_LEVEL

    @property
    def equal(self) -> bool:
        """Mark of values that are equal in every seed."""
        return not any(self.result.differences)

    @property
    def in_all_seeds(self) -> bool:
        """Mark of a side that is better in every seed."""
        signs = np.sign(self.result.differences)
        return bool(np.all(signs == signs[0]) and signs[0] != 0)

    @property
    def is_better(self) -> bool:
        """Mark of a candidate that is better by the mean."""
        return self.result.worsening < 0

    @property
    def size(self) -> float:
        """Size of the mean difference in standard deviations over seeds, 0 or more; infinite where it does not vary."""
        if self.equal or len(self.result.differences) < 2:
            return 0.0
        deviation = float(np.std(self.result.differences, ddof=1))
        return abs(self.result.worsening) / deviation if deviation else np.inf


@dataclass(frozen=True)
class Tally:
    """Counts of some scores.

    Attributes:
        total: number of scores.
        candidate, baseline: by how many of them that side is better, surely or, where no seeds can say so, in every
            seed.
        equal: number of scores whose values are equal in every seed.
    """

    total: int
    candidate: int
    baseline: int
    equal: int


def differences(scores: Sequence[ComparedScore]) -> list[Difference]:
    """List the scores of one comparison that were compared, in their order, each with its corrected p-value.

    Of scores that depend on a sampler those with the model's own, by which `verdict` compares models too. The family is
    all of them, of all models: of equal sides any difference at all is called sure in at most 5 % of cases.
    """
    compared = [(score, score.result) for score in scores if score.result is not None and score.is_own]
    tested = [i for i, (score, _) in enumerate(compared) if len(score.seeds) >= MIN_SEEDS]
    corrected = holm([paired_t_p(compared[i][1].differences) for i in tested])
    p_values = dict(zip(tested, map(float, corrected), strict=True))
    return [Difference(score, result, p_values.get(i)) for i, (score, result) in enumerate(compared)]


def has_test(found: Sequence[Difference]) -> bool:
    """Tell whether any score has the seeds for a test."""
    return any(each.p is not None for each in found)


def tally(found: Sequence[Difference]) -> Tally:
    """Count by how many scores either side is better; with seeds for a test the sure ones alone."""
    tested = has_test(found)
    clear = [each for each in found if (each.sure if tested else each.in_all_seeds)]
    better = sum(each.is_better for each in clear)
    return Tally(len(found), better, len(clear) - better, sum(each.equal for each in found))


def questions_of(found: Sequence[Difference]) -> list[str]:
    """List the questions of some scores in the order of tables."""
    return sorted({each.score.question for each in found}, key=question_key)


def first_rows(found: Sequence[Difference], count: int) -> list[Difference]:
    """Choose at most `count` scores of each question: the one to read first, then the largest differences.

    Of those sure ones come first, by their size in standard deviations over seeds, then the others in reading order.
    Scores that are equal on both sides are left out.
    """
    return [each for question in questions_of(found) for each in _first_of(found, question, count)]


def _first_of(found: Sequence[Difference], question: str, count: int) -> list[Difference]:
    moved = [each for each in found if each.score.question == question and not each.equal]
    in_order = sorted(moved, key=lambda each: reading_rank(each.score))
    rest = sorted(in_order[1:], key=lambda each: -each.size if each.sure else 0.0)
    return [*in_order[:1], *rest][:count]
