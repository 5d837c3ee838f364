"""The page on comparing says what is so, and its commands and its test file work as a user takes them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.factories import record, sample_score, score
from support.folders import write_folder

from aezoo.analysis.conventions import headline_metrics
from aezoo.analysis.gate_rules import Rule
from aezoo.bench.app import run_app
from aezoo.metrics.inputs import QUESTIONS

TEXT = (Path(__file__).parents[2] / "docs" / "compare.md").read_text()
COMMANDS = [shlex.split(line) for line in re.findall(r"python -m aezoo\.bench (.*)$", TEXT, re.MULTILINE)]
RULES = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)


def trials(label="vae", worse=1.0, seeds=8):
    """Finished trials with the scores that the page names."""
    return [
        record(
            label,
            seed,
            [
                score("nll", worse * (150 + seed)),
                *(sample_score(name, worse * (20 + seed)) for name in ("fd_judge", "kd_judge")),
            ],
        )
        for seed in range(seeds)
    ]


@pytest.fixture
def place(pytester):
    """A folder with the two results folders of the page, alike."""
    write_folder(pytester.path / "baseline", [*trials(), *trials("beta-vae", 1.01)])
    write_folder(pytester.path / "candidate", [*trials(worse=1.001), *trials("beta-vae", 1.01)])
    return pytester.path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_its_commands_run(words, place, capsys):
    """Training takes minutes, so it says what it would train."""
    training = words[0] != "compare"
    assert run_app([*words, "--dry-run"] if training else words) == 0
    captured = capsys.readouterr()
    assert captured.out
    assert "REGRESSION" not in captured.err
    assert ("within limits" in captured.err) is ("--fail-on" in words)


def gate(pytester):
    pytester.makepyfile(test_gate=re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[1])
    return pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_gate.py")


@pytest.mark.slow
def test_its_test_file_passes_and_fails(place, pytester):
    assert gate(pytester).ret == 0
    (place / "candidate").rename(place / "before")
    write_folder(place / "candidate", trials(worse=1.5))
    failed = gate(pytester)
    assert failed.ret == 1
    assert "REGRESSION: vae nll on mnist-5k" in str(failed.stdout)


def test_a_candidate_that_lost_seeds_fails_its_test_file(place, pytester, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # the sentence on one line
    (place / "candidate").rename(place / "before")
    write_folder(place / "candidate", trials(seeds=1))
    assert "the candidate has no value for seeds 1, 2, 3, 4, 5, 6 and 7" in str(gate(pytester).stdout)


def test_its_rules_are_understood():
    assert len(RULES) == 4
    assert [Rule.parse(rule).certain for rule in RULES] == [False, False, False, True]


def test_the_family_that_it_names_is_the_one():
    named = re.search(r"metric to read first \((.*?);", TEXT, re.DOTALL)[1]
    first = {headline_metrics(question)[0] for question in QUESTIONS}
    assert {name.removesuffix("_judge") for name in re.findall(r"`(\w+)`", named)} == first


def test_it_fits_on_a_page():
    assert TEXT.count("\n") <= 80
