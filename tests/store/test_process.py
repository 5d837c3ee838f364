"""A process is alive where the system says so, also where it hides the processes of others."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from aezoo.store.process import ProcessIdentity


@pytest.fixture
def child():
    """Another process, which does nothing."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def identity(pid, **changes):
    return ProcessIdentity.this_process().model_copy(update={"pid": pid, "started": "1", **changes})


def test_this_process_lives_and_one_that_began_at_another_time_has_its_number_now():
    assert ProcessIdentity.this_process().is_alive()
    assert not identity(os.getpid()).is_alive()


@pytest.mark.parametrize("is_hidden", [False, True])
def test_an_ended_process_is_dead(child, monkeypatch, tmp_path, is_hidden):
    child.communicate(b"\n")
    if is_hidden:
        monkeypatch.setattr("aezoo.store.process.PROC", tmp_path)
    assert not identity(child.pid).is_alive()


def test_the_remains_of_a_process_are_dead(child):
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not identity(child.pid).is_alive()


def test_a_process_that_proc_hides_is_alive_where_it_answers_to_signals_or_is_of_another_user(monkeypatch, tmp_path):
    monkeypatch.setattr("aezoo.store.process.PROC", tmp_path)
    hidden = identity(os.getpid())
    assert hidden.is_alive()

    def refuse(pid, signal):
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert hidden.is_alive()
