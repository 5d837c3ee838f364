"""Lines that fit the terminal."""

from __future__ import annotations

from aezoo.bench.output import echo, fit_lines

WIDE = "| " + " | ".join("abcdefghi") + " |"
PAGE = f"# A heading of some length\n\n- one two three four five six\n\n{WIDE}\n  indented words go on below\n"


def test_prose_is_broken_at_the_width_that_columns_says_and_tables_are_not(monkeypatch):
    monkeypatch.setenv("COLUMNS", "16")
    assert fit_lines(PAGE).split("\n") == [
        "# A heading of some length",
        "",
        "- one two three",
        "  four five six",
        "",
        WIDE,
        "  indented words",
        "    go on below",
        "",
    ]


def test_messages_are_broken_too_and_stay_one_line_in_a_log(monkeypatch, capsys):
    message = "error: unknown model 'vaee'; did you mean vae?"
    echo(message)
    assert capsys.readouterr().err == f"{message}\n"
    monkeypatch.setenv("COLUMNS", "30")
    echo(message)
    assert capsys.readouterr().err == "error: unknown model 'vaee';\n  did you mean vae?\n"


def test_a_file_keeps_its_lines(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert fit_lines(PAGE) == PAGE


def test_a_word_that_does_not_fit_stays_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "1")
    assert fit_lines("fd_judge-5 of 3") == "fd_judge-5\n  of\n  3"
