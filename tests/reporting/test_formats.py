import io
import json
import re
import tracemalloc
from time import process_time

import pandas as pd
import pytest
from support.factories import record, sample_score, score

from aezoo.errors import ResultsError, UsageError
from aezoo.reporting import FORMATS, Document, PageSection, render, render_tables, tables, write_tables
from aezoo.reporting.formats.escaping import escape_csv, escape_latex, escape_markdown
from aezoo.reporting.text import format_mean

HOSTILE = ["<script>", "=cmd()", r"\input{x}", "a|b", "%_&", "a\nb", "$x$", "{", "#1^~", "数", "\ud800", "<<7*7>>"]


def example():
    return [
        record(model, seed, [score("nll", nll + seed, unit="nats"), sample_score("fd_judge", 2.0 + seed)])
        for seed in range(3)
        for model, nll in (("vae", 170.0), ("worse", 190.0))
    ]


@pytest.mark.parametrize(
    ("mean", "half_width", "text"),
    [
        (170.314, 0.4189, "170.31 ± 0.42"),
        (170.314, None, "170.3"),
        (170.314, 0.0, "170.3 ± 0"),
        (123456.7, 34.2, "123457 ± 34"),
        (501.2, 2001.0, "501 ± 2001"),
        (0.0995, 0.0123, "0.100 ± 0.012"),
        (-0.00001, 0.00213, "0.0000 ± 0.0021"),
        (5.4e-7, 1.2e-8, "(5.40 ± 0.12)e-07"),
        (2.5e9, None, "2.500e+09"),
        (170.0, 1e-12, "170.000 ± 0.000"),
        (-0.0001, 0.0021, "-0.0001 ± 0.0021"),
        (0.0, None, "0.000"),
        (0.0, 0.0, "0.000 ± 0"),
    ],
)
def test_digits_follow_the_interval(mean, half_width, text):
    assert format_mean(mean, half_width) == text


@pytest.mark.parametrize("label", HOSTILE)
def test_markdown_rows_keep_their_cells(label):
    text = render_tables(tables([record(label, scores=[score("nll", 1.0)])]), "md")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    assert "<script>" not in text


def test_markdown_escapes_exactly():
    assert escape_markdown("a|b <i> [x](y) `c` *d* _e_ f_g & $h$") == (
        r"a\|b &lt;i&gt; \[x\](y) \`c\` \*d\* \_e\_ f_g &amp; \$h\$"
    )
    assert escape_markdown("__init__ a__b") == r"\_\_init\_\_ a\_\_b"  # of two, one left alone would mark emphasis


@pytest.mark.parametrize("label", HOSTILE)
def test_latex_is_balanced_and_runs_nothing(label):
    text = render_tables(tables([record(label, scores=[score("nll", 1.0)])]), "latex")
    bare = re.sub(r"\\[\\{}%&#_$]", "", text.replace("%\n", ""))
    assert bare.count("{") == bare.count("}")
    assert bare.count("$") % 2 == 0
    assert not set(bare) & set("%#") - set("#" * ("[3]{#3}" in bare))
    assert "\\input" not in text
    assert text.isascii()


def test_latex_rows_have_as_many_cells_as_columns():
    text = render_tables(tables(example()), "latex")
    for body in re.findall(r"\\begin\{tabular\}(.*?)\\end\{tabular\}", text, re.DOTALL):
        alignment, *rows = body.splitlines()
        cells = [len(re.findall(r"(?<!\\)&", row)) + 1 for row in rows if row.endswith("\\\\")]
        assert set(cells) == {len(alignment.strip("{}"))}
        assert len(cells) == 3
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2
    assert r"$\downarrow$" in text
    assert r"{\boldmath$171.0 \pm 2.5$}" in text


def test_latex_escapes_exactly():
    assert escape_latex("\\input{x}_%&é") == r"\textbackslash{}input\{x\}\_\%\&é"
    assert escape_latex("β«") == "[U+03B2][U+00AB]"


def test_latex_takes_no_first_sign_of_a_row_or_an_item_for_an_option():
    """The end of a row has an optional length and a star, an item an optional label."""
    text = render_tables(tables([record(label, scores=[score("nll", 1.0)]) for label in ("*", "数", "数b")]), "latex")
    assert [line[0] for line in text.splitlines() if line.endswith(r"1/1 \\")] == ["{", "{", "{"]
    assert "{[}U+6570]b & " in text
    words = render(Document((PageSection("Page", ("数: a line", "* b")),)), "latex")
    assert re.findall(r"\\item (.*)", words) == ["{[}U+6570]: a line", "{*} b"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\r1", "  =1"])
def test_csv_neutralises_formulas(text):
    assert escape_csv(text) == f"'{text}"


def test_csv_leaves_other_text_alone():
    assert escape_csv("beta-vae:beta=10") == "beta-vae:beta=10"


@pytest.mark.parametrize("label", [label for label in HOSTILE if label != "\ud800"])
def test_csv_has_one_line_per_model(label):
    text = render_tables(tables([record(label, scores=[score("nll", 1.0)])]), "csv")
    table = pd.read_csv(io.StringIO(text))
    assert table["model"].tolist() == [escape_csv(label)]
    assert table["nll"].tolist() == [1.0]


def test_csv_has_full_precision_and_words_for_missing_values():
    records = [record("vae", 0, [score("a", 1 / 3), score("b", None)]), record("gan", 0, [score("a", 1.0)])]
    table = pd.read_csv(io.StringIO(render_tables(tables(records), "csv")), dtype=str, keep_default_na=False)
    rows = table[["model", "a", "a_low", "a_n", "b", "best"]]
    assert rows.values.tolist() == [
        ["gan", "1.0", "", "1", "missing", ""],
        ["vae", repr(1 / 3), "", "1", "n/a", "a"],
    ]


def test_json_holds_what_the_tables_hold():
    found = json.loads(render_tables(tables(example()), "json"))
    assert [table["question"] for table in found] == ["reconstruction", "samples"]
    cell = found[0]["rows"][0]["cells"][0]
    assert (cell["mean"], cell["n"], cell["best"]) == (171.0, 3, True)


def tied_example(seeds=5):
    """b is not told from a, c is; the column of the median ranks nothing."""
    noise = [0.1, -0.1, 0.2, -0.2, 0.05]
    return [
        record(model, seed, [score("nll", 100.0 + seed + gap + part * noise[seed], unit="nats")])
        for model, gap, part in (("a", 0.0, 0.0), ("b", 0.05, 1.0), ("c", 5.0, 1.0))
        for seed in range(seeds)
    ]


def test_ties_with_the_best_are_marked_in_every_format():
    found = tables(tied_example())
    rows = {row.model: row.cells[0] for row in found[0].rows}
    assert {name: (cell.best, cell.tied) for name, cell in rows.items()} == {
        "a": (True, False),
        "b": (False, True),
        "c": (False, False),
    }
    csv = pd.read_csv(io.StringIO(render_tables(found, "csv")), keep_default_na=False)
    assert csv[["model", "best", "tied"]].values.tolist() == [["a", "nll", ""], ["b", "", "nll"], ["c", "", ""]]
    (table,) = json.loads(render_tables(found, "json"))
    assert [row["cells"][0]["tied"] for row in table["rows"]] == [False, True, False]
    for format, mark in (("md", "≈"), ("text", "≈"), ("latex", r"$\approx$")):
        lines = [line for line in render_tables(found, format).splitlines() if mark in line]
        assert len(lines) == 2, format  # the row and the legend
        assert re.match(r"\W*b\b", lines[0]), format


@pytest.mark.parametrize("format", ["md", "text", "latex"])
def test_with_few_seeds_no_tie_is_marked_and_that_is_said_once(format):
    text = " ".join(render_tables(tables(tied_example(4)), format).split())
    assert "≈" not in text
    assert r"$\approx$" not in text
    assert text.count("no ties are marked") == 1


def few_seeds_of(records, model):
    return [each for each in records if each["spec"]["model"] != model or each["spec"]["seed"] < 3]


def test_rows_with_few_seeds_have_no_mark_and_the_legend_says_so():
    """In a column whose best has three seeds no row is tested, in one whose best has five those that have five too."""
    mark, tail = "≈: not told from the best", "is not tested and has no mark"
    best_has_few, other_has_few = few_seeds_of(tied_example(), "a"), few_seeds_of(tied_example(), "c")
    marked = [
        {row.model for row in tables(records)[0].rows for cell in row.cells if cell.tied}
        for records in (best_has_few, other_has_few, few_seeds_of(tied_example(), "b"))
    ]
    assert marked == [set(), {"b"}, set()]
    for records in (best_has_few, other_has_few):
        text = " ".join(render_tables(tables(records), "text").split())
        assert (text.count(mark), text.count(tail), text.count("no ties are marked")) == (1, 1, 0)
    assert tail not in " ".join(render_tables(tables(tied_example()), "text").split())


def test_one_model_of_five_seeds_beside_others_of_three_has_no_ties_to_explain():
    text = render_tables(tables(few_seeds_of(few_seeds_of(tied_example(), "b"), "c")), "text")
    assert "≈" not in text
    assert "no ties are marked" in text


@pytest.mark.parametrize("format", FORMATS.names())
def test_nothing_to_show_is_said(format):
    text = render_tables([], format)
    nothing = "No trials: there is nothing to compare yet."
    assert (
        f"<p>{nothing}</p>" in text
        if format == "html"
        else text.startswith({"json": "[]\n", "csv": "question,"}.get(format, f"{nothing}\n"))
    )


@pytest.mark.parametrize("format", FORMATS.names())
def test_all_failed_is_shown(format):
    text = render_tables(tables([record("vae", seed, status="diverged") for seed in range(2)]), format)
    expected = {"csv": "model,vae,,0,2", "json": '"done": 0'}.get(format, "0/2")
    assert expected in text


def test_unknown_format_names_the_known():
    with pytest.raises(UsageError, match=r"'docx'.*csv, html, json, latex, md, text"):
        render_tables(tables(example()), "docx")


def test_write_tables_writes_a_file_for_each_question_that_has_an_answer(tmp_path):
    paths = write_tables(example(), tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in paths}
    answered = ("reconstruction", "samples")
    tables_of = {f"tables/{question}.{suffix}" for question in answered for suffix in ("md", "csv", "tex")}
    assert names == {"results.csv", "tables/uncertainty.md", "tables/uncertainty.csv"} | tables_of
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(paths)
    assert "171.0 ± 2.5" in (tmp_path / "tables/reconstruction.md").read_text(encoding="utf-8")


def test_a_question_without_an_answer_loses_the_tables_of_an_earlier_run(tmp_path):
    (tmp_path / "tables").mkdir()
    names = ("latent.md", "latent.csv", "disentanglement.tex", "notes.md")
    for name in names:
        (tmp_path / "tables" / name).write_text("of an earlier run")
    write_tables(example(), tmp_path)
    assert [name for name in names if (tmp_path / "tables" / name).exists()] == ["notes.md"]


def test_hostile_labels_can_be_written(tmp_path):
    write_tables([record(label, scores=[score("nll", 1.0)]) for label in HOSTILE], tmp_path)
    assert len(pd.read_csv(tmp_path / "results.csv")) == len(HOSTILE)


def test_a_folder_that_is_a_file_is_one_clear_line(tmp_path):
    (tmp_path / "tables").write_text("in the way")
    with pytest.raises(ResultsError, match=r"^cannot write .*choose another folder"):
        write_tables(example(), tmp_path)
    assert (tmp_path / "tables").read_text() == "in the way"


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    write_tables(example(), tmp_path)
    before = (tmp_path / "results.csv").read_bytes()

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("aezoo.files.os.replace", refuse)
    with pytest.raises(ResultsError, match="No space left"):
        write_tables([record("other", scores=[score("nll", 1.0)])], tmp_path)
    assert (tmp_path / "results.csv").read_bytes() == before
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.slow
def test_ten_thousand_records(tmp_path):
    """2,000 models with five seeds: bounds on processor time and on what the tables add to memory."""
    names = [f"m{i}" for i in range(4)]
    records = (
        record(f"model-{i // 5}", i % 5, [score(name, i + j / 7) for j, name in enumerate(names)])
        for i in range(10_000)
    )
    start = process_time()
    write_tables(records, tmp_path)
    assert process_time() - start < 20
    assert len((tmp_path / "results.csv").read_text().splitlines()) == 40_001


@pytest.mark.slow
def test_records_are_read_once_and_not_kept(tmp_path):
    """The curves of the records, here 80 MB in all, never stand in memory together."""
    curve = 20_000
    records = (
        record("vae", seed, [score("nll", 1.0)], curves={"train": {"loss": [float(i + seed) for i in range(curve)]}})
        for seed in range(50)
    )
    tracemalloc.start()
    write_tables(records, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
