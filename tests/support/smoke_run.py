"""The smoke suite, run by the command line once for all tests of all processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

OPTIONS = ("--dataset", "mnist-5k", "--protocol", "smoke")
SEEDS = (0, 1)
JOBS = 2
RESULT = "result.json"


@dataclass(frozen=True)
class SmokeRun:
    """A results folder that nobody may change, and what the command said that made it."""

    folder: Path
    code: int
    output: str
    errors: str


def run_smoke(folder: Path, seeds: Sequence[int], *options: str) -> subprocess.CompletedProcess[str]:
    """Run the smoke suite into `folder`."""
    words = ["run", *OPTIONS, "--seeds", ",".join(map(str, seeds)), "--out", str(folder), *options]
    return subprocess.run([sys.executable, "-m", "aezoo.bench", *words], capture_output=True, text=True, check=False)


def shared_smoke_run(root: Path) -> SmokeRun:
    """The run that is kept in `root`; the first process to ask makes it, and the others wait."""
    kept = root / "smoke"
    with FileLock(root / "smoke.lock"):
        if not (kept / RESULT).exists():
            ended = run_smoke(kept / "two jobs", SEEDS, "--jobs", str(JOBS))
            (kept / RESULT).write_text(json.dumps([ended.returncode, ended.stdout, ended.stderr]))
    return SmokeRun(kept / "two jobs", *json.loads((kept / RESULT).read_text()))
