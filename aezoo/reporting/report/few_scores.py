"""Scores of a page with very many models: those to read first, by each model's own sampler; all would be too many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aezoo.analysis.conventions import headline_metrics, headline_place
from aezoo.analysis.frames import COMPARISON, Record, canonical_text
from aezoo.analysis.own_sampler import choose_sampler
from aezoo.record import LACKING_DATA

MANY_MODELS = 100
"""More models of one section have the scores to read first alone."""

Setting = tuple[str, ...]
"""A data set, its judge and a protocol: what the trials of a section have in common."""


def few_scores(records: Iterable[Record]) -> list[Record]:
    """Reduce the records of each section with more than `MANY_MODELS` models; leave the others as they are.

    What is left are the scores to read first, of each model those of its own sampler. Records that come one by one are
    reduced as they come, so that those of 10,000 trials are never in memory whole. What is reduced stays as it is.
    """
    labels: dict[Setting, set[str]] = {}
    whole: dict[Setting, list[int]] = {}
    kept: list[Record] = []
    for record in records:
        setting = _setting(record)
        known = labels.setdefault(setting, set())
        if record["role"] == "model" and record["status"] == "done":
            known.add(record["label"])
        if len(known) > MANY_MODELS:
            kept.append(_reduced(record))
        else:
            whole.setdefault(setting, []).append(len(kept))
            kept.append(record)
    for setting, places in whole.items():
        if len(labels[setting]) > MANY_MODELS:
            for place in places:
                kept[place] = _reduced(kept[place])
    return kept


def _setting(record: Record) -> Setting:
    dataset = record["dataset"]
    names = (dataset.get(name) or "" for name in ("name", "fingerprint", "judge"))
    return (*names, canonical_text(record["spec"]["protocol"]), record.get(COMPARISON) or "")


def _reduced(record: Record) -> Record:
    samplers = {score["sampler"] for score in record["scores"]} - {None}
    own = choose_sampler(samplers, record["role"]) if samplers and record["role"] == "model" else None
    shown = [score for score in record["scores"] if own is None or score["sampler"] in (None, own)]
    return {**record, "scores": list(_first_scores(shown, bool(record["dataset"].get("judge"))))}


def _first_scores(scores: Iterable[Mapping[str, Any]], has_judge: bool) -> Iterator[Mapping[str, Any]]:
    """Yield the scores to read first that the data set has something for; all of a question that has none of them."""
    by_question: dict[str, list[Mapping[str, Any]]] = {}
    for score in scores:
        by_question.setdefault(score["question"], []).append(score)
    for question, found in by_question.items():
        count = len(headline_metrics(question))
        first = [score for score in found if _place(score, has_judge) < count]
        yield from first if any(not score["reason"].startswith(LACKING_DATA) for score in first) else found


def _place(score: Mapping[str, Any], has_judge: bool) -> int:
    """Find the place of a score among those to read first; without a judge any space of features is among them."""
    features = score["features"] or ""
    metric = score["metric"] if has_judge or not features else score["metric"].removesuffix(f"_{features}")
    return headline_place(score["question"], metric, features if has_judge else "")
