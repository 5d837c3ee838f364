"""The page of the command `verdict`: sentences and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aezoo.analysis.conventions import redundant_groups
from aezoo.analysis.question_verdict import QuestionVerdict
from aezoo.analysis.verdict import SamplerSensitivity, Verdict
from aezoo.analysis.winners import Disagreement, QuestionPairs
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.pages.caveat_sentences import baseline_sentences
from aezoo.reporting.pages.verdict_sentences import verdict_sentences
from aezoo.reporting.text import format_percent, join_words, sampler_line, section_lines, section_names
from aezoo.statistics import MIN_SEEDS

SHOWN = 10
"""Rows of the surest disagreements."""
MAX_LISTED = 6
"""Models that a cell lists before it counts the others."""

DISAGREEMENT_LEGEND = (
    "a pair is compared among the models that both metrics score; resampled seeds: the share of them in which the two "
    "name different winners"
)

LEGEND = (
    "winner: the lowest mean rank over the question's metrics, which are those that all its models have for all their "
    "common seeds; sure: told from every other model, alone in the first group",
    "groups: models that the seeds do not tell apart, with their mean ranks, the best first; two without a common "
    "group are told apart, by Student's test of their mean losses, each metric by its own scale, paired by seed and "
    "corrected by Holm's method for all pairs of models; five common seeds at least",
    "false alarms: of equal models any two are told apart in 5 % of questions at most (simulated); nothing is "
    "corrected for the number of questions, and five of them may together come to 23 %",
    "all of it covers the spread from seed to seed on this data set, and nothing else",
)

SCREEN_READING = (
    "winner: the lowest mean rank over the question's metrics; sure: told from every other model by five common seeds "
    "or more (Student's test, Holm)",
)

SAMPLER_READING = (
    "another sampler takes the place of each model's own, where the model can be sampled by it: of how many says the "
    "last column; the others keep their own"
)

CONTROL_READING = (
    "k of n: so many of the question's metrics take it for better than every model. A control is a generator that is "
    "known to be bad, a floor needs no training: to be ahead of those is the least to ask"
)


def _disagreements(found: Verdict) -> Iterator[PageSection]:
    """Show a row for each two questions, and the surest disagreements within one question."""
    if found.disagreements:
        yield _by_questions(found)
    within = _surest_within(found)
    if within:
        yield _within(within)


def _by_questions(found: Verdict) -> PageSection:
    headers = ("metrics of", "and of", "pairs", "disagree", "share", "the surest", "resampled seeds")
    rows = tuple(map(_questions, found.question_pairs))
    title = "Metrics that disagree about the winner"
    return PageSection(title, (DISAGREEMENT_LEGEND,), headers, rows, text_columns=2, level=3)


def _questions(each: QuestionPairs) -> tuple[str, ...]:
    counts = (str(each.pairs), str(each.disagreements), format_percent(each.disagreements / each.pairs))
    if each.surest is None:
        return (*each.questions, *counts, "–", "–")
    named = zip((each.surest.first, each.surest.second), each.surest.winners, strict=True)
    words = ", ".join(f"{metric}: {winner}" for metric, winner in named)
    return (*each.questions, *counts, words, format_percent(each.surest.probability))


def _surest_within(found: Verdict) -> list[tuple[Disagreement, int]]:
    """Select the surest pair of each two winners of one question, and count the pairs."""
    surest: dict[tuple[str, ...], tuple[Disagreement, int]] = {}
    for each in found.disagreements:
        if each.questions[0] == each.questions[1]:
            key = (each.questions[0], *sorted(each.winners))
            first, count = surest.get(key, (each, 0))
            surest[key] = (first, count + 1)
    return list(surest.values())


def _within(surest: list[tuple[Disagreement, int]]) -> PageSection:
    headers = ("question", "by", "wins", "but by", "wins", "resampled seeds", "pairs like it")
    rows = tuple(
        (
            *(each.questions[0], each.first, each.winners[0], each.second, each.winners[1]),
            *(format_percent(each.probability), str(count)),
        )
        for each, count in surest[:SHOWN]
    )
    lines = (f"the surest pair of each two winners, the first {len(rows)} of {len(surest)}",)
    return PageSection("The surest disagreements within one question", lines, headers, rows, text_columns=5, level=3)


def redundancy_note(questions: Iterable[QuestionVerdict]) -> Iterator[str]:
    """Count the metrics of each question, and how many of them are redundant, in one line."""
    words = [_words(each) for each in questions if each.contested]
    if words:
        yield (
            "every metric weighs the same in mean ranks and counts, also those that say nearly the same, and the same "
            f"score in two feature spaces counts twice: {'; '.join(words)}"
        )


def _words(each: QuestionVerdict) -> str:
    groups = [names for names in redundant_groups() if len(_members(names, each.metrics)) > 1]
    counts = {stems: sum(name.startswith(stems) for name in each.metrics) for stems in map(_stems, groups)}
    largest_first = sorted(counts, key=lambda stems: -counts[stems])
    redundant = [f"{counts[stems]} {' or '.join(stems)}" for stems in largest_first if counts[stems] > 1]
    return f"{len(each.metrics)} {each.question} metrics" + (f", of them {join_words(redundant)}" if redundant else "")


def _members(names: tuple[str, ...], metrics: Iterable[str]) -> set[str]:
    """Select those of `names` that are among the metrics, in any feature space; one alone repeats nothing."""
    found = (max((n for n in names if f"{metric}_".startswith(f"{n}_")), key=len, default="") for metric in metrics)
    return {*found} - {""}


def _stems(names: tuple[str, ...]) -> tuple[str, ...]:
    """Select the names that do not begin with another one: ``ndb`` of ``ndb`` and ``ndb_divergence``."""
    return tuple(name for name in names if not any(name.startswith(f"{other}_") for other in names))


def verdict_document(verdicts: Sequence[Verdict]) -> Document:
    """Make a page of verdicts: the sentences, who wins each question, what beats every model, metrics that disagree."""
    names = section_names((verdict.section for verdict in verdicts), with_protocol=False)
    parts = (part for verdict in verdicts for part in _sections(verdict, names[verdict.section]))
    return Document(tuple(parts), tuple(verdicts))


def verdict_screen(verdicts: Sequence[Verdict]) -> Document:
    """Make the first screen of verdicts: the sentences, and who wins each question how surely.

    Returns:
        A document whose `data` holds the verdicts whole.
    """
    names = section_names((verdict.section for verdict in verdicts), with_protocol=False)
    parts = [_screen(verdict, names[verdict.section]) for verdict in verdicts]
    more = "groups, other samplers, floors and controls, metrics that disagree: the same command with --all"
    return Document((*parts, PageSection("", (*SCREEN_READING, more))), tuple(verdicts))


def _screen(found: Verdict, name: str) -> PageSection:
    return PageSection(
        heading=f"Verdict on {name}",
        lines=tuple(verdict_sentences(found)),
        headers=("question", "winner", "sure", "of", "ahead in seeds", "metrics won", "not told from it"),
        rows=tuple(map(_short_question, found.questions)),
        text_columns=3,
        footer=tuple(sampler_line(found.samplers)),
    )


def _short_question(each: QuestionVerdict) -> tuple[str, ...]:
    if not each.contested:
        return (each.question, "–", "no contest", str(len(each.competitors)), *("–",) * 3)
    others = [name for name in (each.groups[0] if each.groups else ()) if name not in each.winners]
    return (
        *(each.question, _first(each.winners), _sure(each), str(len(each.competitors))),
        f"{each.seeds_won} of {each.seeds}",
        f"{each.metrics_won[each.winners[0]]} of {len(each.metrics)}",
        (_first(others) or "–") if each.groups else "all others",
    )


def _sections(found: Verdict, name: str) -> Iterator[PageSection]:
    yield PageSection(f"Verdict on {name}", tuple(verdict_sentences(found)))
    yield _winners(found)
    if found.other_samplers:
        yield _other_samplers(found)
    if found.beaten:
        yield _beaten(found)
    yield from _disagreements(found)


def _winners(found: Verdict) -> PageSection:
    place = section_lines(found.section, found.samplers, found.least_seeds)
    lines = (*LEGEND, *redundancy_note(found.questions), *_left_out(found), *place)
    headers = ("question", "winner", "sure", "of", "ahead in seeds", "resampled seeds", "metrics won", "groups")
    rows = tuple(map(_question, found.questions))
    return PageSection("Who wins", (), headers, rows, text_columns=3, text_at_end=2, level=3, footer=lines)


def _other_samplers(found: Verdict) -> PageSection:
    """Show who is ahead where another sampler takes the place of each model's own, a row for each."""
    contested = [each.question for each in found.questions if each.contested]
    rows = tuple(
        _with_sampler(each, other)
        for question in contested
        for other in found.other_samplers
        for each in other.questions
        if each.question == question and each.contested
    )
    headers = ("question", "sampler", "ahead", "sure", "mean rank", "next", "ahead in seeds", "of models resampled")
    return PageSection("With other samplers", (), headers, rows, text_columns=3, level=3, footer=(SAMPLER_READING,))


def _with_sampler(each: QuestionVerdict, other: SamplerSensitivity) -> tuple[str, ...]:
    ranks = sorted(each.mean_ranks.items(), key=lambda item: item[1])
    second = next((f"{name} {rank:.2f}" for name, rank in ranks if name not in each.winners), "–")
    return (
        *(each.question, other.sampler, " = ".join(each.winners), _sure(each)),
        *(f"{each.mean_ranks[each.winners[0]]:.2f}", second),
        f"{each.seeds_won} of {each.seeds}",
        f"{len(other.replaced)} of {len(each.competitors)}",
    )


def _left_out(found: Verdict) -> Iterator[str]:
    models = [f"{', '.join(each.left_out)} ({each.question})" for each in found.questions if each.left_out]
    if models:
        yield f"models left out for lack of scores: {'; '.join(models)}"
    metrics = [
        f"{', '.join(each.left_out_metrics)} ({each.question})" for each in found.questions if each.left_out_metrics
    ]
    if metrics:
        yield (
            "metrics left out, because a model has no score in some common seed or no two models differ: "
            f"{'; '.join(metrics)}"
        )


def _question(each: QuestionVerdict) -> tuple[str, ...]:
    if not each.contested:
        return (each.question, "–", "no contest", str(len(each.competitors)), *("–",) * 4)
    won = sorted(each.metrics_won.items(), key=lambda item: -item[1])
    listed = [f"{name} {count}" for name, count in won if count]
    return (
        *(each.question, " = ".join(each.winners), _sure(each), str(len(each.competitors))),
        f"{each.seeds_won} of {each.seeds}",
        format_percent(each.share),
        _first(listed) + (" of " if len(listed) <= MAX_LISTED + 1 else "; metrics: ") + str(len(each.metrics)),
        _groups(each),
    )


def _sure(each: QuestionVerdict) -> str:
    return "yes" if each.sure else "too few seeds" if each.seeds < MIN_SEEDS else "no"


def _first(texts: Sequence[str]) -> str:
    """Join the first texts, and count the others: ``ae 5, vae 3 and 12 others``."""
    more = f" and {len(texts) - MAX_LISTED} others" if len(texts) > MAX_LISTED + 1 else ""
    return ", ".join(texts[:MAX_LISTED] if more else texts) + more


def _groups(each: QuestionVerdict) -> str:
    """Write groups one after the other: ``ae 1.25 | vae 2.50, beta-vae 2.75``; a model has its mean rank once."""
    if not each.groups:
        ranks = sorted(each.mean_ranks.items(), key=lambda item: item[1])
        return f"too few seeds to tell ({_first([f'{name} {rank:.2f}' for name, rank in ranks])})"
    texts: list[str] = []
    named: set[str] = set()
    for group in each.groups:
        texts.append(", ".join(name if name in named else f"{name} {each.mean_ranks[name]:.2f}" for name in group))
        named.update(group)
    return " | ".join(texts)


def _beaten(found: Verdict) -> PageSection:
    cells = {(each.role, each.name, each.question): f"{len(each.metrics)} of {each.total}" for each in found.beaten}
    subjects = dict.fromkeys((each.role, each.name) for each in found.beaten)
    asked = {each.question for each in found.beaten}
    questions = [each.question for each in found.questions if each.question in asked]
    rows = tuple(
        (name, role, *(cells.get((role, name, question), "–") for question in questions)) for role, name in subjects
    )
    headers = ("beats every model by", "role", *questions)
    lines = (*baseline_sentences(found), CONTROL_READING)
    return PageSection("Floors and controls against every model", lines, headers, rows, text_columns=2, level=3)
