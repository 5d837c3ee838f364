"""The page of metric cards is the one that its command makes, and holds every metric with its tests."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from aezoo.metrics import METRICS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "metric-cards.md").read_text(encoding="utf-8")
OWN = [name for name in METRICS.names() if METRICS.is_builtin(name)]
MARKS = ("exact_metric", "independent")


@pytest.fixture(scope="module")
def maker():
    """benchmarks/metric_cards.py, as a module."""
    found = importlib.util.spec_from_file_location("maker_of_cards", ROOT / "benchmarks" / "metric_cards.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_page_is_the_one_that_its_command_makes(maker):
    assert maker.page() == TEXT, f"run {maker.COMMAND}"


def test_every_metric_has_one_card_and_every_score_a_row():
    assert sorted(re.findall(r"^### (.*)$", TEXT, re.MULTILINE)) == OWN
    rows = re.findall(r"^\| \[(.*?)\]\(#\w+\) \|", TEXT.partition("## Tests")[0], re.MULTILINE)
    scores = sorted(name.replace("\\", "") for cell in rows for name in cell.split(", "))
    assert scores == sorted(score.name for name in OWN for score in METRICS.get(name).scores)


def test_every_card_says_what_misleads_its_metric_and_who_defined_it():
    cards = re.split(r"^#{2,3} (.*)$", TEXT.partition("## Tests")[0], flags=re.MULTILINE)
    for name, card in zip(cards[1::2], cards[2::2], strict=True):
        if name in OWN:
            assert "*Limits*: " in card or "*Audit* of [" in card, name
            assert "*Source*: " in card, name


def test_marks_name_metrics_and_their_implementation(maker):
    exact, independent = map(maker.marked_tests, MARKS)
    assert set(exact) | set(independent) <= set(OWN)
    assert all(test.by for tests in independent.values() for test in tests)
    assert not any(test.by for tests in exact.values() for test in tests)


def test_no_mark_is_overlooked(maker):
    """The reader sees functions of a file alone; a mark of a class or of a parameter would not be in the table."""
    for mark in MARKS:
        texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
        written = sum(len(re.findall(rf"^ *@pytest\.mark\.{mark}\(", text, re.MULTILINE)) for text in texts)
        read = {(test, name) for name, tests in maker.marked_tests(mark).items() for test in tests}
        assert len({(test.path, test.sentence, test.by) for test, _ in read}) == written


def test_its_audit_cards_are_there():
    links = re.findall(r"\]\(\.\./(results/[^)]+)\)", TEXT)
    assert len(set(links)) > 30
    assert [link for link in links if not (ROOT / link).is_file()] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a_b|c*", r"a\_b\|c\*"), ("[0, 1]", "[0, 1]"), ("E[x](y)", r"E[x]\(y)"), ("x <= y", "x &lt;= y")],
)
def test_signs_are_meant_as_such(maker, text, expected):
    assert maker.escape(text) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, float("inf"), "0 to ∞"), (-float("inf"), float("inf"), "unbounded"), (1, 1e6, "1 to 1,000,000")],
)
def test_a_range_is_words(maker, low, high, expected):
    assert maker.span(low, high) == expected
