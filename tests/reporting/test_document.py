"""Documents: every format holds all of a page, of words as of scores, and a format from elsewhere is one more."""

import io
import json
import re
import sys

import pandas as pd
import pytest
from support.factories import record, sample_score, score
from support.plugins import install
from support.registries import forget_afterwards
from support.zoos import CROSSED, panel_of, zoo

from aezoo import plugins
from aezoo.analysis.verdict import verdict
from aezoo.registry import PluginWarning
from aezoo.reporting import FORMATS, Document, PageSection, render, tables, tables_document, write_tables
from aezoo.reporting import document as document_module
from aezoo.reporting.document import LabelColumn
from aezoo.reporting.pages.verdict import verdict_document

HOSTILE = ["<script>", "=cmd()", r"\input{x}", "a|b", "%_&", "$x$", "{", "#1^~"]


def words():
    return Document(
        (
            PageSection("Page", ("first", "second"), level=1),
            PageSection("Part", ("line",), ("name", "wins", "by", "wins"), (("a", "-1.50", "nll", "3"),), 1, level=2),
        )
    )


def scores():
    return tables_document(tables([record("vae", 0, [score("nll", 1.0)]), record("ae", 0, [score("nll", 2.0)])]))


def both():
    page = words().sections
    return Document((page[0], *scores().sections, page[1]))


def read_csv(document):
    return pd.read_csv(io.StringIO(render(document, "csv")), dtype=str, keep_default_na=False)


def test_words_as_markdown():
    assert render(words(), "md").splitlines() == [
        *("# Page", "", "- first", "- second", ""),
        *("## Part", "", "- line", ""),
        "| name   |   wins |   by |   wins |",
        "|:-------|-------:|-----:|-------:|",
        "| a      |  -1.50 |  nll |      3 |",
    ]


def test_words_as_csv_keep_every_line_and_column():
    table = read_csv(words())
    assert list(table.columns) == ["page", "section", "name", "wins", "by", "wins (2)", "notes"]
    assert table["notes"].tolist() == ["first", "second", "line", ""]
    assert table["section"].tolist() == ["Page", "Page", "Part", "Part"]
    assert set(table["page"]) == {"Page"}
    assert table.loc[3, ["name", "wins", "by", "wins (2)"]].tolist() == ["a", "-1.5", "nll", "3"]


def test_only_what_is_written_as_a_number_becomes_one():
    """A name may be made of digits."""
    rows = (("007", "1.50"), ("00", "-3"), ("0", "0.25"))
    table = read_csv(Document((PageSection("Page", (), ("model", "value"), rows),)))
    assert table[["model", "value"]].values.tolist() == [["007", "1.5"], ["00", "-3"], ["0", "0.25"]]


def test_words_whose_columns_tables_have_as_well_keep_them():
    """A verdict's table begins with the question, a column of every table of scores."""
    table = read_csv(verdict_document([verdict(panel_of(zoo(CROSSED)))]))
    winners = table[table["winner"] != ""]
    assert winners[["question", "winner"]].values.tolist() == [
        ["reconstruction", "a"],
        ["latent", "a"],
        ["samples", "b"],
    ]


def test_words_as_latex():
    text = render(words(), "latex")
    assert r"\section*{Page}" in text
    assert re.findall(r"\\item (.*)", text) == ["first", "second"]
    assert r"\caption{Part}" in text
    assert r"\begin{tabular}{lrrr}" in text
    assert r"a & -1.50 & nll & 3 \\" in text
    assert r"\scriptsize line" in text


def test_a_page_of_words_and_scores_is_whole_in_every_format():
    table = read_csv(both())
    assert table["model"].tolist() == ["ae", "vae", "", "", "", ""]
    assert table["nll"].tolist()[:2] == ["2.0", "1.0"]
    assert table["notes"].tolist()[2:] == ["first", "second", "line", ""]
    headings = [line for line in render(both(), "md").splitlines() if line.startswith("#")]
    assert headings == ["# Page", "## Reconstruction on mnist-5k, protocol chapter", "## Part"]
    text = render(both(), "latex")
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2


def test_how_to_read_tables_is_said_after_the_last_of_them_and_before_what_follows():
    lines = render(Document((*scores().sections, *scores().sections, words().sections[0])), "md").splitlines()
    legend = [i for i, line in enumerate(lines) if line.startswith("- cells: mean over seeds")]
    assert len(legend) == 1
    assert max(i for i, line in enumerate(lines) if line.startswith("|")) < legend[0] < lines.index("# Page")


def test_json_is_the_data_and_without_any_the_sections():
    assert json.loads(render(words(), "json"))[0] == {
        **{"heading": "Page", "lines": ["first", "second"], "headers": [], "rows": [], "text_columns": 1, "level": 1},
        **{"text_at_end": 0, "tables": [], "footer": [], "legend": []},
    }
    assert json.loads(render(Document((), {"a": [PageSection("b")]}), "json"))["a"][0]["heading"] == "b"
    with pytest.raises(TypeError, match="object"):
        render(Document((), object()), "json")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_escaped_everywhere(text):
    document = Document((PageSection(text, (text,), (text, "b"), ((text, text),)),))
    latex = re.sub(r"\\[\\{}%&#_$]", "", render(document, "latex").replace("%\n", ""))
    assert latex.count("{") == latex.count("}")
    assert not set(latex) & set("%#") - set("#" * ("[3]{#3}" in latex))
    assert "\\input" not in latex
    markdown = render(document, "md")
    assert "<script>" not in markdown
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in markdown.splitlines() if row.startswith("|")} == {3}
    assert not read_csv(document).map(lambda cell: cell.startswith("=")).to_numpy().any()


def test_a_column_of_all_tables_is_one_declaration(monkeypatch):
    """It stands in every format, under its heading for readers and its fields for machines."""
    column = LabelColumn("half", lambda row: f"{row.done / 2}", {"half_done": lambda row: row.done / 2}, is_text=False)
    monkeypatch.setattr(document_module, "TRAILING", (*document_module.TRAILING, column))
    document = tables_document(tables([record("vae", seed, [sample_score("fd", 1.0)]) for seed in range(3)]))
    assert "| vae     | prior     | 1.000 ± 0 |     3/3 |    1.5 |" in render(document, "md")
    assert "& 3/3 & 1.5 " in render(document, "latex")
    assert read_csv(document)["half_done"].tolist() == ["1.5"]


@pytest.fixture
def install_format(tmp_path, monkeypatch):
    """Installs a distribution with the format `list`, which is gone after the test."""

    def add(body):
        source = (
            "from aezoo.reporting import FORMATS\n\n"
            f'@FORMATS.register("list", suffix="lst")\ndef render_list(document):\n    {body}\n'
        )
        files = {"format_of_a_test.py": source}
        install(tmp_path / "site", "other-formats", files, {"aezoo.formats": {"list": "format_of_a_test"}})
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        plugins.installed.cache_clear()
        vars(FORMATS).pop("_plugged", None)

    forget_afterwards(monkeypatch, FORMATS)
    yield add
    sys.modules.pop("format_of_a_test", None)
    plugins.installed.cache_clear()
    vars(FORMATS).pop("_plugged", None)


def test_a_format_of_another_distribution_is_chosen_and_written_by_its_name(tmp_path, install_format):
    install_format('return "".join(f"{each.heading}\\n" for each in document.sections)')
    assert FORMATS.names() == ["csv", "html", "json", "latex", "list", "md", "text"]
    assert render(words(), "list") == "Page\nPart\n"
    write_tables([record("vae", 0, [score("nll", 1.0)])], tmp_path / "results")
    written = tmp_path / "results" / "tables" / "reconstruction.lst"
    assert written.read_text() == "Reconstruction on mnist-5k, protocol chapter\n"


@pytest.mark.parametrize("body", ["return document.nothing", "nothing = None"])
def test_a_format_that_another_distribution_breaks_costs_its_own_files(tmp_path, install_format, body):
    """Those of an earlier run too, in which it worked."""
    install_format(body)
    earlier = tmp_path / "results" / "tables" / "reconstruction.lst"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("other numbers")
    with pytest.warns(PluginWarning, match=r"'list'.*(nothing|encode)"):
        write_tables([record("vae", 0, [score("nll", 1.0)])], tmp_path / "results")
    suffixes = {path.suffix for path in (tmp_path / "results" / "tables").iterdir()}
    assert suffixes == {".md", ".csv", ".tex"}
