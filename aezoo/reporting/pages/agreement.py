"""The page of the command `agreement`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aezoo.analysis.agreement import Agreement, PairAgreement, QuestionAgreement, SubsetAgreement
from aezoo.analysis.reversals import QuestionReversals
from aezoo.analysis.winners import Winner
from aezoo.reporting.document import Document, PageSection
from aezoo.reporting.text import format_percent, section_lines, section_names
from aezoo.statistics import MIN_MODELS, MIN_SEEDS

STEADY = 0.01
"""A winner that changes in a smaller share of resampled seeds is not shown by itself."""

HEADERS = ("metrics of", "and of", "pairs", "models", "median tau", "95 % over seeds", "p at best", "the most opposed")

NO_CONTROLS = (
    "no controls in this folder: run some into it under the same protocol (--models memoriser,mode-dropper,blur) to "
    "see how metrics agree about generators that are known to be bad"
)


def agreement_document(agreements: Sequence[Agreement]) -> Document:
    """Make a page of what agrees in each section: where it comes from, each regime, the winners and the reversals."""
    names = section_names((found.section for found in agreements), with_protocol=False)
    parts = (part for found in agreements for part in _sections(found, names[found.section]))
    return Document(tuple(parts), tuple(agreements))


def _sections(found: Agreement, name: str) -> Iterator[PageSection]:
    lines = (
        *section_lines(found.section, found.samplers, found.least_seeds),
        *(() if found.controls else (NO_CONTROLS,)),
    )
    yield PageSection(f"Agreement between metrics on {name}", lines)
    for regime in found.regimes:
        yield _regime(regime)
    yield _winners(found.winners)
    yield _reversals(found)


def _regime(regime: SubsetAgreement) -> PageSection:
    opposed: dict[tuple[str, str], PairAgreement] = {}
    for pair in regime.pairs:  # the most opposed first
        opposed.setdefault(pair.questions, pair)
    rows = tuple(_question(each, opposed[each.questions]) for each in regime.questions)
    return PageSection(f"Kendall's tau {regime.name}", tuple(_reading(regime)), HEADERS, rows, text_columns=2, level=3)


def _reading(regime: SubsetAgreement) -> Iterator[str]:
    if not regime.questions:
        yield "no two metrics order two of the same models: there is nothing to correlate"
        return
    yield f"{', '.join(regime.models)}; seeds averaged, tau-b, intervals by resampling seeds"
    yield "models: how many both metrics of a pair score, the fewest of any pair; not every model has every score"
    few = any(each.models < MIN_MODELS for each in regime.questions)
    yield "p at best: what perfect agreement of so many models would have" + (
        f"; with fewer than {MIN_MODELS} no tau can be significant at 5 %" if few else ""
    )


def _question(each: QuestionAgreement, opposed: PairAgreement) -> tuple[str, ...]:
    return (
        *(*each.questions, str(each.pairs), str(each.models)),
        *(f"{each.tau:.2f}", _bounds(each.low, each.high), f"{each.smallest_p:.2g}"),
        f"{opposed.first} and {opposed.second}: {opposed.tau:.2f}",
    )


def _bounds(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"


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
            *(str(each.seeds), f"{each.changes:.0%}", _others(each)),
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
    words = [f"{name} {share:.0%}" for name, share in shares if name not in each.models and share >= STEADY]
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
