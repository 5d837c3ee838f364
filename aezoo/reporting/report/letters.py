"""Letters of models in the tables of the page: who is not told apart by the seeds, over the metrics of a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from aezoo.analysis.question_verdict import QuestionVerdict, question_verdicts
from aezoo.analysis.score_array import ScoreArray
from aezoo.statistics import MIN_SEEDS

LEGEND = "Models with a letter in common are not told apart by the seeds, over the metrics of the question."


@dataclass(frozen=True)
class Letters:
    """Groups of models of one question, a letter each, and the sentences that explain them or say why there are none.

    Attributes:
        groups: labels, the best group first; groups may overlap.
        note: for a reader; "" where nothing is to be said.
    """

    groups: tuple[tuple[str, ...], ...]
    note: str


def question_letters(array: ScoreArray, questions: Sequence[QuestionVerdict]) -> Mapping[str, Letters]:
    """Find the letters of each question that somebody can win.

    A question whose competitors share `MIN_SEEDS` seeds has those of its verdict. Where some competitors have fewer
    seeds, which would leave everybody without a letter, the others are compared among themselves.

    Args:
        array: the scores of the section.
        questions: its verdict.
    """
    return dict(_letters(array.only_models(), questions))


def _letters(models: ScoreArray, questions: Sequence[QuestionVerdict]) -> Iterator[tuple[str, Letters]]:
    counts = np.isfinite(models.values).any(axis=1).sum(axis=1)
    rows = [int(row) for row in np.flatnonzero(counts >= MIN_SEEDS)]
    enough = {models.models[row] for row in rows}
    is_some = 1 < len(rows) < len(counts)
    among = {each.question: each for each in question_verdicts(models.select_models(rows))} if is_some else {}
    for each in questions:
        of_some = among.get(each.question)
        if each.groups:
            yield each.question, Letters(each.groups, LEGEND)
        elif of_some is not None and of_some.groups:
            yield each.question, Letters(of_some.groups, f"{LEGEND} {_only(len(of_some.competitors))}")
        elif each.contested:
            yield each.question, Letters((), _why_none(enough, enough & {*each.competitors}))


def _only(count: int) -> str:
    return (
        f"Only the {count} models of the question with {MIN_SEEDS} seeds or more have letters, as compared with each "
        "other."
    )


def _why_none(enough: Set[str], answering: Set[str]) -> str:
    """Say why nobody has a letter; nothing where the whole section has too few seeds, which is said elsewhere."""
    if len(enough) < 2:
        return ""
    if len(answering) < 2:
        return f"No letters: fewer than two models that answer the question have {MIN_SEEDS} seeds."
    return f"No letters: the models with {MIN_SEEDS} seeds or more have fewer than {MIN_SEEDS} in common."
