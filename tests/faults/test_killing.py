"""Faults 1, 2, 14, 15, 16: processes that are killed, that hang, that want too much."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.conftest import FLOORS_ONCE, Bench, alive, ended, started, wait_until

MANY = ("--seeds", "0-39")
TABLES = ("results.csv", *(f"tables/{name}.md" for name in ("reconstruction", "uncertainty")))


def test_twenty_kills_of_the_run_lose_and_change_nothing(bench: Bench, tmp_path: Path):
    """A record that was whole stays as it is, down to its bytes; the last run ends as if nothing had happened."""
    moments, struck, whole = random.Random(0), 0, {}
    for _ in range(20):
        before = len(bench.pids())
        process = bench.start("quick", *MANY)
        wait_until(lambda b=before, p=process: len(bench.pids()) > b or p.poll() is not None)
        time.sleep(moments.uniform(0, 0.25))
        struck += process.poll() is None
        process.kill()
        ended(process)
        found = {path.parent.name: path.read_bytes() for path in bench.records_there()}
        assert {name: found[name] for name in whole} == whole
        whole = found
    assert struck >= 15
    code, output = bench.run("quick", *MANY)
    assert code == 0, output
    undisturbed = replace(bench, folder=tmp_path / "undisturbed")
    assert undisturbed.run("quick", *MANY)[0] == 0
    assert bench.scores() == undisturbed.scores()
    for name in TABLES:
        assert (bench.folder / name).read_bytes() == (undisturbed.folder / name).read_bytes()
    assert not list(bench.folder.glob("trials/*/tmp-*"))
    assert not list(bench.folder.glob("trials/*/claim.json*"))


def test_a_killed_run_leaves_no_worker_behind(bench: Bench):
    process = bench.start("hangs", "--seeds", "1")
    wait_until(lambda: len(bench.pids()) >= 3)
    os.kill(process.pid, signal.SIGKILL)
    ended(process)
    wait_until(lambda: not any(map(alive, bench.pids())), 30)


def test_a_killed_worker_costs_its_trial_and_runs_again(bench: Bench):
    code, output = bench.run("dies", "--seeds", "0-2")
    assert code == 3
    assert bench.statuses() == {"done": 4 + FLOORS_ONCE, "killed": 2}
    assert "ae seed 1: killed, ProcessExpired: killed by signal 9 (SIGKILL); out of memory" in output
    assert bench.computed()["ae 1"] == 1
    code, output = bench.run("quick", "--seeds", "0-2")
    assert (code, bench.statuses()) == (0, {"done": 6 + FLOORS_ONCE}), output
    assert bench.computed()["ae 0"] == 1


def kill_starting(starts: Path, count: int) -> int:
    """Kill the `count`-th worker that starts while it does, and no later."""
    wait_until(lambda: len(started(starts)) >= count, 60)
    os.kill(started(starts)[count - 1], signal.SIGKILL)
    return count


def test_a_worker_killed_while_it_starts_costs_its_trial_and_another_takes_its_place(bench: Bench):
    starts = bench.slow_to_start(1)
    process = bench.start("quick", "--seeds", "0-2", "--jobs", "1")
    kill_starting(starts, 1)
    code, output = ended(process)
    assert code == 3, output
    assert "Traceback" not in output
    assert "killed, ProcessExpired: its process ended while it started; out of memory" in output
    assert bench.statuses() == {"done": 5 + FLOORS_ONCE, "killed": 1}
    assert len(started(starts)) == 2
    bench.slow_to_start(0)
    code, output = bench.run("quick", "--seeds", "0-2")
    assert (code, bench.statuses()) == (0, {"done": 6 + FLOORS_ONCE}), output


def test_workers_that_die_again_and_again_while_they_start_end_the_run_in_one_line(bench: Bench):
    """What finished is kept, and nothing else begins."""
    assert bench.run("quick", "--seeds", "0")[0] == 0
    starts = bench.slow_to_start(1)
    process = bench.start("quick", "--seeds", "0-9", "--jobs", "1")
    assert [kill_starting(starts, count) for count in (1, 2, 3)] == [1, 2, 3]
    code, output = ended(process)
    assert code == 1, output
    assert "Traceback" not in output
    assert output.splitlines()[-1].startswith("error: a process for trials was asked for, and 3 in a row ended")
    assert bench.statuses() == {"done": 2 + FLOORS_ONCE, "killed": 3}
    assert len(started(starts)) == 3
    assert not list(bench.folder.glob("trials/*/claim.json"))


@pytest.mark.parametrize("work", ["hangs", "deaf"])
def test_a_trial_that_hangs_is_ended_with_all_that_it_started(bench: Bench, work: str):
    started = time.monotonic()
    code, output = bench.run(work, "--seeds", "1", "--timeout", "2")
    assert code == 3, output
    assert bench.statuses() == {"timeout": 5}
    assert "longer than 2 s; raise --timeout, then --retry failed" in output
    assert not any(map(alive, bench.pids()))
    assert time.monotonic() - started < 200


def test_a_trial_that_ran_out_of_time_stands_until_it_is_asked_for(bench: Bench):
    bench.run("hangs", "--seeds", "0-1", "--timeout", "2")
    assert bench.statuses() == {"timeout": 2, "done": 2 + FLOORS_ONCE}
    code, output = bench.run("quick", "--seeds", "0-1")
    assert (code, bench.statuses()["timeout"]) == (3, 2), output
    code, output = bench.run("quick", "--seeds", "0-1", "--retry", "failed")
    assert (code, bench.statuses()) == (0, {"done": 4 + FLOORS_ONCE}), output


def test_memory_that_is_refused_costs_one_trial(bench: Bench):
    code, output = bench.run("eats_memory", "--seeds", "0-2")
    assert code == 3
    assert bench.statuses() == {"done": 4 + FLOORS_ONCE, "error": 2}
    assert "ae seed 1: error, MemoryError: out of memory (Unable to allocate 64.0 GiB" in output
    assert "lower --jobs or the batch size" in output


def test_a_trial_that_raises_costs_itself_and_keeps_its_traceback(bench: Bench):
    code, output = bench.run("raises", "--seeds", "0-2")
    assert code == 3
    assert "ae seed 1: error, RuntimeError: no such luck at all" in output
    (record,) = [r for r in bench.records() if r["status"] == "error" and r["label"] == "ae"]
    assert record["error"]["type"] == "RuntimeError"
    assert 'raise RuntimeError("no such luck' in record["error"]["traceback"]
    assert bench.statuses() == {"done": 4 + FLOORS_ONCE, "error": 2}


def test_after_the_first_failure_nothing_begins_if_so_wished(bench: Bench):
    code, output = bench.run("raises", "--seeds", "0-9", "--fail-fast", "--jobs", "1")
    assert code == 3, output
    assert bench.statuses()["error"] == 1
    assert len(bench.records()) <= 3
