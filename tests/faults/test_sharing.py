"""Faults 8 and 9: two runs on one folder, and claims that somebody left."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from aezoo.spec import Protocol, Trial
from aezoo.store import Claims, Store
from aezoo.store.process import ProcessIdentity
from tests.faults.conftest import Bench, ended, wait_until

TRIAL = Trial(dataset="mnist-5k", model="ae", protocol=Protocol(name="smoke", epochs=10), seed=0).id


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "results")
    store.create()
    return store


def leave_claim(store: Store, seconds_ago: float = 0, **changes: object) -> Path:
    """A claim as another process would have left it."""
    path = store.trial_folder(TRIAL) / "claim.json"
    holder = {**ProcessIdentity.this_process().model_dump(), "token": "another", **changes}
    path.write_text(json.dumps(holder))
    os.utime(path, (path.stat().st_mtime - seconds_ago,) * 2)
    return path


def test_two_runs_on_one_folder_compute_each_trial_once(bench: Bench, undisturbed: Bench):
    bench.environment["FAULTS_SECONDS"] = "0.2"
    runs = [bench.start("quick", "--seeds", "0-9") for _ in range(2)]
    results = [ended(run) for run in runs]
    assert [code for code, _ in results] == [0, 0], results
    assert set(bench.computed().values()) == {1}
    assert bench.scores() == undisturbed.scores()
    assert not list(bench.folder.glob("trials/*/claim.json*"))


def test_a_run_waits_for_a_trial_that_another_computes(bench: Bench, tmp_path: Path):
    hold = tmp_path / "hold"
    hold.touch()
    bench.environment["FAULTS_HOLD"] = str(hold)
    first = bench.start("held", "--seeds", "0", "--jobs", "1")
    wait_until(lambda: bench.computed())
    second = bench.start("quick", "--seeds", "0", "--jobs", "4")
    assert second.stdout is not None
    output = ""
    for line in second.stdout:
        output += line
        if f"that process {first.pid} on " in line:
            hold.unlink()
    assert (second.wait(), hold.exists()) == (0, False), output
    assert ended(first)[0] == 0
    assert set(bench.computed().values()) == {1}


def test_the_claim_of_a_dead_process_is_taken_over_at_once(store: Store):
    process = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(process, 0)
    path = leave_claim(store, pid=process)
    with Claims(store) as claims:
        assert claims.holder_of(TRIAL) is None
        assert claims.take(TRIAL)
        assert claims.owns(TRIAL)
    assert not path.exists()


def test_the_claim_of_a_process_id_that_is_used_again_is_taken_over(store: Store):
    leave_claim(store, started="1")
    with Claims(store) as claims:
        assert claims.take(TRIAL)


@pytest.mark.parametrize("change", [{"host": "elsewhere"}, {"boot": "another"}, {"namespace": "pid:[1]"}])
def test_the_claim_of_another_machine_or_container_stands_for_five_minutes(store: Store, change: dict[str, str]):
    with Claims(store) as claims:
        leave_claim(store, 290, **change, pid=1)
        assert claims.holder_of(TRIAL) is not None
        assert not claims.take(TRIAL)
        leave_claim(store, 310, **change, pid=1)
        assert claims.holder_of(TRIAL) is None
        assert claims.take(TRIAL)


@pytest.mark.parametrize("skew", [-3600.0, 3600.0])
def test_a_clock_that_is_an_hour_off_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, skew: float):
    """The ages of claims are differences between times of the file system; the only fault here that is not real."""
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + skew)
    with Claims(store) as claims:
        leave_claim(store, 290, host="elsewhere")
        assert claims.holder_of(TRIAL) is not None
        leave_claim(store, 310, host="elsewhere")
        assert claims.holder_of(TRIAL) is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"host": 1}'])
def test_a_claim_that_nobody_can_read_stands_for_five_minutes_too(store: Store, content: bytes):
    path = store.trial_folder(TRIAL) / "claim.json"
    path.write_bytes(content)
    with Claims(store) as claims:
        assert claims.holder_of(TRIAL) == "an unknown process"
        assert not claims.take(TRIAL)
        os.utime(path, (path.stat().st_mtime - 310,) * 2)
        assert claims.take(TRIAL)


def test_of_many_that_find_a_stale_claim_one_takes_it(bench: Bench, store: Store):
    """Four runs start at once on a folder in which a claim is stale."""
    bench.environment["FAULTS_SECONDS"] = "0.1"
    leave_claim(store, 1_000, host="elsewhere")
    runs = [bench.start("quick", "--seeds", "0", "--jobs", "1") for _ in range(4)]
    results = [ended(run) for run in runs]
    assert [code for code, _ in results] == [0] * 4, results
    assert set(bench.computed().values()) == {1}


def test_a_run_that_slept_does_not_overwrite_what_another_took_over(bench: Bench):
    """The first run is stopped for longer than its claim holds; its own result comes too late."""
    bench.environment["FAULTS_SECONDS"] = "1"
    first = bench.start("quick", "--seeds", "0", "--jobs", "1")
    wait_until(lambda: bench.computed())
    os.kill(first.pid, signal.SIGSTOP)
    (claim,) = bench.folder.glob("trials/*/claim.json")
    holder = json.loads(claim.read_text())
    claim.write_text(json.dumps({**holder, "host": "elsewhere"}))
    os.utime(claim, (claim.stat().st_mtime - 1_000,) * 2)
    code, output = bench.run("quick", "--seeds", "0", "--jobs", "1")
    assert code == 0, output
    before = {path: path.stat().st_mtime_ns for path in bench.records_there()}
    os.kill(first.pid, signal.SIGCONT)
    assert ended(first)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in bench.records_there()} == before
    assert sorted(bench.computed().values()) == [1, 1, 1, 1, 2]
