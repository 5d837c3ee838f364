"""Trials that cost nothing, for sweeps whose processes, files and signals are real. No TensorFlow is imported."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from aezoo.messages import Outcome, Request
from aezoo.npz import to_npz
from aezoo.record import environment, new_record
from aezoo.seeds import generator


def prepare() -> None:
    """Sleeps as long as the import of TensorFlow would last, if it is asked to, and notes that it begins to."""
    seconds = float(os.environ.get("FAULTS_PREPARE_SECONDS", "0"))
    if seconds:
        with open(os.environ["FAULTS_STARTS"], "a") as log:
            log.write(f"{os.getpid()}\n")
        time.sleep(seconds)


def quick(request: Request) -> Outcome:
    """A finished trial with scores and weights that follow from its seed; notes that it was computed."""
    _note(request)
    time.sleep(float(os.environ.get("FAULTS_SECONDS", "0.05")))
    return outcome_of(request)


def held(request: Request) -> Outcome:
    """A finished trial that lasts as long as the file of FAULTS_HOLD is there; two minutes at most."""
    _note(request)
    hold, end = Path(os.environ["FAULTS_HOLD"]), time.monotonic() + 120
    while hold.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return outcome_of(request)


def outcome_of(request: Request) -> Outcome:
    record = new_record(request.trial)
    stream = generator(request.trial.seed, "faults", request.trial.model)
    weights = to_npz({"000": stream.normal(size=1_000)})
    record.update(
        status="done",
        **json.loads(os.environ["FAULTS_KNOWN"]),
        scores=[_row(float(stream.normal()))],
        environment=environment(),
        artifacts={"weights.npz": {"sha256": hashlib.sha256(weights).hexdigest(), "bytes": len(weights)}},
    )
    record["dataset"]["fingerprint"] = request.fingerprint
    record["timing"]["total"] = 0.05
    return Outcome(record, {"weights.npz": weights})


def hangs(request: Request) -> Outcome:
    """Seed 1 sleeps for ever, beside a process that it started."""
    if request.trial.seed == 1:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
        _note(request)
        _note(request, f"child {child.pid}")
        time.sleep(1_000)
    return quick(request)


def deaf(request: Request) -> Outcome:
    """Seed 1 loops for ever and ignores whatever can be ignored."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if request.trial.seed == 1:
        _note(request)
    while request.trial.seed == 1:
        pass
    return quick(request)


def dies(request: Request) -> Outcome:
    """Seed 1 kills its own process."""
    if request.trial.seed == 1:
        _note(request)
        os.kill(os.getpid(), 9)
    return quick(request)


def eats_memory(request: Request) -> Outcome:
    """Seed 1 wants more memory than its process may have."""
    import resource

    import numpy as np

    from aezoo.engines.base import failed_outcome

    if request.trial.seed == 1:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, resource.getrlimit(resource.RLIMIT_AS)[1]))
        try:
            np.ones(2**33)
        except MemoryError as error:
            return failed_outcome(request, "error", error)
    return quick(request)


def raises(request: Request) -> Outcome:
    """Seed 1 raises what nobody expects."""
    if request.trial.seed == 1:
        raise RuntimeError("no such luck\nat all")
    return quick(request)


def _note(request: Request, text: str = "") -> None:
    """A line for each computation, whatever becomes of it: shows what was computed twice."""
    with open(os.environ["FAULTS_LOG"], "a") as log:
        log.write(f"{request.trial.model} {request.trial.seed} pid {os.getpid()} {text}\n")


def _row(value: float) -> dict[str, object]:
    return {
        **{"question": "reconstruction", "metric": "mse", "family": "mse", "version": 1, "sampler": None},
        **{"features": None, "value": value, "unit": "squared intensity", "better": "lower", "ideal": 0.0},
        **{"n": 1_000, "state": "ok", "reason": ""},
    }


def bulky(request: Request) -> Outcome:
    """A trial whose artifact takes 3 MB."""
    outcome = quick(request)
    content = generator(request.trial.seed, "bulk").bytes(3_000_000)
    outcome.record["artifacts"]["bulk.npz"] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    outcome.artifacts["bulk.npz"] = content
    return outcome
