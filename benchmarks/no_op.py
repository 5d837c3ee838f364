"""A trial that takes no time and leaves a record and files of the usual size."""

from __future__ import annotations

import hashlib
import os
from functools import cache

ROWS = 60
EPOCHS = 50
FILES = {"weights.npz": 1_500_000, "gallery.npz": 220_000}


def outcome_of(request, scale: float = 1.0):
    """The outcome of a request; its files have `scale` times the usual size."""
    from aezoo.messages import Outcome
    from aezoo.record import new_record

    files = {name: os.urandom(int(size * scale)) for name, size in FILES.items()}
    rows = [score(number, request.trial.seed) for number in range(ROWS)]
    return Outcome(
        {
            **new_record(request.trial),
            "status": "done",
            "dataset": {
                "name": request.trial.dataset,
                "fingerprint": request.fingerprint,
                "judge": "mnist",
                "note": "",
                "sizes": {"train": 60_000, "reference": 5_000, "oracle": 5_000},
            },
            "metrics": current_metrics(),
            "samplers": current_samplers(),
            "scores": rows,
            "curves": {side: {term: [0.1 * e for e in range(EPOCHS)] for term in TERMS} for side in SIDES},
            "artifacts": {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in files.items()
            },
        },
        files,
    )


TERMS = ("loss", "nll", "kl")
SIDES = ("train", "held_out")


@cache
def current_metrics() -> dict[str, int]:
    from aezoo.metrics.compute import default_metrics

    return {metric.name: metric.version for metric in default_metrics()}


@cache
def current_samplers() -> list[str]:
    from aezoo.samplers import SAMPLERS

    return SAMPLERS.names()


def score(number: int, seed: int) -> dict:
    """One row of the usual size."""
    return {
        "question": "samples",
        "metric": f"metric_number_{number:02d}",
        "family": f"metric_number_{number:02d}",
        "version": 1,
        "sampler": "gaussian-mixture",
        "features": "judge",
        "value": 0.123456789 + number + seed,
        "unit": "share",
        "better": "lower",
        "ideal": None,
        "n": 5_000,
        "state": "ok",
        "reason": "",
    }


def ready(names: list[str]) -> dict[str, str]:
    """What a worker does first: nothing; the data set of a no-op has a fingerprint of zeros."""
    return dict.fromkeys(names, "0" * 64)


def work(text: str, files: dict[str, bytes]):
    """What a Dask worker does with a request, with small files."""
    from aezoo.messages import Request

    return outcome_of(Request.from_wire(text, files), 0.01).to_wire()


def heavy_work(text: str, files: dict[str, bytes]):
    """`work`, with files of the usual size."""
    from aezoo.messages import Request

    return outcome_of(Request.from_wire(text, files)).to_wire()
