"""The mirror of a run: each record reaches the tracker, and a tracker that fails harms nothing."""

from __future__ import annotations

import warnings

import pytest
from support.instant_engine import InstantEngine, row_of

import aezoo
from aezoo.bench.commands.run import exit_code
from aezoo.errors import UnknownNameError
from aezoo.trackers import TRACKERS

DATA = {"dataset": "mnist-5k", "seeds": "0"}
SCORES = [row_of("nll", question="reconstruction", value=2.5)]


@pytest.fixture
def shown(monkeypatch):
    """Registers the tracker "kept", which keeps what it is shown."""
    runs = []

    def keep(run, folder):
        print("noise")
        runs.append((run, folder))

    monkeypatch.setitem(TRACKERS._loaded, "kept", keep)
    return runs


@pytest.fixture
def broken(monkeypatch):
    """Registers the tracker "broken"; the list counts its calls."""
    calls = []

    def fail(run, folder):
        calls.append(run)
        raise ConnectionError("nobody\nanswers")

    monkeypatch.setitem(TRACKERS._loaded, "broken", fail)
    return calls


def run(folder, track, models=("ae",), engine=None, **arguments):
    engine = engine or InstantEngine(scores=SCORES)
    return aezoo.run(list(models), out=folder, engine=engine, track=track, report=False, **DATA, **arguments)


def test_each_trial_is_shown_once_without_a_word(tmp_path, shown, capfd):
    results = run(tmp_path / "results", "kept")
    assert capfd.readouterr() == ("", "")
    assert sorted(each.id for each, _ in shown) == sorted(record["id"] for record in results.records)
    assert {folder for _, folder in shown} == {tmp_path / "results"}
    assert all(each.scores == {"reconstruction/nll": 2.5} for each, _ in shown)


def test_a_line_says_how_many_trials_were_mirrored_and_where(tmp_path, shown, monkeypatch):
    told = []
    run(tmp_path / "a", "kept", progress=told.append)
    (line,) = [event.text for event in told if event.kind == "mirrored"]
    assert line == f"tracker kept: {len(shown)} trials mirrored"
    monkeypatch.setitem(TRACKERS._loaded, "kept", lambda run, folder: "its shelf")
    run(tmp_path / "b", "kept", progress=told.append)
    assert told[-1].text.endswith(" trials mirrored into its shelf")
    run(tmp_path / "c", None, progress=(untold := []).append)
    assert not [event for event in untold if event.kind == "mirrored"]


def test_trials_that_stand_are_shown_too(tmp_path, shown):
    run(tmp_path, None)
    assert shown == []
    again = InstantEngine(scores=SCORES)
    results = run(tmp_path, "kept", ["ae", "vae"], again)
    assert {request.trial.model for request in again.ran} == {"vae"}
    assert len(shown) == len(results.records) > 2


def test_a_failed_attempt_at_a_finished_trial_does_not_replace_what_is_shown(tmp_path, shown):
    run(tmp_path, None)
    with pytest.warns(aezoo.RunWarning, match="failed: ae seed 0"):
        run(tmp_path, "kept", engine=InstantEngine(failing=[0]), force="ae")
    (ae,) = [each for each, _ in shown if each.config["model"] == "ae"]
    assert (ae.tags, ae.scores) == (("model", "done"), {"reconstruction/nll": 2.5})


def test_a_tracker_that_fails_is_one_warning_and_changes_nothing(tmp_path, broken):
    with pytest.warns(aezoo.RunWarning) as caught:
        results = run(tmp_path / "tracked", "broken")
    (warning,) = caught
    said = "tracker broken is left out from here on: ConnectionError: nobody answers (test_mirror.py:"
    assert said in str(warning.message)
    assert "\n" not in str(warning.message)
    assert len(broken) == 1
    assert exit_code(results, None) == 0
    plain = run(tmp_path / "plain", None)
    assert [record["id"] for record in plain.records] == [record["id"] for record in results.records]
    assert {record["status"] for record in results.records} == {"done"}


def test_it_is_one_event_where_events_are_told(tmp_path, broken):
    told = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(tmp_path, "broken", progress=told.append)
    assert [event.kind for event in told].count("tracker") == 1


def test_a_package_that_is_missing_is_named_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "trackio", None)
    with pytest.warns(aezoo.RunWarning, match=r"tracker trackio .*trackio.*pip install 'aezoo\[trackio\]'"):
        results = run(tmp_path, "trackio")
    assert results.failed == []


def test_an_unknown_tracker_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(UnknownNameError, match="unknown tracker 'mlfow'; did you mean mlflow"):
        run(tmp_path / "none", "mlfow")
    assert not (tmp_path / "none").exists()
