"""The published results say what their tables say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aezoo.reporting import write_tables
from aezoo.runner.seed_scores import read_results
from aezoo.store import Store

RESULTS = Path(__file__).parents[2] / "results"
ARGUMENT = (RESULTS / "README.md", RESULTS / "details.md")
LINK = re.compile(r"\]\((?!http)([^)#]+)\)")
NUMBER = re.compile(r"\*\*([^*]+)\*\*")


def statements() -> list[str]:
    """The paragraphs and list items of the argument and its details that hold numbers in bold."""
    text = "\n\n".join(page.read_text() for page in ARGUMENT)
    return [part for part in re.split(r"\n\s*\n|\n(?=- )", text) if NUMBER.search(part)]


def plain(path: Path) -> str:
    """A table's text without emphasis, its rounding signs and its escapes."""
    return path.read_text().replace("**", "").replace("\\", "")


def test_the_argument_has_many_numbers():
    assert sum(len(NUMBER.findall(statement)) for statement in statements()) >= 25


def test_the_argument_has_two_pages():
    assert len(ARGUMENT[0].read_text().split()) < 1_200


@pytest.mark.parametrize("statement", statements(), ids=range(len(statements())))
def test_each_number_stands_in_a_table_that_is_linked_beside_it(statement):
    linked = [RESULTS / target for target in LINK.findall(statement)]
    assert linked, statement
    tables = "\n".join(plain(path) for path in linked)
    for number in NUMBER.findall(statement):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", tables), f"{number} in none of {linked}"


def test_every_link_leads_somewhere():
    for page in {*RESULTS.rglob("README.md"), *ARGUMENT}:
        for target in LINK.findall(page.read_text()):
            assert (page.parent / target).exists(), f"{target} in {page}"


def test_no_results_hold_weights_or_names_of_a_machine():
    names = [path.name for path in RESULTS.rglob("*")]
    assert "weights.npz" not in names
    for path in RESULTS.rglob("*.md"):
        assert not re.search(r"(/home/|/work/|/root/|/tmp/)", path.read_text()), path


@pytest.mark.slow
@pytest.mark.parametrize("name", ["burda", "chapter", "zoo/latent-2"])
def test_tables_are_those_that_their_records_give_today(name, tmp_path):
    folder = RESULTS / name
    written = {path.relative_to(tmp_path) for path in write_tables(read_results(Store(folder)), tmp_path)}
    published = [path.relative_to(folder) for path in sorted(folder.glob("tables/*.md"))]
    assert {*published} == {path for path in written if path.suffix == ".md"}
    for path in published:
        assert (tmp_path / path).read_text() == (folder / path).read_text(), f"{path} in {folder}"


def test_the_page_on_clustering_has_the_numbers_of_its_table_of_starts():
    page, starts = ((RESULTS / "dec" / name).read_text() for name in ("README.md", "starts.md"))
    first, second = re.findall(r"^\| ([12]) \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \|$", starts, re.MULTILINE)[:2]
    assert f"accuracy of {first[2]}" in page
    assert f"{float(second[1]) / float(first[1]) - 1:.1%}".replace("%", " %") + f" larger, {second[2]}" in " ".join(
        page.split()
    )
    [reached] = re.findall(r"^\| dec \| sgd-of-xie at 0.01 \| 2 \| [\d.]+ \| ([\d.]+) \|$", starts, re.MULTILINE)
    assert f"`dec` reaches {reached}" in page.replace("\n", " ")
