"""Trackers of experiments: one file each, a function that mirrors a trial into W&B, trackio, MLflow or TensorBoard.

A tracker is a function `(run, folder) -> str | None` registered by name; `run` is a `TrackedRun`, `folder` the results
folder. It may return where it writes, in a few words, which the run says at its end. It is called after a trial, and
again when that was scored again or is mirrored once more: it then updates the run that it made before, which it finds
by the trial's id. It may raise anything: the run goes on without it. It imports its package when it is called, and no
TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aezoo.record import Record
from aezoo.registry import Registry

Plain = bool | int | float | str

PROJECT = "aezoo"
"""Name of the project, or experiment, that runs belong to where the user names none."""


@dataclass(frozen=True)
class TrackedRun:
    """One trial as trackers show it.

    Attributes:
        id: the trial's id, 64 hexadecimal digits.
        name: label and seed, such as "vae seed 0".
        group: label, data set and protocol: what the seeds of one model share.
        config: the data set, model, seed, parameters and protocol; keys such as "protocol/epochs".
        scores: finite scores by "question/metric@sampler", or "question/metric" where nothing is sampled.
        curves: for each epoch the means of all terms, by "train/loss", "held_out/loss" and so on.
        tags: the role and the status of the trial.
        finished: whether it has ended as it should.
    """

    id: str
    name: str
    group: str
    config: Mapping[str, Plain]
    scores: Mapping[str, float]
    curves: Sequence[Mapping[str, float]]
    tags: tuple[str, ...]
    finished: bool


Tracker = Callable[[TrackedRun, Path], str | None]


def _build(name: str, target: Tracker) -> Tracker:
    return target


TRACKERS: Registry[Tracker] = Registry("tracker", "aezoo.trackers", _build)


def tracked_run(record: Record) -> TrackedRun:
    """Turn a record into what trackers show; scores that are n/a or failed are left out."""
    spec, label = record["spec"], record["label"]
    name = spec["protocol"]["name"]
    return TrackedRun(
        id=record["id"],
        name=f"{label} seed {spec['seed']}",
        group=f"{label} {record['dataset']['name']} {name}",
        config=_config(record),
        scores={_score_name(row): row["value"] for row in record["scores"] if row["value"] is not None},
        curves=_epochs(record["curves"]),
        tags=(record["role"], record["status"]),
        finished=record["status"] == "done",
    )


def _config(record: Record) -> dict[str, Plain]:
    """Flatten the spec; parameters are those in force, or of an old record those that were given."""
    spec = record["spec"]
    parameters = record.get("parameters") or spec["parameters"]
    return {
        "dataset": record["dataset"]["name"],
        "model": spec["model"],
        "seed": spec["seed"],
        **{f"parameters/{name}": value for name, value in parameters.items()},
        **{f"protocol/{name}": value for name, value in spec["protocol"].items()},
    }


def _score_name(row: Mapping[str, str | None]) -> str:
    name = f"{row['question']}/{row['metric']}"
    return name if row["sampler"] is None else f"{name}@{row['sampler']}"


def _epochs(curves: Mapping[str, Mapping[str, Sequence[float]]]) -> list[dict[str, float]]:
    """Turn curves by part and term into one mapping an epoch; a curve that is shorter is absent from the last ones."""
    flat = {f"{part}/{term}": values for part, terms in curves.items() for term, values in terms.items()}
    count = max(map(len, flat.values()), default=0)
    return [{name: values[epoch] for name, values in flat.items() if epoch < len(values)} for epoch in range(count)]
