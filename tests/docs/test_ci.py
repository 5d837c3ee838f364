"""CI fails when any of its steps does: run with tools that do nothing but pass or fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = """#!/usr/bin/env bash
echo "$(basename "$0") $*"
[ "$(basename "$0") $*" != "$BROKEN" ]
"""
PYTHON = """#!/usr/bin/env bash
mkdir -p "$3/bin" && touch "$3/bin/activate"
"""
STEPS = {
    "tests": "pytest ",
    "faults": "pytest tests/faults -n 0",
    "lint": "ruff check .",
    "format": "ruff format --check .",
    "types": "mypy ",
    "imports": "lint-imports ",
    "site": "mkdocs build --strict --quiet",
}


@pytest.fixture
def ci(tmp_path):
    """Runs CI in which one command is broken; exit code and output."""
    for name in ("pip", "pytest", "ruff", "mypy", "lint-imports", "mkdocs"):
        (tmp_path / name).write_text(TOOL)
    (tmp_path / "python3").write_text(PYTHON)
    for tool in tmp_path.iterdir():
        tool.chmod(0o755)

    def run(broken, *options):
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "BROKEN": broken}
        command = [ROOT / ".ci" / "run", *options]
        ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        return ended.returncode, ended.stdout

    return run


def test_ci_passes_when_every_step_does(ci):
    code, output = ci("nothing")
    assert (code, output.count("failed")) == (0, 1)
    assert "== 0 of 7 steps failed" in output
    for command in STEPS.values():
        assert f"\n{command}\n" in output


def test_ci_runs_slow_tests_where_it_is_told_to_and_nothing_else(ci):
    code, output = ci("nothing", "--slow")
    assert (code, "\npytest --slow\n" in output, "\npytest \n" in output) == (0, True, False)
    assert ci("pytest --slow", "--slow")[0] == 1
    code, output = ci("nothing", "--fast")
    assert (code, output) == (2, ".ci/run takes --slow or nothing, not: --fast\n")


@pytest.mark.parametrize("step", STEPS)
def test_ci_fails_and_names_the_step_that_does(ci, step):
    code, output = ci(STEPS[step])
    assert code == 1
    assert f"== 1 of 7 steps failed: {step}" in output


@pytest.mark.parametrize(
    "command",
    [
        "pip install --quiet -e .[test,browser,trackers,backends]",
        "pip install --quiet --retries 0 --extra-index-url https://download.pytorch.org/whl/cpu torch==2.13.0+cpu",
        "pip install --quiet -e .[dev]",
    ],
)
def test_ci_fails_when_nothing_can_be_installed(ci, command):
    assert ci(command)[0] == 1
