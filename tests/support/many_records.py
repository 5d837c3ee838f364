"""A folder of very many records: a published one of today's panel, under other parameters and with other values."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from aezoo.record import seal
from aezoo.spec import ModelSpec, canonical_json

PUBLISHED = Path(__file__).parents[2] / "results" / "zoo" / "latent-2" / "records.jsonl.gz"
MODEL = "vae"
SEEDS = 5


def many_records(count: int) -> Iterator[dict[str, Any]]:
    """Yield so many records of five seeds a model: 308 scores each, by four samplers; the same ones every time.

    A model differs from the next one by its beta and by 5 % of each score, a seed from the next one by 1 %.
    """
    template = _published()
    rng = np.random.default_rng(0)
    for number in range(count):
        model, seed = divmod(number, SEEDS)
        if seed == 0:
            level = 1 + 0.05 * rng.normal(size=len(template["scores"]))
        factors = level * (1 + 0.01 * rng.normal(size=len(level)))
        yield _varied(template, round(0.5 + model / 100, 2), seed, factors.tolist())


def write_many_records(folder: Path, count: int) -> Path:
    """Write these records into a results folder, each into a file of its own."""
    for record in many_records(count):
        place = folder / "trials" / record["id"]
        place.mkdir(parents=True)
        (place / "record.json").write_text(json.dumps(seal(record)))
    return folder


def _published() -> dict[str, Any]:
    """The record to vary, without the files that lay beside it and the digest of its content."""
    with gzip.open(PUBLISHED) as lines:
        found = next(record for record in map(json.loads, lines) if record["label"] == MODEL)
    del found["digest"]
    return {**found, "artifacts": {}}


def _varied(template: dict[str, Any], beta: float, seed: int, factors: list[float]) -> dict[str, Any]:
    spec = {**template["spec"], "parameters": {"beta": beta}, "seed": seed}
    scores = [
        {**row, "value": row["value"] and row["value"] * factor}
        for row, factor in zip(template["scores"], factors, strict=True)
    ]
    trial_id = hashlib.sha256(canonical_json(spec).encode()).hexdigest()
    label = ModelSpec(name=MODEL, parameters=spec["parameters"]).label
    return {
        **template,
        "id": trial_id,
        "label": label,
        "spec": spec,
        "parameters": spec["parameters"],
        "scores": scores,
    }
