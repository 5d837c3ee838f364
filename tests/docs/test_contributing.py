"""The pages for whoever works on the package say what is so."""

from __future__ import annotations

import ast
import os
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import yaml

import aezoo
from aezoo.models import MODELS
from aezoo.source import source_path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
CI = (ROOT / ".ci" / "run").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TOOLS = {"lint-imports": "import-linter", "mkdocs": "mkdocs-material"}
"""The distribution that brings a command, where their names differ."""


def commands(text):
    """Indented lines and lines of code that begin with a command, in the order of the page."""
    blocks = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    inline = re.findall(r"`((?:python|pytest|\.ci/)[^`]* [^`]*|\.ci/[^`]*)`", text)
    return [part for line in [*blocks, *inline] for part in line.split(" && ")]


@pytest.mark.parametrize("command", commands(TEXT))
def test_its_commands_exist(command):
    program, *words = shlex.split(command)
    for word in words:
        if "/" in word:
            assert word.startswith(".venv/") or (ROOT / word).exists(), word
    if program.startswith(".ci/"):
        assert os.access(ROOT / program, os.X_OK)
    elif program not in ("python", "python3", "pip", "."):
        extras = PROJECT["optional-dependencies"]
        wanted = [re.split("[><=]", requirement)[0] for extra in extras.values() for requirement in extra]
        assert TOOLS.get(program, program) in wanted


def test_it_names_what_ci_runs():
    section = re.search(r"one by one:\n\n(.*?)\n\n", TEXT, re.DOTALL)[1]
    named = [line.strip() for line in section.splitlines()]
    steps = [step.removesuffix(' "$@"') for step in re.findall(r"^step \w+ (\S.*)$", CI, re.MULTILINE)]
    assert sorted(named) == sorted(["pytest tests/faults", *(step for step in steps if not step.startswith("wait"))])
    assert re.search(r"^pytest tests/faults .*&$", CI, re.MULTILINE)
    assert f"of {len(steps)} steps failed" in CI


def test_a_commit_is_checked_by_tools_of_ci_without_a_network():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert f" {hook['entry'].split(' --force')[0]}" in CI


def test_every_kind_of_thing_that_is_registered_is_in_its_table():
    sources = [(path, path.read_text()) for path in sorted((ROOT / "aezoo").rglob("*.py"))]
    kinds = {found[1] for _, text in sources for found in re.finditer(r'= Registry\(\s*"(\w+)"', text)}
    assert len(kinds) >= 8
    row = r"^\| ([\w ]+) \| `(aezoo/[^`]*)`[^|]* \| `([^`]*)` \| ([^|]*) \| `(tests/[^`]*)` \|$"
    rows = re.findall(row, TEXT, re.MULTILINE)
    named = {kind.replace(" ", "") for kind, *_ in rows}
    assert {kind for kind in kinds if not any(name.startswith(kind) for name in named)} == set()
    for _, folder, pattern, further, tests in rows:
        assert (ROOT / folder / pattern).is_file(), pattern
        for path in (tests, *re.findall(r"`([^`]*)`", further)):
            assert (ROOT / path).exists(), path


def code_lines(source):
    """Count the lines that are neither blank nor of a docstring."""
    texts = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    documented = {line for node in texts for line in range(node.lineno, node.end_lineno + 1)}
    return sum(bool(text.strip()) for line, text in enumerate(source.splitlines(), 1) if line not in documented)


def test_the_file_of_every_model_is_as_short_as_it_says():
    most = int(re.search(r"the file of a model under (\d+) lines of code", TEXT)[1])
    modules = {MODELS.declaration(name).module for name in MODELS.names() if MODELS.is_builtin(name)}
    counts = {module: code_lines(source_path(module).read_text()) for module in modules}
    assert len(counts) > 40
    assert {module: count for module, count in counts.items() if count >= most} == {}


def test_blank_lines_and_docstrings_are_no_code():
    source = '"""A module.\n\nOf two lines."""\n\nA = """\nb\n"""\n"""An attribute."""\n\n# why\ndef f():\n    "Do."\n'
    assert code_lines(source) == 5


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CHANGELOG.md", "docs/glossary.md"])
def test_links_lead_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text()):
        assert (path.parent / target).exists(), target


def test_the_glossary_has_a_sentence_for_each_word():
    rows = re.findall(r"^\| (\*\*.*) \| (.*) \|$", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    words = [word for cell, _ in rows for word in re.findall(r"\*\*([\w ]+)\*\*", cell)]
    assert len(words) == len(set(words)) >= 20
    assert all(sentence.endswith(".") for _, sentence in rows)


def test_the_version_is_one():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"] == aezoo.__version__
    assert f"## {aezoo.__version__}" in (ROOT / "CHANGELOG.md").read_text()
