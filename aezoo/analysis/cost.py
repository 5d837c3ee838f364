"""Cost of models, as their records tell it: parameters, seconds of training, seconds of sampling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aezoo.record import TRAINED_ROLES

COST = "cost"
"""The question under which tables and frames show cost."""

COSTS = ("parameters", "train_seconds", "sample_seconds")
"""Its scores."""

LOADED = "loaded"
UNKNOWN_LOAD = "load not recorded"
"""Remarks on a time: more processes ran or waited than there are cores, or the record does not tell."""

NOT_RECORDED = "an earlier aezoo did not record it"

Record = Mapping[str, Any]


def load_remark(record: Record) -> str:
    """Say what to know of the times of a record: `LOADED`, `UNKNOWN_LOAD` or nothing.

    The load is the mean number of processes that ran or waited in the minute before the trial; above the cores that the
    trial could use, a time is that of a machine that was shared.
    """
    load, cores = record["timing"].get("load"), (record.get("environment") or {}).get("cores")
    if load is None or cores is None:
        return UNKNOWN_LOAD
    return LOADED if float(load) > int(cores) else ""


def with_cost(records: Iterable[Record]) -> Iterator[Record]:
    """Add to each finished trial of a model or floor its cost, as scores of the question `COST` that rank nothing.

    `parameters`: weights that training moves. `train_seconds`: wall-clock seconds of training, without compilation and
    evaluation. `sample_seconds`: of drawing the images that are scored, with the fit of the sampler, a row for each
    sampler; n/a for what no sampler suits. A time with a remark (see `load_remark`) has it as its reason. What an
    earlier aezoo did not record is n/a.
    """
    for record in records:
        costs = list(_costs(record)) if record["status"] == "done" and record["role"] in TRAINED_ROLES else []
        yield {**record, "scores": [*record["scores"], *costs]}


def _costs(record: Record) -> Iterator[dict[str, Any]]:
    spent = record["timing"].get("metrics") or {}
    samplers = {name.removeprefix("sampler/") for name in spent if name.startswith("sampler/")}
    samplers |= {score["sampler"] for score in record["scores"] if score.get("sampler")}
    remark, sizes = load_remark(record), record["dataset"].get("sizes") or {}
    known = [record["spec"]["protocol"].get("samples"), sizes.get("reference"), sizes.get("oracle")]
    images = min((size for size in known if size is not None), default=None)  # as many as are compared
    trained_on, refused = sizes.get("train"), record.get("refused_samplers") or {}
    for sampler in sorted(samplers - set(refused)) or [None]:
        drawn = spent.get(f"sampler/{sampler}")
        values = (record.get("parameter_count"), record["timing"].get("train"), drawn)
        unsampled = "; ".join(sorted(set(refused.values()))) if sampler is None else ""
        lacking = (NOT_RECORDED, NOT_RECORDED, unsampled or NOT_RECORDED)
        for metric, value, unit, said, why, n in zip(
            COSTS, values, ("weights", "s", "s"), ("", remark, remark), lacking, (None, trained_on, images), strict=True
        ):
            yield _score(metric, value, unit, sampler, why if value is None else said, n)


def _score(
    metric: str, value: float | None, unit: str, sampler: str | None, reason: str, n: int | None
) -> dict[str, Any]:
    return {
        "question": COST,
        "metric": metric,
        "family": COST,
        "version": 1,
        "sampler": sampler,
        "features": None,
        "value": None if value is None else float(value),
        "unit": unit,
        "better": "neither",
        "ideal": None,
        "n": n,
        "state": "n/a" if value is None else "ok",
        "reason": reason,
    }
