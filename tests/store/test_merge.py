"""Folders are joined whole, or not at all where they contradict each other."""

from __future__ import annotations

import hashlib
import itertools
import json

import pytest

from aezoo.bench.app import run_app
from aezoo.errors import ResultsError
from aezoo.record import new_record
from aezoo.spec import Protocol, Trial
from aezoo.store import Claims, Store
from aezoo.store.merge import MergeResult, merge

DATA = {"name": "digits", "fingerprint": "a" * 64, "judge": None, "note": "", "sizes": {}}


def outcome(seed, status="done", **fields):
    """A record, with weights of its own unless it failed."""
    record = new_record(Trial(dataset="digits", model="vae", protocol=Protocol(), seed=seed))
    artifacts = {"weights.npz": f"weights {seed}".encode()} if status == "done" else {}
    record["artifacts"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in artifacts.items()
    }
    return {**record, "status": status, "dataset": DATA, **fields}, artifacts


@pytest.fixture
def folder(tmp_path):
    def make(name, *outcomes):
        store = Store(tmp_path / name)
        store.create()
        for record, artifacts in outcomes:
            store.commit(record, artifacts)
        return store.folder

    return make


def content(folder):
    """Every file of every trial."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.glob("trials/*/*"))}


def test_parts_in_any_order_equal_the_whole(folder, tmp_path):
    whole = folder("whole", *map(outcome, range(7)))
    parts = [folder(f"part {i}", *map(outcome, range(i, 7, 3))) for i in range(3)]
    for number, order in enumerate(itertools.permutations(parts)):
        into = tmp_path / f"order {number}"
        assert merge(order, into) == MergeResult(7, 7)
        assert content(into) == content(whole)


def test_a_second_merge_writes_nothing_and_sources_stay_as_they_were(folder, tmp_path):
    source = folder("source", outcome(0))
    before = content(source)
    assert merge([source], tmp_path / "into") == MergeResult(1, 1)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "into").rglob("trials/*/*")}
    assert merge([source, tmp_path / "into"], tmp_path / "into") == MergeResult(1, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "into").rglob("trials/*/*")} == written
    assert content(source) == before


def test_times_and_environments_may_differ(folder, tmp_path):
    first = folder("first", outcome(0, timing={"total": 1.0}, environment={"machine": "x86_64"}))
    second = folder("second", outcome(0, timing={"total": 2.0}, environment={"machine": "arm64"}))
    assert merge([first, second], tmp_path / "into") == MergeResult(1, 1)
    assert content(tmp_path / "into") == content(first)


@pytest.mark.parametrize("status", ["done", "diverged"])
def test_different_results_of_one_trial_are_refused_before_anything_is_written(folder, tmp_path, status):
    first = folder("first", outcome(1), outcome(0))
    second = folder("second", outcome(0, status, metrics={"mse": 2}))
    with pytest.raises(
        ResultsError, match=r"vae seed 0 \(\w{12}\) has another .*metrics.* in .*second than in .*first"
    ):
        merge([first, second], tmp_path / "into")
    assert content(tmp_path / "into") == {}


@pytest.mark.parametrize("status", ["error", "timeout", "killed"])
def test_a_result_takes_the_place_of_a_failure_and_never_the_other_way(folder, tmp_path, status):
    reason = {"type": "MemoryError", "message": "", "traceback": ""}
    failed = folder("failed", outcome(0, status, error=reason))
    done = folder("done", outcome(0))
    for number, order in enumerate(itertools.permutations([failed, done])):
        merge(order, tmp_path / f"into {number}")
        assert content(tmp_path / f"into {number}") == content(done)
    assert merge([done], failed) == MergeResult(1, 1)
    assert content(failed) == content(done)


def test_other_data_under_one_name_is_refused(folder, tmp_path):
    first = folder("first", outcome(0))
    second = folder("second", outcome(1, dataset={**DATA, "fingerprint": "b" * 64}))
    with pytest.raises(ResultsError, match=r"'digits' has fingerprint b{12} in .*second but a{12} in .*first"):
        merge([first, second], tmp_path / "into")
    assert content(tmp_path / "into") == {}


def test_weights_that_are_not_what_their_record_says_are_refused(folder, tmp_path):
    source = folder("source", outcome(0))
    next(source.glob("trials/*/weights.npz")).write_bytes(b"other")
    with pytest.raises(ResultsError, match="SHA-256 differs"):
        merge([source], tmp_path / "into")
    assert content(tmp_path / "into") == {}


def test_a_trial_that_is_being_computed_is_not_overwritten(folder, tmp_path):
    source, into = folder("source", outcome(0)), folder("into")
    with Claims(Store(into)) as other:
        assert other.take(outcome(0)[0]["id"])
        with pytest.raises(ResultsError, match="merge when it has ended"):
            merge([source], into)
    assert merge([source], into) == MergeResult(1, 1)


def test_folders_that_cannot_be_read_are_refused_before_one_is_made(tmp_path, folder):
    with pytest.raises(ResultsError, match="absent holds no results"):
        merge([tmp_path / "absent"], tmp_path / "into")
    assert not (tmp_path / "into").exists()
    newer = folder("newer", outcome(0))
    path = next(newer.glob("trials/*/record.json"))
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": 99}))
    with pytest.raises(ResultsError, match="upgrade aezoo"):
        merge([newer], tmp_path / "into")


@pytest.mark.filterwarnings("ignore::aezoo.errors.DamagedRecordWarning")
@pytest.mark.parametrize("options", [[], ["--packed"]])
def test_a_folder_that_cannot_be_written_is_a_line_and_exit_code_6(folder, tmp_path, capsys, options):
    record, artifacts = outcome(0)
    kept = {**record, "artifacts": {"gallery.npz": record["artifacts"]["weights.npz"]}}
    source, into = folder("source", (kept, {"gallery.npz": artifacts["weights.npz"]})), folder("into")
    (into / "trials" / record["id"]).symlink_to(tmp_path)
    assert run_app(["merge", str(source), "--into", str(into), *options]) == 6
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: results folder {into} cannot be written: ")
    assert "is a symbolic link" in line


def test_the_command_says_what_it_did_and_writes_tables(folder, tmp_path, capsys):
    parts = [str(folder(f"part {i}", outcome(i))) for i in range(2)]
    assert run_app(["merge", *parts, "--into", str(tmp_path / "into")]) == 0
    assert capsys.readouterr().out == f"2 trials in {tmp_path / 'into'}, 2 of them new\n"
    assert (tmp_path / "into" / "results.csv").exists()
