"""An engine that finishes every trial at once, in this process and without TensorFlow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from aezoo.engines.base import Admit, failed_outcome
from aezoo.messages import Outcome, Request
from aezoo.metrics.compute import default_metrics
from aezoo.npz import to_npz
from aezoo.record import environment, new_record
from aezoo.samplers import default_samplers

WEIGHTS = to_npz({})


def outcome_of(request: Request, **changes: object) -> Outcome:
    """The outcome of a finished trial without scores."""
    record = new_record(request.trial)
    record.update(
        status="done",
        role="oracle" if request.trial.model == "oracle" else "model",
        metrics={metric.name: metric.version for metric in default_metrics()},
        samplers=default_samplers(),
        environment=environment(),
        artifacts={"weights.npz": {"sha256": hashlib.sha256(WEIGHTS).hexdigest(), "bytes": len(WEIGHTS)}},
    )
    record["dataset"]["fingerprint"] = request.fingerprint
    record["timing"] |= {"total": 60.0, "metrics": {"mse": 2.0}}
    return Outcome({**record, **changes}, {"weights.npz": WEIGHTS})


def row_of(metric: str, /, **fields: object) -> dict[str, object]:
    """A whole row of a record."""
    row = {"question": "samples", "metric": metric, "family": metric, "version": 1, "sampler": None, "features": None}
    row |= {"value": None, "unit": "share", "better": "lower", "ideal": None, "n": 1, "state": "ok", "reason": ""}
    return {**row, **fields}


class InstantEngine:
    """Finishes every trial at once, but those whose seeds are in `failing`; `changes` go into each record."""

    def __init__(self, failing: Sequence[int] = (), **changes: object) -> None:
        self.failing, self.changes = failing, changes
        self.ran: list[Request] = []

    def __call__(self, requests: Sequence[Request], admit: Admit) -> Iterator[Outcome]:
        for request in requests:
            if admit(request):
                self.ran.append(request)
                failed = failed_outcome(request, "error", RuntimeError("no luck"))
                yield failed if request.trial.seed in self.failing else outcome_of(request, **self.changes)

    def kill(self) -> None:
        """Nothing runs."""
