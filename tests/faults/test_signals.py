"""Faults 4 and 5: Ctrl-C once and twice, SIGTERM."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.conftest import FLOORS_ONCE, Bench, alive, ended, started, wait_until


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_in_good_order(bench: Bench, number: int, code: int):
    """Nothing new begins, running trials end as killed, tables are written, and a second run does the rest."""
    process = bench.start("hangs", "--seeds", "0-2", "--jobs", "1")
    wait_until(lambda: any(name.endswith(" 1") for name in bench.computed()) or process.poll() is not None)
    os.kill(process.pid, number)
    found, output = ended(process)
    assert found == code, output
    assert bench.statuses()["killed"] == 1
    assert "killed, ProcessExpired: interrupted before it finished; the next run computes it" in output
    assert (bench.folder / "tables" / "reconstruction.md").exists()
    assert not any(map(alive, bench.pids()))
    assert not list(bench.folder.glob("trials/*/claim.json"))
    before = bench.computed()
    found, output = bench.run("quick", "--seeds", "0-2")
    assert (found, bench.statuses()) == (0, {"done": 6 + FLOORS_ONCE}), output
    assert all(bench.computed()[name] == 1 for name in before if not name.endswith(" 1"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_workers_start_leaves_nothing_that_the_next_run_skips(bench: Bench, number: int, code: int):
    starts = bench.slow_to_start(1_000)
    process = bench.start("quick", "--seeds", "0", "--jobs", "2")
    wait_until(lambda: len(started(starts)) == 2 or process.poll() is not None)
    os.killpg(process.pid, number)
    found, output = ended(process)
    assert found == code, output
    assert "Traceback" not in output
    assert bench.statuses() == {"killed": 2}
    assert "killed, ProcessExpired: interrupted before it finished; the next run computes it" in output
    wait_until(lambda: not any(map(alive, started(starts))), 30)
    bench.slow_to_start(0)
    found, output = bench.run("quick", "--seeds", "0")
    assert (found, bench.statuses()) == (0, {"done": 2 + FLOORS_ONCE}), output


def test_ctrl_c_of_the_terminal_reaches_only_the_driver(bench: Bench):
    """A terminal signals its whole process group; workers have left it."""
    process = bench.start("hangs", "--seeds", "1", "--jobs", "1")
    wait_until(lambda: len(bench.pids()) >= 1)
    os.killpg(process.pid, signal.SIGINT)
    code, output = ended(process)
    assert code == 130, output
    assert "Traceback" not in output
    assert bench.statuses() == {"killed": 1}


def test_a_second_ctrl_c_ends_the_run_at_once(bench: Bench):
    process = bench.start("hangs", "--seeds", "1", "--jobs", "2")
    wait_until(lambda: len(bench.pids()) >= 3)
    os.kill(process.pid, signal.SIGINT)
    os.kill(process.pid, signal.SIGINT)
    code, output = ended(process)
    assert code == 130, output
    assert "Traceback" not in output
    wait_until(lambda: not any(map(alive, bench.pids())), 30)
    code, output = bench.run("quick", "--seeds", "1")
    assert (code, bench.statuses()) == (0, {"done": 5}), output
