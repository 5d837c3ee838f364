"""One name of the command line in all that a user reads: `python -m aezoo.bench`; the shorter ones work as well."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aezoo import __version__
from aezoo.bench.app import COMMANDS, run_app

ROOT = Path(__file__).parents[2]
SUFFIXES = {".md", ".py", ".ipynb", ".toml", ".html", ".js", ".json", ".yml", ".cff", ".css"}
SAY_THAT_BOTH_WORK = {"CHANGELOG.md", "aezoo/__main__.py", "aezoo/bench/__init__.py"}
OTHER_MODULE = re.compile(r"python3? -m aezoo(?!\.)\b")
SCRIPT = re.compile(rf"(?:^ {{2,}}|[`$\"'] ?|; )aezoo (?:{'|'.join(COMMANDS)})\b", re.MULTILINE)


def pages():
    """All text of the project that a user may read."""
    folders = ("aezoo", "docs", "results", "benchmarks")
    found = [*ROOT.glob("*"), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    return [path for path in found if path.is_file() and path.suffix in SUFFIXES and "trials" not in path.parts]


@pytest.mark.parametrize("pattern", [OTHER_MODULE, SCRIPT], ids=["python -m aezoo", "aezoo COMMAND"])
def test_no_page_message_or_help_names_another(pattern):
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in pages()}
    assert len(texts) > 400
    found = {name: pattern.findall(text) for name, text in texts.items() if name not in SAY_THAT_BOTH_WORK}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_the_pattern_sees_what_it_looks_for():
    assert OTHER_MODULE.search("python -m aezoo table x")
    assert not OTHER_MODULE.search("python -m aezoo.bench table x")
    assert SCRIPT.search("run `aezoo table x`")
    assert SCRIPT.search("    aezoo check own")


@pytest.mark.parametrize("arguments", [["--help"], ["compare", "--help"], ["table", "--nonsense"]])
def test_help_and_usage_name_it(arguments, capsys):
    run_app(arguments)
    printed = "".join(capsys.readouterr())
    assert "python -m aezoo.bench" in printed
    assert not OTHER_MODULE.search(printed)


@pytest.mark.parametrize("module", ["aezoo", "aezoo.bench"])
def test_both_modules_work(module):
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"aezoo {__version__}\n"
