"""Plain text for terminals: nothing is wider than the terminal, and nothing is lost."""

import re

import pytest
from support.factories import record, sample_score, score

from aezoo.reporting import Document, PageSection, render, tables, tables_document
from aezoo.reporting.formats.text import MAX_WIDTH
from aezoo.reporting.text import format_percent


@pytest.fixture
def width(monkeypatch):
    return lambda columns: monkeypatch.setenv("COLUMNS", str(columns))


def example(metrics=("fd_judge",)):
    """Two models with two samplers each and an oracle; the first prior is best."""
    values = {("vae", "prior"): 10.0, ("vae", "gmm"): 20.0, ("ae", "prior"): 12.0, ("ae", "gmm"): 30.0}
    return [
        *(
            record(
                model,
                seed,
                [
                    sample_score(metric, value + 0.1 * seed, sampler)
                    for metric in metrics
                    for (name, sampler), value in values.items()
                    if name == model
                ],
            )
            for model in ("ae", "vae")
            for seed in range(3)
        ),
        record("oracle", 0, [sample_score(metric, 1.0, "oracle") for metric in metrics], role="oracle"),
    ]


def document(records):
    return tables_document(tables(records))


def test_a_table_is_exact(width):
    width(80)
    assert render(document(example()), "text").split("\n\n")[:3] == [
        "Samples on mnist-5k, protocol chapter\n-------------------------------------",
        "judge features\n"
        "model        fd_judge ↓  seeds\n"
        "--------  -------------  -----\n"
        "ae, gmm   30.10 ± 0.25     3/3\n"
        "  prior   12.10 ± 0.25     3/3\n"
        "vae, gmm  20.10 ± 0.25     3/3\n"
        "  prior   10.10 ± 0.25*    3/3",
        "oracle           1.000     1/1",
    ]


@pytest.mark.parametrize("columns", [40, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(width, columns):
    width(columns)
    text = render(document(example([f"metric_of_a_long_name_{i}" for i in range(5)])), "text")
    assert max(map(len, text.splitlines())) <= min(columns, MAX_WIDTH)
    assert len(re.findall(r"10\.10 ± 0\.25\*", text)) == 5


def test_a_heading_is_broken_between_words_and_underlined(width):
    width(20)
    document = Document((PageSection("Results of two models side by side", ("a line",)),))
    assert render(document, "text") == "Results of two\nmodels side by side\n-------------------\na line\n"


def test_a_wide_table_goes_on_below_itself_with_its_labels(width):
    width(40)
    records = [record("vae", seed, [score(f"metric_{i}", 1.0 + seed) for i in range(4)]) for seed in range(2)]
    text = render(document(records), "text")
    assert text.count("vae") == 2
    for i in range(4):
        assert f"metric_{i} ↓" in text


def test_words_and_the_explanation_of_the_mark(width):
    width(100)
    page = PageSection("Page", ("a line",), ("name", "n"), (("x", "1"),), level=1)
    text = render(Document((page, *document(example()).sections)), "text")
    assert text.startswith("Page\n====\na line\n\nname  n\n----  -\nx     1\n\n")
    assert "\n*: best mean among the rows of models" in text
    assert "bold" not in text


def test_control_characters_reach_no_terminal():
    text = render(Document((PageSection("\x1b[31mred", ("a\x07b\nc",), ("h",), (("\x9b1m",),)),)), "text")
    assert not re.search(r"[^\n -~\u00a0-\uffff]", text)


def test_a_column_that_does_not_fit_is_broken_between_words(width):
    width(30)
    rows = (("samples", "ae before vae by nll, behind by fd"), ("copying", "none"))
    text = render(Document((PageSection("", (), ("of", "the surest"), rows, text_columns=2),)), "text")
    assert text == (
        "of       the surest\n"
        "-------  ---------------------\n"
        "samples  ae before vae by nll,\n"
        "           behind by fd\n"
        "copying  none\n"
    )


def test_a_word_is_never_broken(width):
    width(10)
    text = render(Document((PageSection("", (), ("of", "n"), (("reconstruction", "1"),), text_columns=1),)), "text")
    assert text == "of              n\n--------------  -\nreconstruction  1\n"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *(
            (0.0, "0%"),
            (0.001, "under 1%"),
            (0.004999, "under 1%"),
            (0.005, "1%"),
            (0.2949, "29%"),
            (0.295, "30%"),
            (0.29, "29%"),
        ),
        *((0.57, "57%"), (0.946, "95%"), (2 / 3, "67%"), (0.994, "99%"), (0.996, "over 99%"), (1.0, "100%")),
    ],
)
def test_percentages_are_rounded_and_only_all_is_a_hundred(share, text):
    assert format_percent(share) == text
