"""Sentences on who wins, who is ahead, and where nobody is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.analysis.question_verdict import QuestionVerdict
from aezoo.analysis.verdict import Verdict
from aezoo.reporting.text import join_words
from aezoo.statistics import MIN_SEEDS

MOST_NAMED = 10
"""More models in a sentence are counted and not named."""


def overall_sentences(found: Verdict) -> Iterator[str]:
    """Write what all questions say together; nothing where only one question has a contest.

    Each question is won among the models that have scores for it: that a model has none is no defeat, so a model that
    wins whatever it can be asked is named.
    """
    contested = [each for each in found.questions if each.contested]
    if len(contested) > 1:
        yield _sentence(_among(contested))
        yield from _unbeaten(contested)


def _unbeaten(questions: list[QuestionVerdict]) -> Iterator[str]:
    """Name a model that wins all of the questions, two or more, for which it has scores, but has none for others."""
    for name in dict.fromkeys(name for each in questions for name in each.competitors):
        asked = [each for each in questions if name in each.competitors]
        if 1 < len(asked) < len(questions) and all(each.sure and each.winners == (name,) for each in asked):
            yield f"{name} wins all that it can be asked, {join_words([each.question for each in asked])}."


def complete_sentences(found: Verdict) -> Iterator[str]:
    """Write who wins among the models that have scores for every question, where others have not."""
    contested = [each for each in found.questions if each.contested]
    if len(contested) < 2 or all(each.competitors == found.complete for each in contested):
        return
    if len(found.complete) > 1:
        yield (
            f"Only {join_words(_named(found.complete))} have scores for every question; among these "
            f"{_among([each for each in found.among_complete if each.contested])}"
        )
    elif found.complete:
        yield _alone(found.complete[0], contested)


def question_sentences(found: Verdict) -> Iterator[str]:
    """Write a sentence for each question; one for all of those that too few seeds leave open."""
    unsettled = [each for each in found.questions if each.contested and not each.sure and each.seeds < MIN_SEEDS]
    if len(unsettled) < 2:
        unsettled = []
    yield from (question_sentence(each, found) for each in found.questions if each not in unsettled)
    if unsettled:
        seed = _only_seed(unsettled)
        ahead = "; ".join(
            f"{each.question}: {join_words(each.winners)} (of {len(each.competitors)} models{_in_seeds(each, seed)})"
            for each in unsettled
        )
        only = "" if seed is None else f", and seed {seed} is the only one that all models have"
        yield f"Ahead, while fewer than {MIN_SEEDS} seeds cannot make a winner sure{only}: {ahead}."


def question_sentence(each: QuestionVerdict, found: Verdict) -> str:
    if not each.contested:
        return _uncontested(each)
    everybody = len(each.competitors) == len(found.models)
    among = f"of {len(each.competitors)} models" + ("" if everybody else " that have it")
    if each.sure:
        seeds = f"all {each.seeds} seeds" if each.seeds_won == each.seeds else _seeds(each)
        return f"{each.winners[0]} wins {each.question} ({among}), in {seeds}."
    if len(each.winners) > 1:
        return f"{join_words(each.winners)} tie for {each.question} ({among})."
    leads = f"{each.winners[0]} leads ({among}) in {_seeds(each)}"
    if each.seeds < MIN_SEEDS:
        return f"Who wins {each.question} is open: {leads}, and fewer than {MIN_SEEDS} cannot make it sure."
    return f"Who wins {each.question} is open: {leads}, and {_tied(each)} not told from it."


def _in_seeds(each: QuestionVerdict, only: int | None) -> str:
    """Say in how many seeds a winner by mean rank is ahead; of an only seed, where it is not."""
    if only is None:
        return f", {_seeds(each)}"
    return "" if each.seeds_won else f", but not by seed {only} alone"


def _tied(each: QuestionVerdict) -> str:
    """Name the models that share the first group with the winner: ``vae and gan are``."""
    others = [name for name in each.groups[0] if name not in each.winners]
    return f"{join_words(others)} {'is' if len(others) == 1 else 'are'}"


def _uncontested(each: QuestionVerdict) -> str:
    """Say why nobody wins a question."""
    if len(each.competitors) == 1:
        return f"Nobody wins {each.question}: {each.competitors[0]} has nobody to compete with."
    if each.competitors:
        models = len(each.competitors)
        return f"Nobody wins {each.question}: no metric has a score of all {models} models in all their common seeds."
    return f"Nobody wins {each.question}: there is nobody to compete, because no model has most of its metrics."


def among_most_seeds(found: Verdict) -> Iterator[str]:
    """Write who leads among the models that have more seeds than others, where these are more than one seed."""
    ahead = [each for each in found.among_most_seeds if each.contested and each.seeds > 1]
    ahead = [each for each in ahead if 2 * each.seeds_won > each.seeds]
    if ahead:
        most = max(each.seeds for each in ahead)
        leads = ", ".join(_lead(each, f" ({_seeds(each, '')}{', surely' if each.sure else ''})") for each in ahead)
        yield f"Ahead among the {len(found.with_most_seeds)} models with {most} seeds: {leads}."


def leads(questions: Sequence[QuestionVerdict]) -> Iterator[str]:
    """Write one sentence on the questions without a sure winner in which most seeds have the same model ahead."""
    ahead = [each for each in questions if _leads_most_seeds(each)]
    seed = _only_seed(ahead)
    leads = ", ".join(_lead(each, "" if seed is not None else f" ({_seeds(each)})") for each in ahead)
    if seed is not None:
        yield f"Ahead by seed {seed} alone, the only one that all models have: {leads}."
    elif leads:
        where = ", where nobody wins surely" if any(each.sure for each in questions) else ""
        yield f"Ahead by mean rank over metrics{where}: {leads}."


def without_leader(found: Verdict) -> Iterator[str]:
    """Write one sentence on the questions in which nobody is ahead in most seeds, or that no two models answer."""
    open_ones = [each for each in found.questions if each.contested and not (each.sure or _leads_most_seeds(each))]
    level, seed = [each.question for each in open_ones], _only_seed(open_ones)
    rest = "in most seeds" if seed is None else f"both by mean rank and by seed {seed} alone"
    alone = [each.question for each in found.questions if not each.contested]
    words = [f"in {join_words(level)} nobody is ahead {rest}"] if level else []
    words += [f"in {join_words(alone)} no two models can be compared"] if alone else []
    if words:
        yield f"{'; '.join(words).capitalize()}."


def _lead(each: QuestionVerdict, seeds: str) -> str:
    return f"{join_words(each.winners)} in {each.question}{seeds}"


def _leads_most_seeds(each: QuestionVerdict) -> bool:
    return not each.sure and 2 * each.seeds_won > each.seeds


def _only_seed(questions: Sequence[QuestionVerdict]) -> int | None:
    """Give the seed on which each of these questions rests alone; None where there are several, or no question."""
    common = {each.common for each in questions}
    return next(iter(common))[0] if len(common) == 1 and all(len(seeds) == 1 for seeds in common) else None


def _among(questions: list[QuestionVerdict]) -> str:
    won = {each.question: each.winners[0] for each in questions if each.sure}
    open_ones = [each.question for each in questions if not each.sure]
    names = list(dict.fromkeys(won.values()))
    rest = f"; {join_words(open_ones)} {'has' if len(open_ones) == 1 else 'have'} no sure winner" if open_ones else ""
    if not names:
        return f"no question has a sure winner: {_unsure(questions)}."
    if len(names) > 1:
        return f"no model wins every question: {_listed(won)}{rest}."
    if open_ones:
        return f"{_listed(won)}{rest}: whether it wins every question these seeds do not settle."
    return f"{names[0]} wins every question ({join_words(list(won))}): one model is best whichever question is asked."


def _unsure(questions: list[QuestionVerdict]) -> str:
    """Say why none of the questions has a sure winner."""
    if all(each.seeds < MIN_SEEDS for each in questions):
        return f"that takes {MIN_SEEDS} seeds at least"
    return "the seeds tell nobody who is ahead from all others"


def _alone(name: str, questions: list[QuestionVerdict]) -> str:
    won = [each.question for each in questions if each.sure and each.winners == (name,)]
    what = "every one of them" if len(won) == len(questions) else join_words(won) if won else "none of them surely"
    return f"Only {name} has scores for every question, so no other model can win them all; it wins {what}."


def _listed(won: dict[str, str]) -> str:
    """List winners: ``ae wins reconstruction, vae wins latent and samples``."""
    by_model: dict[str, list[str]] = {}
    for question, model in won.items():
        by_model.setdefault(model, []).append(question)
    return ", ".join(f"{model} wins {join_words(questions)}" for model, questions in by_model.items())


def _sentence(text: str) -> str:
    """Begin with a capital, unless the name of a model comes first."""
    return text[0].upper() + text[1:] if text.startswith("no ") else text


def _seeds(each: QuestionVerdict, noun: str = " seeds") -> str:
    """Count ``4 of 5 seeds``, or ``3 of 5 seeds and level in 1`` where somebody else is level at the top."""
    return f"{each.seeds_won} of {each.seeds}{noun}" + (f" and level in {each.seeds_tied}" if each.seeds_tied else "")


def _named(models: Sequence[str]) -> Sequence[str]:
    """Give the names of a few models, or the count of many."""
    return models if len(models) <= MOST_NAMED else [f"{len(models)} models"]
