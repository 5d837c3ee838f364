"""The README says what is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from aezoo.bench.app import run_app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^    python -m aezoo\.bench ?(.*)$", TEXT, re.MULTILINE)


def test_its_first_two_commands_are_the_ones_promised():
    first, second = re.findall(r"^    (pip .*)$", TEXT, re.MULTILINE)[:2]
    assert first == "pip install -e . && python -m aezoo.bench"
    assert second == "pip install -e '.[test]' && pytest"


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target


def test_its_tables_are_those_of_the_results():
    published = "\n".join(path.read_text() for path in sorted((ROOT / "results" / "chapter" / "tables").glob("*.md")))
    rows = [line for line in TEXT.splitlines() if line.startswith("|") and "±" in line]
    assert len(rows) >= 15
    for row in rows:
        assert row in published


@pytest.mark.parametrize("command", COMMANDS)
def test_its_options_exist(command, capsys):
    words = shlex.split(command)
    name = words[0] if words and not words[0].startswith("-") else "run"
    assert run_app([name, "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith(("list", "table"))])
def test_its_reading_commands_run(command, capsys):
    words = [str(ROOT / "results" / "chapter") if word == "my-results" else word for word in shlex.split(command)]
    assert run_app(words) == 0
    assert capsys.readouterr().out.strip()


def test_its_python_runs():
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
    names: dict = {}
    exec(code, names)  # noqa: S102 - our own README
    assert names["outcome"].record["status"] == "done"


def test_its_suite_file_is_one(tmp_path):
    from aezoo.bench.options import read_options

    file = tmp_path / "suite.toml"
    file.write_text(re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1])
    suite = read_options({}, file).suite()
    assert [subject.label for subject in suite.models] == ["ae", "vae", "beta-vae:beta=10"]
    assert suite.protocol.latent_dim == 16


def test_its_exit_codes_are_those_of_the_errors():
    from aezoo.errors import DatasetError, ResultsError, UsageError

    table = dict(re.findall(r"^\| ([\d, ]+) \| (.*?) \|$", TEXT, re.MULTILINE))
    for error, word in ((UsageError, "usage"), (DatasetError, "data set"), (ResultsError, "results folder")):
        assert word in table[str(error.exit_code)]
