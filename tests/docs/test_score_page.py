"""The page on scoring samples says what is so, and the command works as a user types it."""

from __future__ import annotations

import contextlib
import re
import shlex
from pathlib import Path

import pytest
from support.command_line import run_command

from aezoo.bench.app import run_app

TEXT = (Path(__file__).parents[2] / "docs" / "score.md").read_text()
COMMANDS = [shlex.split(line) for line in re.findall(r"^    python -m aezoo\.bench (.*)$", TEXT, re.MULTILINE)]
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
QUICK = ["--controls", "none", "--oracle-draws", "3"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder in which the first lines of the page were run."""
    folder = tmp_path_factory.mktemp("page")
    with contextlib.chdir(folder):
        exec(BLOCKS[0], {})  # noqa: S102 - our own page
    return folder


@pytest.mark.slow
def test_its_command_scores_what_its_lines_saved(place):
    with contextlib.chdir(place):
        result = run_command(*COMMANDS[0], *QUICK, "--out", "out")
    assert result.returncode == 0, result.stderr
    assert "Finding on upside-down" in result.stdout
    assert "Headline scores" in result.stdout
    page = (place / "out" / "score.md").read_text(encoding="utf-8")
    assert "| upside-down (samples) |" in page
    assert "Where upside-down stands" in page
    assert "Traceback" not in result.stderr
    assert (place / "out" / "tables" / "copying.md").is_file()


@pytest.mark.slow
def test_its_python_scores_them_too(place, monkeypatch, capsys):
    monkeypatch.chdir(place)
    names: dict = {}
    exec(BLOCKS[1], names)  # noqa: S102 - our own page
    assert names["scored"].n == 1_000
    assert "fd_judge is" in capsys.readouterr().out


def test_its_options_exist(capsys):
    assert run_app(["score", "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) <= known
