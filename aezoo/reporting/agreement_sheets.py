"""Agreement as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aezoo.reporting.agreement import Agreement, PairAgreement, QuestionAgreement, Regime, Winner
from aezoo.reporting.sheets import Sheet
from aezoo.statistics import LEAST_MODELS, LEAST_SEEDS

SHOWN = 10
QUESTION_HEADERS = ("metrics of", "and of", "pairs", "models", "median tau", "95 % over seeds", "p at best")
PAIR_HEADERS = ("metric", "metric", "questions", "models", "tau", "95 % over seeds")


def agreement_sheets(found: Agreement) -> Iterator[Sheet]:
    """Where it comes from, then each regime, the winners and the reversals."""
    lines = (*place_lines(found), *few_seeds(found.least_seeds))
    yield Sheet(f"Agreement between metrics on {found.dataset}", lines)
    for regime in found.regimes:
        yield from _regime(regime)
    yield _winners(found.winners)
    yield _reversals(found)


def place_lines(found: Agreement) -> Iterator[str]:
    yield f"data: {found.dataset}, fingerprint {found.fingerprint[:12]}; protocol: {found.protocol}"
    if found.samplers:
        yield sampler_line(found.samplers)


def sampler_line(samplers: Mapping[str, str]) -> str:
    """With what each model was sampled."""
    by_sampler: dict[str, list[str]] = {}
    for model, sampler in samplers.items():
        by_sampler.setdefault(sampler, []).append(model)
    words = (f"{sampler} ({', '.join(models)})" for sampler, models in by_sampler.items())
    return f"sample metrics with the sampler: {', '.join(words)}"


def few_seeds(count: int) -> Iterator[str]:
    """The word that fewer than five seeds need."""
    if count < LEAST_SEEDS:
        yield (
            f"a model has only {count} seed{'' if count == 1 else 's'}: shares of resampled seeds say little below "
            f"{LEAST_SEEDS}, and no test is meaningful"
        )


def _regime(regime: Regime) -> Iterator[Sheet]:
    rows = tuple(_question(each) for each in regime.questions)
    title = f"Kendall's tau {regime.name}"
    yield Sheet(title, tuple(_reading(regime)), QUESTION_HEADERS, rows, text_columns=2, level=3)
    if regime.pairs:
        shown = tuple(_pair(each) for each in regime.pairs[:SHOWN])
        title = f"The most opposed of {len(regime.pairs)} pairs of metrics, {regime.name}"
        yield Sheet(title, (), PAIR_HEADERS, shown, text_columns=3, level=4)


def _reading(regime: Regime) -> Iterator[str]:
    yield f"{', '.join(regime.models)}; seeds averaged, tau-b, intervals by resampling seeds"
    yield "models: how many both metrics of a pair score, the fewest of any pair; not every model has every score"
    if any(each.models < LEAST_MODELS for each in regime.questions):
        yield (
            f"p at best: what perfect agreement of so many models would have; with fewer than {LEAST_MODELS} no tau "
            "can be significant at 5 %"
        )
    else:
        yield "p at best: what perfect agreement of so many models would have"


def _question(each: QuestionAgreement) -> tuple[str, ...]:
    counts = (str(each.pairs), str(each.models))
    return (*each.questions, *counts, f"{each.tau:.2f}", bounds(each.low, each.high), f"{each.smallest_p:.2g}")


def _pair(each: PairAgreement) -> tuple[str, ...]:
    return (
        *_metrics(each.first, each.second, each.questions),
        str(each.models),
        f"{each.tau:.2f}",
        bounds(each.low, each.high),
    )


def bounds(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"


def _metrics(first: str, second: str, questions: tuple[str, str]) -> tuple[str, str, str]:
    return first, second, " / ".join(dict.fromkeys(questions))


def _winners(found: Sequence[Winner]) -> Sheet:
    lines = ("changes: share of resampled seeds in which the winner of the means does not win",)
    ordered = sorted(found, key=lambda each: -each.changes)
    rows = tuple(
        (each.question, each.metric, " = ".join(each.models), f"{each.changes:.0%}", _others(each)) for each in ordered
    )
    headers = ("question", "metric", "winner", "changes", "to")
    return Sheet("How often the winner changes, among the models", lines, headers, rows, text_columns=3, level=3)


def _others(each: Winner) -> str:
    shares = sorted(each.shares.items(), key=lambda item: -item[1])
    words = [f"{name} {share:.0%}" for name, share in shares if name not in each.models and share >= 0.01]
    return ", ".join(words) or "–"


def _reversals(found: Agreement) -> Sheet:
    rows = tuple(
        (
            *(each.ahead, each.behind),
            *(*_metrics(each.first, each.second, each.questions), f"{each.probability:.0%}"),
        )
        for each in found.reversals
    )
    lines = (
        f"{found.reversal_count} reversals by the means, {found.sure_reversals} of them in at least 95 % of resampled "
        "seeds; shown is the surest of each two models and questions",
    )
    headers = ("model", "is ahead of", "by", "behind by", "questions", "probability")
    return Sheet("Rank reversals, among the models", lines, headers, rows, text_columns=5, level=3)
