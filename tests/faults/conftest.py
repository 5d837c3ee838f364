"""A results folder, and the real command line on it in processes of its own, with trials that cost nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aezoo.metrics.compute import default_metrics
from aezoo.samplers import default_samplers
from aezoo.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
SUITE = ("--dataset", "mnist-5k", "--protocol", "smoke", "--models", "ae", "--jobs", "2")
FLOORS_ONCE = 3


@dataclass
class Bench:
    """Runs aezoo on one results folder.

    Attributes:
        folder: the results folder.
        log: a line for each trial that was computed, whatever became of it.
        environment: what processes see besides the usual.
    """

    folder: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, work: str, *options: str, command: str = "run") -> subprocess.Popen[str]:
        """Begin `aezoo run` with `work` of `tests.faults.work` in place of a trial."""
        arguments = [command, *SUITE, "--out", str(self.folder), *options] if command == "run" else [command, *options]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver", work, *arguments],
            **{
                "cwd": ROOT,
                "env": {**os.environ, "FAULTS_LOG": str(self.log), **self.environment},
                "text": True,
            },
            **{"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "start_new_session": True},
        )
        self.started.append(process)
        return process

    def run(self, work: str, *options: str, command: str = "run") -> tuple[int, str]:
        """The exit code, and what was printed."""
        return ended(self.start(work, *options, command=command))

    def aezoo(self, *arguments: str) -> tuple[int, str]:
        """The exit code of any command, and what it printed."""
        return self.run("quick", *arguments[1:], command=arguments[0])

    def computed(self) -> Counter[str]:
        """How often each trial was computed."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return Counter(" ".join(line.split()[:2]) for line in lines if "child" not in line)

    def pids(self) -> list[int]:
        """Of the workers, and of the processes that trials started."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [int(line.split()[-1]) for line in lines]

    def slow_to_start(self, seconds: float) -> Path:
        """From now on each worker prepares itself for `seconds`; returns the file with a line for each that begins."""
        starts = self.log.with_name("starts")
        self.environment |= {"FAULTS_PREPARE_SECONDS": str(seconds), "FAULTS_STARTS": str(starts)}
        return starts

    def records(self) -> list[dict[str, Any]]:
        return list(Store(self.folder).records())

    def records_there(self) -> list[Path]:
        return list(self.folder.glob("trials/*/record.json"))

    def scores(self) -> dict[str, Any]:
        """What must not depend on interruptions: everything in the records but times and places."""
        return {
            record["id"]: {key: record[key] for key in ("label", "spec", "status", "scores", "artifacts", "dataset")}
            for record in self.records()
        }

    def statuses(self) -> Counter[str]:
        return Counter(record["status"] for record in self.records())


def started(starts: Path) -> list[int]:
    """The workers that have begun to prepare themselves, see `Bench.slow_to_start`."""
    return [int(line) for line in starts.read_text().split()] if starts.exists() else []


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for `condition`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; what is left of an ended one does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture(scope="session")
def known() -> str:
    """The metrics and samplers of today, so that nothing is scored again."""
    metrics = {metric.name: metric.version for metric in default_metrics()}
    return json.dumps({"metrics": metrics, "samplers": default_samplers()})


@pytest.fixture
def bench(tmp_path: Path, known: str) -> Iterator[Bench]:
    bench = Bench(tmp_path / "results", tmp_path / "log", {"FAULTS_KNOWN": known, "COLUMNS": "2000"})
    yield bench
    for process in bench.started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, known: str) -> Bench:
    """A folder with all trials of seeds 0-9, that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    bench = Bench(folder / "results", folder / "log", {"FAULTS_KNOWN": known})
    code, output = bench.run("quick", "--seeds", "0-9")
    assert code == 0, output
    return bench
