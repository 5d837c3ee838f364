"""Whether one model wins every question, among the models that have scores for every one."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.verdict.question import QuestionVerdict
from aezoo.reporting.verdict.verdict import Verdict
from aezoo.reporting.wording import joined


def headline(found: Verdict) -> Iterator[str]:
    """One sentence on all questions together; none where only one question has a contest.

    That a model has no scores for a question is no defeat: what is said holds among those that have them all.
    """
    contested = [each for each in found.questions if each.contested]
    if len(contested) < 2:
        return
    if all(each.competitors == found.complete for each in contested):
        yield _sentence(_among(contested))
    elif len(found.complete) > 1:
        yield (
            f"Only {joined(found.complete)} have scores for every question; among these "
            f"{_among([each for each in found.among_complete if each.contested])}"
        )
    elif found.complete:
        yield _alone(found.complete[0], contested)
    else:
        yield "No model has scores for every question, so none can win them all."


def _among(questions: list[QuestionVerdict]) -> str:
    won = {each.question: each.winners[0] for each in questions if each.sure}
    open_ones = [each.question for each in questions if not each.sure]
    names = list(dict.fromkeys(won.values()))
    rest = f"; {joined(open_ones)} {'is' if len(open_ones) == 1 else 'are'} open" if open_ones else ""
    if not names:
        return "no question has a sure winner: these numbers do not say which model is best."
    if len(names) > 1:
        return f"no model wins every question: {_listed(won)}{rest}. Which is best depends on the question asked."
    if open_ones:
        return f"{_listed(won)}{rest}: whether it wins every question these seeds do not settle."
    return f"{names[0]} wins every question ({joined(list(won))}): one model is best whichever question is asked."


def _alone(name: str, questions: list[QuestionVerdict]) -> str:
    won = [each.question for each in questions if each.sure and each.winners == (name,)]
    what = "every one of them" if len(won) == len(questions) else joined(won) if won else "none of them surely"
    return f"Only {name} has scores for every question, so no other model can win them all; it wins {what}."


def _listed(won: dict[str, str]) -> str:
    """``ae wins reconstruction, vae wins latent and samples``."""
    by_model: dict[str, list[str]] = {}
    for question, model in won.items():
        by_model.setdefault(model, []).append(question)
    return ", ".join(f"{model} wins {joined(questions)}" for model, questions in by_model.items())


def _sentence(text: str) -> str:
    """With a capital, unless it begins with the name of a model."""
    return text[0].upper() + text[1:] if text.startswith("no ") else text
