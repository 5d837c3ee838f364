"""A selection of tables is a part of them: the same cells and marks, fewer rows and columns."""

import pytest
from support.factories import record, sample_score, score
from support.folders import write_folder

from aezoo.bench.app import run_app
from aezoo.errors import UnknownNameError, UsageError
from aezoo.reporting import FORMATS, Selection, render_tables, tables

SCORES = {"a": 3.0, "b": 2.0, "c": 1.0}


def example():
    spaces = ("judge", "pca")
    models = [
        record(
            model,
            seed,
            [
                score("nll", value + seed),
                *(
                    sample_score(f"{name}_{space}", value + seed, sampler, space)
                    for sampler in ("prior", "gmm")
                    for space in spaces
                    for name in ("fd", "recall")
                ),
                sample_score("vendi_judge", value, better="target"),
            ],
        )
        for model, value in SCORES.items()
        for seed in range(2)
    ]
    real = [sample_score(name, 0.5, "oracle", better=better) for name, better in REAL.items()]
    return [*models, record("oracle", 0, real, role="oracle")]


REAL = {"fd_judge": "lower", "vendi_judge": "target"}


def names(selection):
    """The columns and rows of each table that is selected."""
    return [
        ([column.metric for column in table.columns], [(row.model, row.sampler) for row in table.rows])
        for table in tables(example(), selection)
    ]


def test_questions():
    assert {table.question for table in tables(example(), Selection(questions=("reconstruction",)))} == {
        "reconstruction"
    }


def test_metrics_by_name_and_by_name_without_space():
    assert [columns for columns, _ in names(Selection(metrics=("recall_judge", "fd")))] == [
        ["fd_judge", "recall_judge"],
        ["fd_pca"],
    ]


def test_models_and_samplers():
    found = names(Selection(questions=("samples",), models=("c", "a"), samplers=("gmm",)))
    assert {row for _, rows in found for row in rows} == {("a", "gmm"), ("c", "gmm")}


def test_samplers_leave_what_depends_on_none_and_what_has_but_one():
    found = {table.question: table for table in tables(example(), Selection(samplers=("gmm",), metrics=("nll", "fd")))}
    assert [row.model for row in found["reconstruction"].rows] == ["a", "b", "c"]
    rows = [(row.model, row.sampler) for row in found["samples"].rows]
    assert rows == [("a", "gmm"), ("b", "gmm"), ("c", "gmm"), ("oracle", "oracle")]


def test_cells_marks_and_headings_are_those_of_the_whole():
    """The best is the best of all models, and a target that only the oracle shows is still one."""
    whole = {(row.model, column.metric): cell for row, column, cell in cells(tables(example()), "gmm")}
    chosen = tables(example(), Selection(models=("a", "b"), metrics=("fd_judge", "vendi_judge")))
    for row, column, cell in cells(chosen, "gmm"):
        assert cell == whole[row.model, column.metric]
    assert "vendi_judge → oracle" in render_tables(chosen, "md")
    assert not any(cell.best for table in chosen for row in table.rows for cell in row.cells[:1])
    assert all("among the models of all rows" in table.footer[-1] for table in chosen)


def cells(found, sampler):
    for table in found:
        for row in table.rows:
            if row.sampler == sampler:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    yield row, column, cell


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(questions=("sample",)), r"question in these results 'sample'; did you mean samples"),
        (Selection(metrics=("zzz",)), r"metric in these results 'zzz'; known: fd, fd_judge, fd_pca, nll"),
        (Selection(models=("q",)), r"model in these results 'q'; known: a, b, c, oracle"),
        (Selection(samplers=("q",)), r"sampler in these results 'q'; known: gmm, oracle, prior"),
    ],
)
def test_unknown_names_list_the_known(selection, said):
    with pytest.raises(UnknownNameError, match=said):
        tables(example(), selection)


def test_a_selection_that_leaves_nothing_is_an_error():
    with pytest.raises(UsageError, match="questions reconstruction; metrics fd"):
        tables(example(), Selection(questions=("reconstruction",), metrics=("fd",)))


@pytest.mark.parametrize("format", FORMATS.names())
def test_the_command_selects_in_every_format(tmp_path, capsys, format):
    folder = write_folder(tmp_path, example())
    options = ["--question", "samples", "--metrics", "fd_judge", "--models", "a,c", "--samplers", "prior"]
    assert run_app(["table", folder, *options, "--format", format]) == 0
    text = capsys.readouterr().out
    assert "fd_judge" in text.replace("\\", "")
    assert "recall" not in text
    assert "gmm" not in text


def test_the_command_says_what_is_unknown_in_one_line(tmp_path, capsys):
    folder = write_folder(tmp_path, example())
    assert run_app(["table", folder, "--models", "a,zzz"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "error: unknown model in these results 'zzz'; known: a, b, c, oracle\n"


def test_reasons_speak_of_selected_metrics_alone():
    few = {"value": None, "state": "n/a", "reason": "359 images; needs 1000"}
    records = [record("a", 0, [score("nll", 1.0), score("ssim", **few), score("mse", **few)])]
    for metrics, told in ((("ssim",), "ssim"), ((), "ssim, mse")):
        (table,) = tables(records, Selection(metrics=metrics))
        assert [line.rsplit(": ", 1)[1] for line in table.footer if "359" in line] == [told]
