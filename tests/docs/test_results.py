"""The published results say what their tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "results"
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
NUMBER = re.compile(r"\*\*([^*]+)\*\*")


def statements() -> list[str]:
    """The paragraphs and list items of the argument that hold numbers in bold."""
    text = (RESULTS / "README.md").read_text()
    return [part for part in re.split(r"\n\s*\n|\n(?=- )", text) if NUMBER.search(part)]


def plain(path: Path) -> str:
    """A table's text without emphasis, its rounding signs and its escapes."""
    return path.read_text().replace("**", "").replace("\\", "")


def test_the_argument_has_many_numbers():
    assert sum(len(NUMBER.findall(statement)) for statement in statements()) >= 25


@pytest.mark.parametrize("statement", statements(), ids=range(len(statements())))
def test_each_number_stands_in_a_table_that_is_linked_beside_it(statement):
    linked = [RESULTS / target for target in LINK.findall(statement)]
    assert linked, statement
    tables = "\n".join(plain(path) for path in linked)
    for number in NUMBER.findall(statement):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", tables), f"{number} in none of {linked}"


def test_every_link_leads_somewhere():
    for page in RESULTS.rglob("README.md"):
        for target in LINK.findall(page.read_text()):
            assert (page.parent / target).exists(), f"{target} in {page}"


def test_no_results_hold_weights_or_names_of_a_machine():
    names = [path.name for path in RESULTS.rglob("*")]
    assert "weights.npz" not in names
    for path in RESULTS.rglob("*.md"):
        assert not re.search(r"(/home/|/work/|/root/|/tmp/)", path.read_text()), path
