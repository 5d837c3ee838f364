"""Trials that only tell of their epochs, with the command line: ``python tests/support/progress_work.py OPTIONS``.

Workers import this module, so that it imports little by itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from types import SimpleNamespace
from unittest.mock import patch

from aezoo.engines.worker import send_progress
from aezoo.messages import EpochProgress, Outcome, Request
from aezoo.record import new_record

EPOCHS = 5
BUSY_EPOCHS = 20_000
DEADLY = 2**31


def prepare() -> None:
    """Nothing: there is no TensorFlow to import."""


def tells(request: Request) -> Outcome:
    """Tells of `EPOCHS` epochs, or of as many as its seed says where that is more; the largest seeds die of it."""
    seed = request.trial.seed
    epochs = seed if EPOCHS < seed < DEADLY else EPOCHS
    for epoch in range(1, epochs + 1):
        send_progress(EpochProgress(request.trial.id, epoch, epochs, 200.0 - epoch, 0.3 * epoch))
        if seed > DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(float(os.environ.get("SECONDS_AN_EPOCH", 0)))
    time.sleep(4 * min(1.0, float(os.environ.get("SECONDS_AN_EPOCH", 0))))
    record = new_record(request.trial)
    record.update(status="done")
    record["dataset"]["fingerprint"] = request.fingerprint
    record["timing"] |= {"total": 0.5, "train": 0.25, "evaluate": 0.25}
    return Outcome(record)


def main(options: list[str]) -> int:
    """The command line with `tells` in place of a trial, without figures and without metrics."""
    from aezoo.bench import app
    from aezoo.engines.local import LocalEngine
    from aezoo.runner import action, report, suite_run

    def make_engine(_: str, jobs: int | None, timeout: float | None) -> LocalEngine:
        return LocalEngine(2, timeout, tells, prepare)

    metric = SimpleNamespace(name="mse", version=1, question="latent", slow=False)
    patch.object(action, "default_metrics", lambda *_: [metric]).start()
    patch.object(report, "draw_figures", lambda *_: []).start()
    patch.object(suite_run, "get_engine", make_engine).start()
    os.environ.setdefault("SECONDS_AN_EPOCH", "0.3")
    fixed = ["run", "--dataset", "mnist-5k", "--protocol", "smoke", "--models", "ae", "--seeds", "1"]
    return app.run_app([*fixed, *options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
