"""Published answers to the checks, and what the authors compute differently.

Source: the authors' repository (vanderschaarlab/position-fidelity-diversity-metrics-flawed, plotting/
print_pass_fail_tables.ipynb), whose tables aggregate over numbers of dimensions. Of "low" and "high", which there are
two ways to pass for diversity, each is "yes", and "no" where a score is low in one part of a check and high in another.
The rounded laws stand there as one check with two parts.
"""

from __future__ import annotations

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
    ("rounded-reals", "bounds"): "nnyn",
    ("rounded-reals", "property"): "nnyn",
}
"""Answers of `SCORES`, in their order, by check and desideratum: y where a score passes, n where it fails."""

ROWS = 1_000
"""Reals, and fakes where their number does not vary."""

DRAWS = 10
"""Draws whose mean the rules are asked of."""

NEIGHBOUR = 3
"""The k of precision and recall; that of density and coverage is chosen by the number of rows, and is 5 as here."""


def published_answer(check: str, desideratum: str, score: str) -> bool | None:
    """Look up a published answer; None where there is none."""
    found = ANSWERS.get((check, desideratum))
    return None if found is None or score not in SCORES else found[SCORES.index(score)] == "y"
