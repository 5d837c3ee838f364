"""The page of the command `agreement`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aezoo.analysis.agreement import Agreement, Bounds, PairAgreement, QuestionAgreement, SubsetAgreement
from aezoo.analysis.model_or_sampler import ModelOrSampler
from aezoo.analysis.reversals import QuestionReversals
from aezoo.analysis.stand_ins import StandIns
from aezoo.analysis.winners import Winner
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.text import (
    SHARES,
    few_seeds_warning,
    format_percent,
    join_words,
    section_lines,
    section_names,
)
from aezoo.statistics import MIN_MODELS, MIN_SEEDS

STEADY = 0.01
"""A winner that changes in a smaller share of resampled seeds is not shown by itself."""

INTERVALS = ("95 % over seeds", "95 % over models")

HEADERS = ("metrics of", "and of", "pairs", "models", "median tau", *INTERVALS, "p at best", "the most opposed")

SCREEN_PAIRS = 8
"""Pairs of metrics, one of each question, on the first screen: those that agree least."""

SHOWN_SPLITS = 8
"""Sample metrics that are split into model and sampler by themselves, those to read first."""

NO_CONTROLS = (
    "no controls in this folder: run some into it under the same protocol (--models memoriser,mode-dropper,blur) to "
    "see how metrics agree about generators that are known to be bad"
)


def agreement_document(agreements: Sequence[Agreement]) -> Document:
    """Make a page of what agrees in each section: where it comes from, each regime, the winners and the reversals."""
    names = section_names((found.section for found in agreements), with_protocol=False)
    parts = (part for found in agreements for part in _sections(found, names[found.section]))
    return Document(tuple(parts), tuple(agreements))


def agreement_screen(agreements: Sequence[Agreement]) -> Document:
    """Make the first screen of what agrees: in sentences, within each question, and one metric of each question.

    Returns:
        A document whose `data` holds the agreements whole.
    """
    names = section_names((found.section for found in agreements), with_protocol=False)
    parts = [part for found in agreements for part in _screen(found, names[found.section])]
    more = "pairs of questions, the sampler's weight, every winner that changes, reversals: the same command with --all"
    return Document((*parts, PageSection("", (more,))), tuple(agreements))


def _screen(found: Agreement, name: str) -> Iterator[PageSection]:
    models = found.regimes[0]
    opposed = _most_opposed(models)
    lines = (*_agreement_sentences(found), *few_seeds_warning(found.least_seeds, SHARES))
    headers = ("metrics of", "pairs", "models", "median tau", INTERVALS[0], "the most opposed")
    rows = []
    for each in models.questions:
        if each.questions[0] == each.questions[1]:
            first, _, pairs, count, tau, over_seeds, *_, words = _question(each, opposed[each.questions])
            rows.append((first, pairs, count, tau, over_seeds, words))
    title = f"Agreement between metrics on {name}"
    yield PageSection(title, lines, headers, tuple(rows), text_columns=1)
    if (headline := _headline(models)).rows:
        shown, total = headline.rows[:SCREEN_PAIRS], len(headline.rows)
        cut = (f"the {SCREEN_PAIRS} that agree least of {total}",) if total > SCREEN_PAIRS else ()
        yield replace(headline, lines=(*headline.lines, *cut), rows=shown)


def _agreement_sentences(found: Agreement) -> Iterator[str]:
    """Write what the whole page says of winners, reversals and the few metrics that stand for all."""
    count = len(found.regimes[0].models)
    yield f"Kendall's tau of the orders of {count} models by two metrics: 1 the same, -1 the opposite order."
    changing = sum(each.changes >= STEADY for each in found.winners)
    several = found.least_seeds > 1  # one seed that is resampled is always the same
    if several:
        yield f"By {changing} of {len(found.winners)} metrics another model wins in 1 % of resampled seeds or more."
    sure = f", {found.sure_reversals} of them in at least 95 % of resampled seeds" if several else ""
    yield f"Two metrics order two models differently in {found.reversal_count} cases{sure}."
    if found.stand_ins:
        best = found.stand_ins[-1]
        yield (
            f"{join_words(best.metrics)} order {best.models} models as all other sample metrics do with tau "
            f"{best.tau:.2f}; a median set of {len(best.metrics)} has {best.median:.2f}."
        )


def _sections(found: Agreement, name: str) -> Iterator[PageSection]:
    lines = (
        *section_lines(found.section, found.samplers, found.least_seeds),
        *(() if found.controls else (NO_CONTROLS,)),
    )
    yield PageSection(f"Agreement between metrics on {name}", lines)
    if (headline := _headline(found.regimes[0])).rows:
        yield headline
    for regime in found.regimes:
        yield _regime(regime)
    if found.stand_ins:
        yield _stand_ins(found.stand_ins)
    if found.model_or_sampler is not None:
        yield _model_or_sampler(found.model_or_sampler)
    yield _winners(found.winners)
    yield _reversals(found)


def _headline(regime: SubsetAgreement) -> PageSection:
    """Show how the first metrics of the questions agree, those that agree least first."""
    pairs = [pair for pair in regime.pairs if {pair.first, pair.second} <= set(regime.first)]
    rows = tuple(
        (
            pair.first,
            pair.second,
            str(pair.models),
            f"{pair.tau:.2f}",
            _bounds(pair.over_seeds),
            _bounds(pair.over_models),
        )
        for pair in pairs
    )
    lines = ("the metric of each question to read first: Kendall's tau of the orders of the models by any two",)
    headers = ("metric", "and", "models", "tau", *INTERVALS)
    return PageSection("One metric of each question", lines, headers, rows, text_columns=2, level=3)


def _regime(regime: SubsetAgreement) -> PageSection:
    opposed = _most_opposed(regime)
    rows = tuple(_question(each, opposed[each.questions]) for each in regime.questions)
    return PageSection(f"Kendall's tau {regime.name}", tuple(_reading(regime)), HEADERS, rows, text_columns=2, level=3)


def _most_opposed(regime: SubsetAgreement) -> dict[tuple[str, str], PairAgreement]:
    """Find the most opposed pair of metrics of each two questions."""
    return {pair.questions: pair for pair in reversed(regime.pairs)}  # the most opposed stand first


def _reading(regime: SubsetAgreement) -> Iterator[str]:
    if not regime.questions:
        yield "no two metrics order two of the same models: there is nothing to correlate"
        return
    yield f"{', '.join(regime.models)}; seeds averaged, tau-b, intervals by resampling seeds or models"
    yield "models: how many both metrics of a pair score, the fewest of any pair; not every model has every score"
    few = any(each.models < MIN_MODELS for each in regime.questions)
    yield "p at best: what perfect agreement of so many models would have" + (
        f"; with fewer than {MIN_MODELS} no tau can be significant at 5 %" if few else ""
    )


def _question(each: QuestionAgreement, opposed: PairAgreement) -> tuple[str, ...]:
    return (
        *(*each.questions, str(each.pairs), str(each.models)),
        *(f"{each.tau:.2f}", _bounds(each.over_seeds), _bounds(each.over_models), f"{each.smallest_p:.2g}"),
        f"{opposed.first} and {opposed.second}: {opposed.tau:.2f}",
    )


def _bounds(bounds: Bounds) -> str:
    return "–" if bounds is None else f"{bounds[0]:.2f} to {bounds[1]:.2f}"


def _stand_ins(found: Sequence[StandIns]) -> PageSection:
    """Show the few metrics that stand for all."""
    rows = tuple(
        (", ".join(each.metrics), str(len(each.metrics)), f"{each.tau:.2f}", f"{each.median:.2f}", f"{each.worst:.2f}")
        for each in found
    )
    lines = (
        f"tau of the orders of {found[0].models} models by the mean rank over a set and over all other sample metrics; "
        "the best of many sets is a little lucky: the median set is what a choice at random gives",
    )
    headers = ("best set of sample metrics", "metrics", "tau", "median set", "worst set")
    return PageSection("Few sample metrics for all", lines, headers, rows, level=3)


def _model_or_sampler(found: ModelOrSampler) -> PageSection:
    """Show the weight of the model and of the sampler in scores of samples."""
    lines = (
        f"a table of {len(found.models)} models by {len(found.samplers)} samplers ({', '.join(found.samplers)}); "
        "own: the prior, or the standard normal for a model without one",
        "shares of the sum of squares of the ranks of all cells; neither: another sampler suits each model",
    )
    splits = (*found.by_metric[:SHOWN_SPLITS], (f"median of {len(found.by_metric)} sample metrics", found.median))
    rows = tuple(
        (name, format_percent(of.rows), format_percent(of.columns), format_percent(of.interaction))
        for name, of in splits
    )
    headers = ("metric", "model", "sampler", "neither")
    return PageSection("Model or sampler", lines, headers, rows, level=3)


def _winners(found: Sequence[Winner]) -> PageSection:
    """Show the winners that change, and the others in one line."""
    steady = [each for each in found if each.changes < STEADY and each.seeds >= MIN_SEEDS]
    changing = sorted((each for each in found if each not in steady), key=lambda each: -each.changes)
    lines = ["changes: share of resampled seeds in which the winner of the means does not win"]
    if steady:
        lines.append(f"in under 1 % by {len(steady)} of {len(found)} metrics: {_counted(steady)}")
    rows = tuple(
        (
            *(each.question, each.metric, " = ".join(each.models), str(len(each.shares))),
            *(str(each.seeds), format_percent(each.changes), _others(each)),
        )
        for each in changing
    )
    headers = ("question", "metric", "winner", "of", "seeds", "changes", "to")
    return PageSection(
        "How often the winner changes, among the models", tuple(lines), headers, rows, text_columns=3, level=3
    )


def _counted(found: Sequence[Winner]) -> str:
    """Count wins: ``ae wins 5 reconstruction, vae wins 6 likelihood``."""
    counts: dict[tuple[str, str], int] = {}
    for each in found:
        key = (" = ".join(each.models), each.question)
        counts[key] = counts.get(key, 0) + 1
    by_model: dict[str, list[str]] = {}
    for (models, question), count in counts.items():
        by_model.setdefault(models, []).append(f"{count} {question}")
    return "; ".join(f"{models} wins {', '.join(words)}" for models, words in by_model.items())


def _others(each: Winner) -> str:
    shares = sorted(each.shares.items(), key=lambda item: -item[1])
    words = [f"{name} {format_percent(share)}" for name, share in shares if name not in each.models and share >= STEADY]
    return ", ".join(words) or "–"


def _reversals(found: Agreement) -> PageSection:
    lines = (
        f"{found.reversal_count} reversals of two models by two metrics, {found.sure_reversals} of them in at least "
        "95 % of resampled seeds; for each two questions the surest",
    )
    headers = ("metrics of", "and of", "reversals", "in 95 %", "the surest", "resampled seeds")
    rows = tuple(map(_reversal, found.question_reversals))
    return PageSection("Rank reversals, among the models", lines, headers, rows, text_columns=2, level=3)


def _reversal(each: QuestionReversals) -> tuple[str, ...]:
    one = each.surest
    words = f"{one.ahead} before {one.behind} by {one.first}, behind by {one.second}"
    return (*each.questions, str(each.reversals), str(each.sure), words, format_percent(one.probability))
