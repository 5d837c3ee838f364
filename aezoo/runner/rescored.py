"""Record of a trial that was scored again: the earlier one with the new scores."""

from __future__ import annotations

from aezoo.record import Record


def merge_scores(old: Record, new: Record) -> Record:
    """Return `old` with the scores that `new` computed again, and the artifacts made beside them, in place of its own.

    The digests of sources are those of the code behind each score. Scores of samplers are computed again one by one,
    but there is one digest of a sampler: it stays the old one until all of its scores are new.
    """
    kept = [row for row in old["scores"] if row["family"] not in new["metrics"]]
    seconds = {**old["timing"].get("metrics", {}), **new["timing"].get("metrics", {})}
    return {
        **old,
        "parameter_count": new.get("parameter_count"),
        "sources": _merge_sources(old, new),
        "metrics": {**old["metrics"], **new["metrics"]},
        "samplers": new["samplers"],
        "refused_samplers": new.get("refused_samplers", {}),
        "scores": kept + new["scores"],
        "timing": {**old["timing"], "metrics": seconds, "rescore": new["timing"].get("total")},
        "artifacts": {**old["artifacts"], **new["artifacts"]},
        "warnings": new["warnings"],
    }


def add_samplers(old: Record, new: Record) -> Record:
    """Return `old` with what `new` says of further samplers: their scores, reasons, digests, seconds and warnings.

    The metrics are those of `old`, in the same versions. Their seconds are the sums. Where both know a sampler, its
    scores are those of `new`.
    """
    added = [row for row in new["scores"] if row["sampler"] is not None]
    replaced = {(row["family"], row["sampler"]) for row in added}
    kept = [row for row in old["scores"] if (row["family"], row["sampler"]) not in replaced]
    seconds = dict(old["timing"].get("metrics", {}))
    for name, spent in new["timing"].get("metrics", {}).items():
        seconds[name] = seconds.get(name, 0.0) + spent
    sources = old.get("sources", {})
    digests = {**sources.get("sampler", {}), **new.get("sources", {}).get("sampler", {})}
    return {
        **old,
        "sources": {**sources, "sampler": digests},
        "samplers": sorted({*old["samplers"], *new["samplers"]}),
        "refused_samplers": {**old.get("refused_samplers", {}), **new.get("refused_samplers", {})},
        "scores": kept + added,
        "timing": {**old["timing"], "metrics": seconds, "rescore": new["timing"].get("total")},
        "artifacts": {**old["artifacts"], **new["artifacts"]},
        "warnings": list(dict.fromkeys([*old.get("warnings", []), *new["warnings"]])),
    }


def _merge_sources(old: Record, new: Record) -> dict[str, dict[str, str]]:
    before, after = old.get("sources", {}), new.get("sources", {})
    sampled = {row["family"] for row in old["scores"] if row["sampler"] is not None}
    samplers = {"sampler": after.get("sampler", {})} if sampled <= set(new["metrics"]) else {}
    return {**before, "metric": {**before.get("metric", {}), **after.get("metric", {})}, **samplers}
