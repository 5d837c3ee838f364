"""Words for comparisons: places, seeds, bounds, and many scores in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from aezoo.reporting.comparison.comparison import Comparison
from aezoo.reporting.comparison.pairing import ComparedScore

MOST_NAMES = 6


def places(comparisons: Sequence[Comparison]) -> list[str]:
    """The data set of each, and where several share it what else sets them apart."""
    facts = [_facts(each) for each in comparisons]
    found = []
    for comparison, of in zip(comparisons, facts, strict=True):
        others = [each for other, each in zip(comparisons, facts, strict=True) if other.dataset == comparison.dataset]
        shared = Counter(fact for each in others for fact in each)
        own = [fact for fact in of if shared[fact] < len(others)]
        found.append(", ".join([comparison.dataset, *own]))
    return found


def _facts(comparison: Comparison) -> list[str]:
    settings = comparison.protocol.removesuffix(")").replace(" (", ", ").split(", ")
    return [f"fingerprint {comparison.fingerprint[:12]}", f"judge {comparison.judge or 'none'}", *settings]


def seeds_words(seeds: Sequence[int]) -> str:
    """``seed 3`` or ``seeds 1, 2 and 4``."""
    *head, last = map(str, seeds)
    return f"seeds {', '.join(head)} and {last}" if head else f"seed {last}"


def bounds_words(low: float, high: float) -> str:
    """Bounds of a worsening: ``0.1 better to 0.3 worse``, ``0.1 to 0.3 worse``."""
    words = ["worse" if bound > 0 else "better" if bound < 0 else "" for bound in (low, high)]
    first = f"{abs(low):.3g}" if words[0] in ("", words[1]) else f"{abs(low):.3g} {words[0]}"
    return f"{first} to {abs(high):.3g} {words[1]}".rstrip()


def many(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> str:
    """Some of the scores in words: whole models, questions and samplers instead of all their metrics."""
    by_text: dict[str, list[str]] = {}
    for model in dict.fromkeys(score.model for score in chosen):
        of_model = [score for score in scores if score.model == model]
        text = _of_model([score for score in chosen if score.model == model], of_model)
        by_text.setdefault(text, []).append(model)
    return "; ".join(f"{text} of {', '.join(models)}" if any(models) else text for text, models in by_text.items())


def _of_model(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> str:
    if len(chosen) == len(scores):
        return f"all {len(scores)} scores" if len(scores) > 1 else scores[0].metric
    return ", ".join(_parts(chosen, scores))


def _parts(chosen: Sequence[ComparedScore], scores: Sequence[ComparedScore]) -> Iterator[str]:
    for question, sampler in dict.fromkeys((score.question, score.sampler) for score in chosen):
        names = [score.metric for score in chosen if (score.question, score.sampler) == (question, sampler)]
        count = sum((score.question, score.sampler) == (question, sampler) for score in scores)
        place = f"{question} with {sampler}" if sampler else question
        if len(names) == count > 1:
            yield f"{place} (all {count})"
        else:
            more = [f"and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
            yield f"{place} ({', '.join([*names[:MOST_NAMES], *more])})"
