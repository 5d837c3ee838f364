"""The sentences that a verdict supports; every one depends on its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from aezoo.reporting.agreement import SURE
from aezoo.reporting.verdict import Beaten, QuestionVerdict, Verdict
from aezoo.statistics import LEAST_SEEDS

NAMED = 4


def argument(found: Verdict) -> list[str]:
    """What may be said of `found`, in whole sentences: the winners, the metrics, the floors."""
    return [*_winners(found), _metrics(found), *_floors(found)]


def sure_winner(question: QuestionVerdict, least_seeds: int) -> str | None:
    """The one model that wins in at least 95 % of resampled seeds, if there are seeds enough to say so."""
    sure = least_seeds >= LEAST_SEEDS and question.share >= SURE and len(question.winners) == 1
    return question.winners[0] if sure else None


def _winners(found: Verdict) -> Iterator[str]:
    sure = {each.question: sure_winner(each, found.least_seeds) for each in found.questions}
    won = {question: winner for question, winner in sure.items() if winner is not None}
    unsettled = [each for each in found.questions if each.question not in won]
    names = set(won.values())
    if not won:
        yield "No question has a sure winner: these numbers do not say which model is best."
    elif len(names) > 1:
        yield (f"No model wins every question: {_listed(won)}. Which model is best depends on the question asked.")
    elif not unsettled:
        name = names.pop()
        yield (
            f"{name} wins every question ({_joined(list(won))}): on these numbers one model is best whichever "
            "question is asked."
            if len(won) > 1
            else f"{name} wins {_joined(list(won))}, the only question that was asked."
        )
    else:
        yield f"{names.pop()} wins {_joined(list(won))}; whether it wins every question these seeds do not settle."
    for each in unsettled:
        yield _unsettled(each, found.least_seeds)


def _unsettled(each: QuestionVerdict, least_seeds: int) -> str:
    leaders = " and ".join(each.winners) or "nobody"
    if least_seeds < LEAST_SEEDS:
        return (
            f"In {each.question} {leaders} leads ({each.seeds_won} of {each.seeds} seeds), which fewer than "
            f"{LEAST_SEEDS} seeds cannot make sure."
        )
    return f"Who wins {each.question} is open: {leaders} leads, but in only {each.share:.0%} of resampled seeds."


def _metrics(found: Verdict) -> str:
    if not found.disagreements:
        return f"No two of the metrics disagree about the winner ({found.pairs} pairs)."
    sure = sum(each.probability >= SURE for each in found.disagreements)
    within = sum(each.questions[0] == each.questions[1] for each in found.disagreements)
    share = len(found.disagreements) / found.pairs
    tail = "" if found.least_seeds >= LEAST_SEEDS else f" (but below {LEAST_SEEDS} seeds that says little)"
    return (
        f"{len(found.disagreements)} of {found.pairs} pairs of metrics ({share:.0%}) name different winners, "
        f"{within} of them within one question; {sure} do so in at least 95 % of resampled seeds{tail}."
    )


def _floors(found: Verdict) -> Iterator[str]:
    for each in found.beaten:
        names = f" ({_joined(each.metrics)})" if len(each.metrics) <= NAMED else ""
        yield (
            f"{each.name}, a {each.role}, scores better than every model by {len(each.metrics)} of {each.total} "
            f"{each.question} metrics{names}{_warning(each, found)}."
        )


def _warning(each: Beaten, found: Verdict) -> str:
    """Where the question's winner is no better than a floor by most of its metrics, or samples look better."""
    if 2 * len(each.metrics) > each.total:
        return f", so no model here is above it in {each.question}"
    if each.question == "samples":
        return ": to be ahead by these alone does not show that samples are good"
    return ""


def _listed(won: dict[str, str]) -> str:
    """``ae wins reconstruction, vae wins latent and samples``."""
    by_model: dict[str, list[str]] = {}
    for question, model in won.items():
        by_model.setdefault(model, []).append(question)
    return ", ".join(f"{model} wins {_joined(questions)}" for model, questions in by_model.items())


def _joined(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
