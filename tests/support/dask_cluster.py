"""A real scheduler and real workers on the loopback interface, and work that takes no time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path

from distributed import Client

from aezoo.engines.dask.engine import DaskEngine
from aezoo.messages import Outcome, Request
from aezoo.record import new_record
from aezoo.spec import Protocol, Trial

PROTOCOL = Protocol(name="tiny", epochs=1, samples=200)
TESTS = Path(__file__).parents[1]
SECONDS = 120


class Cluster:
    """A scheduler, and the workers that were started for it; all end with the stack."""

    def __init__(self, folder: Path, stack: ExitStack, **environment: str) -> None:
        self.folder, self.stack = folder, stack
        self.workers: list[subprocess.Popen[bytes]] = []
        facts = folder / "scheduler.json"
        self.scheduler = self._run("dask_scheduler", "--port", "0", "--scheduler-file", str(facts), **environment)
        self.address = json.loads(_content(facts))["address"]

    def worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker; with a nanny it comes back when it dies, with ``--no-nanny`` it does not."""
        arguments = options if "--nthreads" in options else ("--nthreads", "1", *options)
        worker = self._run("dask_worker", self.address, "--death-timeout", "60", *arguments, **environment)
        self.workers.append(worker)
        return worker

    def end_workers(self) -> None:
        """Return when all workers have ended and the scheduler has noticed."""
        for worker in self.workers:
            _end(worker)
        self.workers.clear()
        deadline = time.monotonic() + SECONDS
        with Client(self.address, set_as_default=False) as client:
            while client.nthreads():
                assert time.monotonic() < deadline, "workers stay"
                time.sleep(0.05)

    def wait(self, count: int) -> None:
        """Return when so many workers have come."""
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=SECONDS)

    def _run(self, command: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
        log = self.stack.enter_context((self.folder / "log").open("ab"))
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"distributed.cli.{command}",
                "--no-dashboard",
                "--host",
                "127.0.0.1",
                *arguments,
            ],
            env={**os.environ, "PYTHONPATH": path, **environment},
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        self.stack.callback(_end, process)
        return process


@contextmanager
def cluster(folder: Path, **environment: str):
    """A scheduler without workers."""
    with ExitStack() as stack:
        yield Cluster(folder, stack, **environment)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _content(path: Path) -> str:
    deadline = time.monotonic() + SECONDS
    while not (path.exists() and path.read_text().endswith("}")):
        assert time.monotonic() < deadline, "the scheduler did not start"
        time.sleep(0.05)
    return path.read_text()


def ready(names: list[str]) -> dict[str, str]:
    """Which data this machine has, without TensorFlow."""
    from aezoo.datasets import load_dataset

    return {name: load_dataset(name).fingerprint for name in names}


def quick(text: str, files: dict[str, bytes]):
    """A trial's record that says where it was made, at once."""
    trial = Request.from_wire(text, files).trial
    record = {**new_record(trial), "status": "done", "environment": {"process": str(os.getpid())}}
    return Outcome(record, {"weights.npz": files.get("weights.npz", b"")[::-1]}).to_wire()


def slow(text: str, files: dict[str, bytes]):
    """`quick`, after a second."""
    time.sleep(1)
    return quick(text, files)


def failing(text: str, files: dict[str, bytes]):
    """No outcome at all."""
    raise ArithmeticError("no result")


def deadly(text: str, files: dict[str, bytes]):
    """The end of the worker for trials with seed 1, `slow` for others."""
    if json.loads(text)["trial"]["seed"] == 1:
        os._exit(9)
    return slow(text, files)


def everything(request: Request) -> bool:
    """Admit all."""
    return True


def quick_requests(count: int, fingerprint: str) -> list[Request]:
    """Requests that differ by their seeds."""
    return [
        Request(Trial(dataset="mnist-5k", model="vae", protocol=PROTOCOL, seed=seed), fingerprint)
        for seed in range(count)
    ]


def light(running: Cluster, **fields) -> DaskEngine:
    """An engine whose trials take no TensorFlow."""
    return DaskEngine(running.address, **{"work": quick, "prepare": ready, **fields})


def by_id(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """Outcomes by the ids of their trials."""
    return {outcome.record["id"]: outcome for outcome in outcomes}
