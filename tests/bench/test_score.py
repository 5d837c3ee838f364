"""The command `score`: what it prints while it works, and what it leaves."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from support.few_metrics import few  # noqa: F401 - a fixture

import aezoo
from aezoo.bench.app import run_app
from aezoo.bench.commands.score import _parse_controls as parse_controls
from aezoo.scoring.progress import ScoringProgress
from aezoo.scoring.scorer import SampleScorer
from aezoo.store import Store

QUICK = ("--dataset", "mnist-5k", "--controls", "none", "--oracle-draws", "0")


@pytest.fixture
def file(digits, tmp_path):
    np.save(tmp_path / "mine.npy", digits.oracle.images)
    return tmp_path / "mine.npy"


def run(*words):
    return run_app(["score", *map(str, words)])


@pytest.mark.slow
def test_it_prints_and_saves_what_the_verb_returns(file, tmp_path, capsys):
    chosen = ("--dataset", "mnist-5k", "--controls", "blur", "--oracle-draws", "3")
    assert run(file, *chosen, "--format", "json", "--metrics", "all", "--out", tmp_path / "out") == 0
    scored = aezoo.score(file, "mnist-5k", controls=["blur"], oracle_draws=3)
    assert capsys.readouterr().out == scored.table("json", "all") == (tmp_path / "out" / "score.json").read_text()


@pytest.mark.slow
def test_the_samples_own_scores_come_first_then_the_rest_with_the_time_left(file, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))  # nothing is known from an earlier run
    assert run(file, "--dataset", "mnist-5k", "--controls", "blur", "--oracle-draws", "3") == 0
    lines = capsys.readouterr().err.splitlines()
    own = next(place for place, line in enumerate(lines) if line.startswith("  fd_judge ↓: "))
    others = next(place for place, line in enumerate(lines) if line.startswith("oracle: "))
    assert own < others
    assert len([line for line in lines[own:others] if line.startswith("  ")]) == 13
    assert any(line.startswith("note: no models stand beside the samples") for line in lines)
    assert lines[-1].startswith("oracle's band: draw 3 of 3")


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_what_is_unlikely_is_a_warning_on_both_streams(digits, tmp_path, capsys):
    np.save(tmp_path / "white.npy", 255 - digits.oracle.images)
    assert run(tmp_path / "white.npy", *QUICK) == 0
    printed = capsys.readouterr()
    assert "warning: the images' mean is 0.87" in printed.err
    assert printed.out.splitlines()[2].startswith("WARNING: the images' mean is 0.87")


@pytest.mark.usefixtures("few")
def test_interrupted_after_its_own_scores_it_leaves_them(file, tmp_path, capsys, monkeypatch):
    def interrupted(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(SampleScorer, "references", interrupted)
    assert run(file, *QUICK, "--out", tmp_path / "out") == 130
    assert "  fd_judge ↓: " in capsys.readouterr().err
    (record,) = Store(tmp_path / "out").records()
    assert (record["role"], record["label"]) == ("samples", "mine")
    assert run_app(["table", str(tmp_path / "out")]) == 0
    assert "| mine (samples)" in capsys.readouterr().out


@pytest.mark.usefixtures("few")
def test_slow_metrics_and_csv_by_option(file, capsys):
    assert run(file, *QUICK, "--also", "parzen", "--format", "csv") == 0
    printed = capsys.readouterr()
    assert "parzen_log_likelihood" in printed.out
    assert "fd_judge is " in printed.err
    assert run(file, *QUICK, "--also", "parsen") == 2
    assert "did you mean parzen?" in capsys.readouterr().err


@pytest.mark.usefixtures("few")
def test_several_files_stand_side_by_side(digits, file, tmp_path, capsys):
    np.savez(tmp_path / "other.npz", images=digits.oracle.images[::-1])
    assert (
        run(file, tmp_path / "other.npz", *QUICK, "--name", "first", "--name", "second", "--out", tmp_path / "out") == 0
    )
    printed = capsys.readouterr()
    assert printed.out.startswith("Scores of first and second: 1,000 images each")
    assert re.search(r"^score +first +second$", printed.out, re.MULTILINE)
    assert {record["label"] for record in Store(tmp_path / "out").records()} == {"first", "second", "oracle"}
    assert run(file, tmp_path / "other.npz", *QUICK, "--format", "csv") == 0
    assert "other: Quality: fd_judge is " in capsys.readouterr().err


def test_names_are_given_once_for_each_file_and_tell_them_apart(digits, file, tmp_path, capsys):
    np.save(tmp_path / "other.npy", digits.oracle.images[::-1])
    assert run(file, tmp_path / "other.npy", *QUICK, "--name", "one") == 2
    assert "--name is given 1 times for 2 files" in capsys.readouterr().err
    assert run(file, tmp_path / "other.npy", *QUICK, "--name", "a", "--name", "a") == 2
    assert "two generators are called 'a'" in capsys.readouterr().err


@pytest.mark.usefixtures("few")
def test_the_generator_of_features_alone_has_a_name(tmp_path, capsys):
    random = np.random.default_rng(0)
    np.savez(tmp_path / "f.npz", real=random.normal(size=(2_500, 8)), fake=random.normal(size=(1_000, 8)))
    quick = ("--features", tmp_path / "f.npz", *QUICK[2:], "--format", "json")
    for words, name in (((), "fake"), (("--name", "my-gan"), "my-gan")):
        assert run(*quick, *words) == 0
        assert json.loads(capsys.readouterr().out)["generators"] == [name]
    assert run(*quick, "--name", "a", "--name", "b") == 2
    assert "--name is given 2 times for 0 files" in capsys.readouterr().err
    assert run("--name", "a") == 2
    assert "no images are given" in capsys.readouterr().err


def test_an_unknown_control_is_refused_and_all_or_none_are_no_names(file, capsys):
    assert run(file, "--controls", "blur,memorizer") == 2
    assert "did you mean memoriser" in capsys.readouterr().err
    assert parse_controls("all") is None
    assert parse_controls("none") == []
    assert parse_controls("blur, memoriser") == ["blur", "memoriser"]


def test_a_data_set_beside_real_images_is_refused(file, capsys):
    assert run(file, "--real", file, "--dataset", "mnist") == 2
    text = " ".join(capsys.readouterr().err.split())
    assert text.endswith(
        "--dataset (dataset=) is given beside --real (real=), which takes its place; leave one of them out"
    )
    assert run("--features", "a.npz", "--data-file", file) == 2
    assert "--data-file (data_file=) is given beside --features" in " ".join(capsys.readouterr().err.split())


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_the_time_left_is_learned_from_what_has_ended():
    clock, told = Clock(), []
    pace = ScoringProgress(told.append, rows=3, draws=2, clock=clock)
    for _ in range(3):
        clock.now += 10
        pace.row_ended("blur", 4.0)
    pace.draws_begin()
    for seconds in (23, 3):
        clock.now += seconds
        pace.draw_ended()
    assert told == [
        "blur: 10.0 s, about 48 s left",  # two rows, the preparation of the band as long as two, and two draws
        "blur: 10.0 s, about 38 s left",
        "blur: 10.0 s, about 28 s left",
        "oracle's band: 2 draws, about 28 s left",
        "oracle's band: draw 1 of 2, about 4 s left",
        "oracle's band: draw 2 of 2",
    ]


def test_quick_draws_are_not_told_one_by_one():
    told = []
    pace = ScoringProgress(told.append, rows=0, draws=10, clock=Clock())
    for _ in range(10):
        pace.draw_ended()
    assert told == ["oracle's band: draw 10 of 10"]


@pytest.mark.slow
@pytest.mark.usefixtures("few")
def test_one_screen_is_printed_and_all_of_it_on_request(file, capsys):
    assert run(file, *QUICK) == 0
    screen = capsys.readouterr().out
    assert screen.count("\n") <= 40
    assert (
        screen.index("Finding on mine") < screen.index("Quality: ") < screen.index("fd_judge ↓") < screen.index("--all")
    )
    assert "How to read it" not in screen
    printed = []
    for option in (["--all"], ["--format", "md"], ["--metrics", "all"]):
        assert run(file, *QUICK, *option) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[0].startswith("# Scores of mine")
    assert all("### How to read it" in page for page in printed)
    assert len(printed[2]) > len(printed[0])


@pytest.mark.usefixtures("few")
def test_json_is_one_object(file, capsys):
    assert run(file, *QUICK, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["samples"] == "mine"
