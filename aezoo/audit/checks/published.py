"""Published answers to the checks, and the reason of those that differ from ours.

Source: the authors' repository (vanderschaarlab/position-fidelity-diversity-metrics-flawed, plotting/
print_pass_fail_tables.ipynb), whose tables aggregate over numbers of dimensions; of "low" and "high", which there are
two ways to pass for diversity, both are "yes". The rounded laws stand there as one check with two parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aezoo.audit.checks import Floats, load_checks
from aezoo.audit.checks.run import CheckResult, run_check
from aezoo.metrics import METRICS, Metric
from aezoo.metrics.samples.prdc import precision_recall_density_coverage

SCORES = ("precision", "density", "recall", "coverage")

ANSWERS: dict[tuple[str, str], str] = {
    ("mean-difference", "bounds"): "nyny",
    ("mean-difference", "property"): "yyyy",
    ("mean-difference-with-outlier", "bounds"): "nnny",
    ("mean-difference-with-outlier", "property"): "nyny",
    ("spread-difference", "bounds"): "nnnn",
    ("spread-difference", "property"): "yyyn",
    ("modes-dropped-together", "bounds"): "nyny",
    ("modes-dropped-together", "property"): "ynny",
    ("modes-dropped-one-by-one", "bounds"): "nyny",
    ("modes-dropped-one-by-one", "property"): "yyyy",
    ("modes-invented", "bounds"): "yyyn",
    ("modes-invented", "property"): "yyyn",
    ("sphere-of-another-radius", "bounds"): "nnnn",
    ("sphere-of-another-radius", "property"): "nnnn",
    ("overlap-of-cubes", "size"): "nnnn",
    ("overlap-of-cubes", "property"): "nnnn",
    ("overlap-of-cubes-more-fakes", "size"): "yynn",
    ("overlap-of-cubes-more-fakes", "property"): "nnnn",
    ("ball-in-a-torus", "bounds"): "yyyn",
    ("ball-in-a-torus", "property"): "yynn",
    ("one-mode-for-two", "bounds"): "nyny",
    ("one-mode-for-two", "property"): "yynn",
    ("scale-of-one-dimension", "bounds"): "nyyy",
    ("scale-of-one-dimension", "invariance"): "nyny",
    ("mean-difference-beside-a-heavy-tail", "bounds"): "nyyy",
    ("mean-difference-beside-a-heavy-tail", "property"): "yyyy",
    ("one-disjoint-dimension", "bounds"): "nnnn",
    ("one-disjoint-dimension", "property"): "nnnn",
    ("rounded-fakes", "bounds"): "ynnn",
    ("rounded-fakes", "property"): "ynnn",
    ("rounded-reals", "bounds"): "nnyy",
    ("rounded-reals", "property"): "nnyn",
}
"""Answers of `SCORES`, in their order, by check and desideratum: y where a score passes, n where it fails."""

PUBLISHED_K = 3
"""Neighbour whose distance is the radius of precision and recall there; of density and coverage it is 5, as here."""

K = 5
"""The same of ours."""

VARIANTS: tuple[tuple[str, int, bool], ...] = (
    ("with k = 3 it is the published one", PUBLISHED_K, False),
    ("on features scaled to unit variance it is the published one", K, True),
    ("with k = 3 and features scaled to unit variance it is the published one", PUBLISHED_K, True),
)
UNEXPLAINED = "neither k nor the scale of features explains it: there are fewer points on the axes, and one draw, here"


@dataclass(frozen=True)
class Difference:
    """An answer that differs from the published one, and the reason, found by asking again as the authors did."""

    check: str
    desideratum: str
    score: str
    passes: bool
    reason: str


def published_answer(check: str, desideratum: str, score: str) -> bool | None:
    """Look up a published answer; None where there is none."""
    found = ANSWERS.get((check, desideratum))
    return None if found is None or score not in SCORES else found[SCORES.index(score)] == "y"


def differences(results: Sequence[CheckResult], n: int, seed: int) -> Iterator[Difference]:
    """List the answers that differ from the published ones; of each `VARIANTS` are asked until one gives that."""
    asked: dict[tuple[str, int, bool], dict[tuple[str, str], bool | None]] = {}

    def answers(check: str, k: int, scales: bool) -> dict[tuple[str, str], bool | None]:
        if (check, k, scales) not in asked:
            again = run_check(load_checks()[check], [_variant(k, scales)], n, seed)
            asked[check, k, scales] = {(each.score, each.desideratum): each.passes for each in again}
        return asked[check, k, scales]

    for each in results:
        name, key = each.check.name, (each.score, each.desideratum)
        published = published_answer(name, each.desideratum, each.score)
        if published is None or each.passes is None or published == each.passes:
            continue
        variants = VARIANTS if each.score in ("precision", "recall") else [of for of in VARIANTS if of[1] == K]
        reason = next((text for text, k, scales in variants if answers(name, k, scales)[key] == published), UNEXPLAINED)
        yield Difference(name, each.desideratum, each.score, each.passes, reason)


def _variant(k: int, scales: bool) -> Metric:
    """Make precision, recall, density and coverage as the authors compute them."""

    def scores(real: Floats, fake: Floats) -> dict[str, float]:
        mean, deviation = (real.mean(axis=0), real.std(axis=0)) if scales else (0.0, 1.0)
        return precision_recall_density_coverage((real - mean) / deviation, (fake - mean) / deviation, k)

    return replace(METRICS.get("prdc"), function=scores)
