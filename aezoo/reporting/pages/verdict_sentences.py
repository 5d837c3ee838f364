"""The sentences that a verdict supports; every one depends on its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from aezoo.analysis.verdict import QuestionVerdict, Verdict
from aezoo.reporting.text import format_percent, join_words
from aezoo.statistics import MIN_CONFIDENCE, MIN_SEEDS

GOALS = {"copying": "freedom from copying", "anomaly": "anomaly detection"}
"""Goals of questions whose name is that of a fault."""
MOST_CHANGES = 3
"""More changes of who is ahead are counted and not named."""
MOST_CONTROLS = 3
"""More controls that fool a score are counted and not named."""
MOST_NAMED = 10
"""More models in a sentence are counted and not named."""


def overall_sentences(found: Verdict) -> Iterator[str]:
    """Write what all questions say together; nothing where only one question has a contest.

    Each question is won among the models that have scores for it: that a model has none is no defeat, so a model that
    wins whatever it can be asked is named.
    """
    found = _with_goals(found)
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
    found = _with_goals(found)
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


def _with_goals(found: Verdict) -> Verdict:
    """Call each question by what a model wins in it: who "leads in copying" would seem to copy most."""

    def renamed(questions: Iterable[QuestionVerdict]) -> tuple[QuestionVerdict, ...]:
        return tuple(replace(each, question=GOALS.get(each.question, each.question)) for each in questions)

    samplers = tuple(replace(other, questions=renamed(other.questions)) for other in found.other_samplers)
    among_complete = renamed(found.among_complete)
    return replace(
        found,
        questions=renamed(found.questions),
        among_complete=among_complete,
        among_most_seeds=renamed(found.among_most_seeds),
        other_samplers=samplers,
    )


def _among(questions: list[QuestionVerdict]) -> str:
    won = {each.question: each.winners[0] for each in questions if each.sure}
    open_ones = [each.question for each in questions if not each.sure]
    names = list(dict.fromkeys(won.values()))
    rest = f"; {join_words(open_ones)} {'is' if len(open_ones) == 1 else 'are'} open" if open_ones else ""
    if not names:
        return "no question has a sure winner: these numbers do not say which model is best."
    if len(names) > 1:
        return f"no model wins every question: {_listed(won)}{rest}. Which is best depends on the question asked."
    if open_ones:
        return f"{_listed(won)}{rest}: whether it wins every question these seeds do not settle."
    return f"{names[0]} wins every question ({join_words(list(won))}): one model is best whichever question is asked."


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


def verdict_sentences(found: Verdict) -> list[str]:
    """Say all that a verdict supports in whole sentences: all in one, each question, other samplers, the metrics."""
    found = _with_goals(found)
    return [
        *overall_sentences(found),
        *_each_question(found),
        *_among_most_seeds(found),
        *_fooled(found),
        *complete_sentences(found),
        *_savings(found),
        *_sampler_dependence(found),
        *_metrics(found),
    ]


def short_verdict(found: Verdict) -> list[str]:
    """Say what matters most of a verdict, in three sentences at most, and one on the models that share more seeds.

    All questions together, then who is ahead, or that nobody is, where nobody wins surely; which generators known to be
    bad the first sample score takes for the best, whether the sampler decides, and how many pairs of metrics disagree:
    as many of these as there is room for.
    """
    found = _with_goals(found)
    overall = " ".join(overall_sentences(found))
    contested = [each for each in found.questions if each.contested]
    alone = [_question(each, found) for each in (contested or found.questions)[:1]]
    open_ones = " ".join([*_leads(contested), *_without_leader(found)])
    sentences = [overall, *filter(None, [open_ones])] if overall else alone
    more_seeds = list(_among_most_seeds(found))
    rest = [*_fooled(found), *_sampler_dependence(found), *_metrics(found)]
    return [*sentences, *more_seeds, *rest][: 3 + len(more_seeds)]


def _leads(questions: Sequence[QuestionVerdict]) -> Iterator[str]:
    """Write one sentence on the questions without a sure winner in which most seeds have the same model ahead."""
    ahead = [each for each in questions if _leads_most_seeds(each)]
    seed = _only_seed(ahead)
    leads = ", ".join(_lead(each, "" if seed is not None else f" ({_seeds(each)})") for each in ahead)
    if seed is not None:
        yield f"Ahead by seed {seed} alone, the only one that all models have: {leads}."
    elif leads:
        yield f"Ahead by mean rank over metrics, where nobody wins surely: {leads}."


def _lead(each: QuestionVerdict, seeds: str) -> str:
    return f"{join_words(each.winners)} in {each.question}{seeds}"


def _only_seed(questions: Sequence[QuestionVerdict]) -> int | None:
    """Give the seed on which each of these questions rests alone; None where there are several, or no question."""
    common = {each.common for each in questions}
    return next(iter(common))[0] if len(common) == 1 and all(len(seeds) == 1 for seeds in common) else None


def _among_most_seeds(found: Verdict) -> Iterator[str]:
    """Write who leads among the models that have more seeds than others, where these are more than one seed."""
    ahead = [each for each in found.among_most_seeds if each.contested and each.seeds > 1]
    ahead = [each for each in ahead if 2 * each.seeds_won > each.seeds]
    if ahead:
        most = max(each.seeds for each in ahead)
        leads = ", ".join(_lead(each, f" ({_seeds(each, '')})") for each in ahead)
        yield f"Ahead among the {len(found.with_most_seeds)} models with {most} seeds: {leads}."


def _fooled(found: Verdict) -> Iterator[str]:
    """Name the controls that the first sample score takes for better than every model, and what sees them."""
    fooled = found.fooled
    if fooled is None:
        return
    named = [
        f"{each.name} ({_value(each.value)}" + (f", seen by {each.seen_by})" if each.seen_by else ")")
        for each in fooled.controls[:MOST_CONTROLS]
    ]
    more = len(fooled.controls) - len(named)
    names = join_words([*named, *([f"{more} more"] if more else [])])
    if len(fooled.controls) == 1:
        subject, verb = "a generator known to be bad", "is"
    else:
        subject, verb = f"{len(fooled.controls)} generators known to be bad", "are"
    yield (
        f"By {fooled.metric} {subject} {verb} ahead of every model: {names}; the best model, {fooled.model}, has "
        f"{_value(fooled.value)}."
    )


def _value(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"


def _leads_most_seeds(each: QuestionVerdict) -> bool:
    return not each.sure and 2 * each.seeds_won > each.seeds


def _without_leader(found: Verdict) -> Iterator[str]:
    """Write one sentence on the questions in which nobody is ahead in most seeds, or that no two models answer."""
    open_ones = [each for each in found.questions if each.contested and not (each.sure or _leads_most_seeds(each))]
    level, seed = [each.question for each in open_ones], _only_seed(open_ones)
    rest = "in most seeds" if seed is None else f"both by mean rank and by seed {seed} alone"
    alone = [each.question for each in found.questions if not each.contested]
    words = [f"in {join_words(level)} nobody is ahead {rest}"] if level else []
    words += [f"in {join_words(alone)} no two models can be compared"] if alone else []
    if words:
        yield f"{'; '.join(words).capitalize()}."


def _sampler_dependence(found: Verdict) -> Iterator[str]:
    """Write one sentence on the samplers other than each model's own."""
    before = {each.question: each for each in found.questions if each.contested}
    now = [
        (other.sampler, each)
        for other in found.other_samplers
        for each in other.questions
        if each.contested and each.question in before
    ]
    changed = [(sampler, each) for sampler, each in now if set(each.winners) != set(before[each.question].winners)]
    if changed:
        questions = list(dict.fromkeys(each.question for _, each in changed))
        ahead: dict[str, dict[str, list[str]]] = {}
        for sampler, each in changed:
            ahead.setdefault(sampler, {}).setdefault(join_words(each.winners), []).append(each.question)
        alike: dict[str, list[str]] = {}
        for sampler, leads in ahead.items():
            everywhere = list(leads.values()) == [questions]
            text = join_words([names if everywhere else f"{names} in {join_words(of)}" for names, of in leads.items()])
            alike.setdefault(text, []).append(sampler)
        words = [f"with {join_words(samplers)} it is {text}" for text, samplers in alike.items()]
        if len(words) > MOST_CHANGES:
            counts = [_count_leaders(question, [each for _, each in now]) for question in questions]
            words = [f"with other samplers {join_words(counts)}"]
        yield f"Who is ahead in {join_words(questions)} depends on the sampler: {', '.join(words)}."
    elif now:
        yield "Who is ahead is the same with every other sampler."


def _count_leaders(question: str, now: Sequence[QuestionVerdict]) -> str:
    leaders = {name for each in now if each.question == question for name in each.winners}
    return f"{len(leaders)} different models lead in {question}"


def baseline_sentences(found: Verdict) -> Iterator[str]:
    """Name, for each question, the floors and controls that no model is above by most of its metrics."""
    for question in found.questions:
        above = [each for each in found.beaten if each.question == question.question]
        above = [each for each in above if 2 * len(each.metrics) > each.total]
        if above:
            names = ", ".join(each.name for each in sorted(above, key=lambda each: -len(each.metrics)))
            yield f"By most {question.question} metrics no model is above {names}."


def _each_question(found: Verdict) -> Iterator[str]:
    """Write a sentence for each question; one for all of those that too few seeds leave open."""
    unsettled = [each for each in found.questions if each.contested and not each.sure and each.seeds < MIN_SEEDS]
    if len(unsettled) < 2:
        unsettled = []
    yield from (_question(each, found) for each in found.questions if each not in unsettled)
    if unsettled:
        seed = _only_seed(unsettled)
        ahead = "; ".join(
            f"{each.question}: {join_words(each.winners)} (of {len(each.competitors)} models{_in_seeds(each, seed)})"
            for each in unsettled
        )
        only = "" if seed is None else f", and seed {seed} is the only one that all models have"
        yield f"Ahead, while fewer than {MIN_SEEDS} seeds cannot make a winner sure{only}: {ahead}."


def _in_seeds(each: QuestionVerdict, only: int | None) -> str:
    """Say in how many seeds a winner by mean rank is ahead; of an only seed, where it is not."""
    if only is None:
        return f", {_seeds(each)}"
    return "" if each.seeds_won else f", but not by seed {only} alone"


def _question(each: QuestionVerdict, found: Verdict) -> str:
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


def _tied(each: QuestionVerdict) -> str:
    """Name the models that share the first group with the winner: ``vae and gan are``."""
    others = [name for name in each.groups[0] if name not in each.winners]
    return f"{join_words(others)} {'is' if len(others) == 1 else 'are'}"


def _savings(found: Verdict) -> Iterator[str]:
    """Name the models that do as well as a winner in half its time or less."""
    for each in found.savings:
        goal = GOALS.get(each.question, each.question)
        yield (
            f"{each.model} is the same as {each.winner} in {goal} within the interval, at "
            f"{format_percent(each.time_share)} of its seconds of training ({each.seeds} seeds)."
        )


def _uncontested(each: QuestionVerdict) -> str:
    """Say why nobody wins a question."""
    if len(each.competitors) == 1:
        return f"Nobody wins {each.question}: {each.competitors[0]} has nobody to compete with."
    if each.competitors:
        models = len(each.competitors)
        return f"Nobody wins {each.question}: no metric has a score of all {models} models in all their common seeds."
    return f"Nobody wins {each.question}: there is nobody to compete, because no model has most of its metrics."


def _seeds(each: QuestionVerdict, noun: str = " seeds") -> str:
    """Count ``4 of 5 seeds``, or ``3 of 5 seeds and level in 1`` where somebody else is level at the top."""
    return f"{each.seeds_won} of {each.seeds}{noun}" + (f" and level in {each.seeds_tied}" if each.seeds_tied else "")


def _named(models: Sequence[str]) -> Sequence[str]:
    """Give the names of a few models, or the count of many."""
    return models if len(models) <= MOST_NAMED else [f"{len(models)} models"]


def _metrics(found: Verdict) -> Iterator[str]:
    """Count the pairs of metrics that name different winners."""
    if not found.pairs:
        yield _no_pairs(found)
        return
    compared = f"Of {found.pairs} pairs of metrics that can be compared, among the models that both score,"
    if not found.disagreements:
        yield f"{compared} none name different winners."
        return
    sure = sum(each.probability >= MIN_CONFIDENCE for each in found.disagreements)
    within = sum(each.questions[0] == each.questions[1] for each in found.disagreements)
    tail = "" if found.least_seeds >= MIN_SEEDS else f", which says little with fewer than {MIN_SEEDS} seeds"
    yield (
        f"{compared} {len(found.disagreements)} ({format_percent(len(found.disagreements) / found.pairs)}) name "
        f"different winners, {within} of them within one question; {sure} do so in at least 95 % of "
        f"resampled seeds{tail}."
    )


def _no_pairs(found: Verdict) -> str:
    """Say why no two metrics can name different winners."""
    if not found.comparable:
        return "No metric scores two models: there is nothing for metrics to disagree about."
    if not found.discriminating:
        return "By every metric the models that it scores tie: there is nothing for metrics to disagree about."
    if found.discriminating == 1:
        return "One metric alone tells models apart: there is no other to disagree with it."
    return (
        "No two metrics that tell models apart score two of the same models: there is nothing for them to disagree "
        "about."
    )
