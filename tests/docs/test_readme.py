"""The README, and the pages to which its details have moved, say what is so."""

from __future__ import annotations

import re
import shlex
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from aezoo import load_results
from aezoo.bench.app import run_app
from aezoo.metrics import METRICS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text()
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text()
SCORES_PAGE = (ROOT / "docs" / "scores.md").read_text()
COMMANDS = sorted({*re.findall(r"^    python -m aezoo\.bench ?(.*)$", TEXT + COMMANDS_PAGE, re.MULTILINE)})


def test_its_first_two_commands_are_the_ones_promised():
    first, second = re.findall(r"^    (pip .*)$", TEXT, re.MULTILINE)[:2]
    assert first == "pip install -e . && python -m aezoo.bench"
    assert second == "pip install -e '.[test]' && pytest"


def test_it_fits_on_two_screens():
    assert len(TEXT.splitlines()) <= 150


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md", "docs/scores.md"])
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", (ROOT / page).read_text()):
        assert ((ROOT / page).parent / target).exists(), target


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.slow
def test_its_table_is_of_the_results():
    """Each cell stands in the row and the column of that name."""
    table = [cells(line) for line in TEXT.partition("## The finding")[2].splitlines() if line.startswith("|")]
    headings, _, *rows = table[:16]
    shown = sorted({row[0] for row in rows if row[1]})
    published = load_results(ROOT / "results" / "zoo" / "latent-16").overview("md", models=shown)
    lines = [cells(line) for line in published.splitlines() if line.startswith("|")]
    places = [lines[0].index(heading) for heading in headings]
    known = [[line[place] for place in places] for line in lines if len(line) == len(lines[0])]
    assert len(rows) == 14
    for row in rows:
        assert row in known


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


@pytest.mark.slow
def test_its_python_runs_prints_and_computes_nothing_twice(smoke_run, tmp_path, monkeypatch, capsys):
    shutil.copytree(smoke_run.folder, tmp_path / "try-python")
    before = {path: path.read_bytes() for path in tmp_path.glob("try-python/trials/*/*")}
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1], names)  # noqa: S102 - our own README
    assert len(names["results"].records) == 9
    assert names["results"].failed == []
    assert {path: path.read_bytes() for path in tmp_path.glob("try-python/trials/*/*")} == before
    printed = capsys.readouterr().out
    for part in (r"\| ae ", "winner", "reconstruction +(ae|vae|beta-vae)"):
        assert re.search(part, printed), part


def test_the_sizes_it_states_are_those_of_the_metrics():
    smallest = defaultdict(set)
    for name, metric in METRICS.items():
        smallest[metric.question].add((metric.minimum_n, name))
    assert {n for n, name in smallest["samples"] | smallest["copying"] if name != "parzen"} == {1_000}
    assert (500, "parzen") in smallest["samples"]
    assert {n for n, name in smallest["latent"] if name != "code_usage"} == {100}
    assert (1_000, "code_usage") in smallest["latent"]
    assert {n for n, _ in smallest["likelihood"]} == {10, 100, 1_000}
    assert "need 1,000 (`parzen` 500), latent ones\n  100 (`code_usage` 1,000), likelihoods 10 to 1,000" in SCORES_PAGE


def test_it_names_the_entry_point_group_of_every_registry():
    named = set(
        re.findall(r"`(aezoo\.\w+)`", TEXT[TEXT.index("Everything that has a name") : TEXT.index("CONTRIBUTING.md")])
    )
    files = (ROOT / "aezoo").rglob("*.py")
    declared = [found for file in files for found in re.findall(r"= Registry\((.*)\)$", file.read_text(), re.MULTILINE)]
    groups = {re.findall(r'"(aezoo\.[\w.]+)"', arguments)[-1] for arguments in declared}
    assert named == groups


def test_its_suite_file_is_one(tmp_path):
    from aezoo.bench.options import read_options

    file = tmp_path / "suite.toml"
    file.write_text(re.search(r"```toml\n(.*?)```", COMMANDS_PAGE, re.DOTALL)[1])
    suite = read_options({}, file).suite()
    assert [subject.label for subject in suite.models] == ["ae", "vae", "beta-vae:beta=10"]
    assert suite.protocol.latent_dim == 16


def test_its_exit_codes_are_those_of_the_errors():
    from aezoo.errors import DatasetError, ResultsError, UsageError

    table = dict(re.findall(r"^\| ([\d, ]+) \| (.*?) \|$", COMMANDS_PAGE, re.MULTILINE))
    for error, word in ((UsageError, "usage"), (DatasetError, "data set"), (ResultsError, "results folder")):
        assert word in table[str(error.exit_code)]
