"""What surrounds a run: languages, homes, terminals, pipes, optimised Python; and the exit codes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.conftest import FLOORS_ONCE, ROOT, SUITE, Bench


@pytest.mark.parametrize(
    "surroundings",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONOPTIMIZE": "2"},
        {"HOME": "", "XDG_CACHE_HOME": ""},
        {"TERM": "dumb", "COLUMNS": "1"},
    ],
    ids=lambda surroundings: next(iter(surroundings)),
)
def test_a_run_works_in_odd_surroundings(bench: Bench, surroundings: dict[str, str]):
    bench.environment |= surroundings
    code, output = bench.run("quick", "--seeds", "0")
    assert code == 0, output
    assert bench.aezoo("table", str(bench.folder))[0] == 0
    assert bench.aezoo("status", str(bench.folder))[0] == 0


def test_a_reader_that_goes_away_is_no_traceback(undisturbed: Bench):
    done = piped(f"-m aezoo.bench table {undisturbed.folder} | (exec <&-; sleep 1)")
    assert (done.returncode, done.stderr) == (141, "")


def test_a_run_goes_on_when_nobody_reads_its_progress(bench: Bench):
    """Only the result has no reader in the end; trials and tables are whole."""
    bench.environment["FAULTS_LOG"] = str(bench.log)
    options = f"-m tests.faults.driver quick run {' '.join(SUITE)} --seeds 0 --out {bench.folder}"
    done = piped(f"{options} 2>&1 | head -1", bench.environment)
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.startswith("data set mnist-5k")
    assert bench.statuses() == {"done": 2 + FLOORS_ONCE}
    assert (bench.folder / "tables" / "reconstruction.md").exists()
    done = piped(f"{options} 2>&1 >{bench.log}.tables | head -1", bench.environment)
    assert done.returncode == 0, "the result was written"


def piped(command: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The exit code is that of Python, on the left of the pipe."""
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} {command}"],
        **{"cwd": ROOT, "env": {**os.environ, **(environment or {})}},
        **{"capture_output": True, "text": True, "timeout": 240},
    )


@pytest.mark.parametrize(
    ("arguments", "code", "found"),
    [
        (["run", "--models", "vea"], 2, "did you mean vae"),
        (["run", "--timeout", "-1"], 2, "timeout"),
        (["run", "--retry", "everything"], 2, "failed"),
        (["run", "--dataset", "nowhere"], 2, "unknown"),
        (["table", "/no/such/folder"], 6, "holds no results"),
        (["run", "--dataset", "mnist", "--data-file", "/no/such/file.npz"], 5, "does not exist"),
    ],
)
def test_mistakes_have_their_exit_codes(bench: Bench, arguments: list[str], code: int, found: str):
    done = bench.aezoo(*arguments)
    assert done[0] == code
    assert found in done[1]
    assert "Traceback" not in done[1]
