"""What a record says of the machine and the checkout."""

from __future__ import annotations

import subprocess

import pytest

from aezoo import machine


@pytest.fixture(autouse=True)
def _fresh():
    for function in (machine.processor, machine.instructions, machine.checkout):
        function.cache_clear()
    yield
    for function in (machine.processor, machine.instructions, machine.checkout):
        function.cache_clear()


def test_linuxs_words_are_read(tmp_path, monkeypatch):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Fast CPU @ 3 GHz\nflags\t\t: sse avx avx2 fma\n")
    monkeypatch.setattr(machine, "CPUINFO", cpuinfo)
    assert machine.processor() == "Fast CPU @ 3 GHz"
    assert machine.instructions() == "avx2"


def test_another_system_tells_its_architecture_and_no_instructions(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "none")
    assert machine.processor()
    assert machine.instructions() == "unknown"


def test_a_checkout_is_told_from_one_with_changes(tmp_path, monkeypatch):
    package = tmp_path / "aezoo"
    package.mkdir()
    source = package / "machine.py"
    source.write_text("x = 1\n")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    monkeypatch.setattr(machine, "__file__", str(source))
    commit = machine.checkout()
    assert len(commit) == 12
    machine.checkout.cache_clear()
    source.write_text("x = 2\n")
    assert machine.checkout() == f"{commit}+"


@pytest.mark.parametrize("fault", ["fails", "answers late"])
def test_a_checkout_of_which_git_does_not_tell_all_has_no_commit(tmp_path, monkeypatch, fault):
    """A commit without its changes would say that there are none."""
    (tmp_path / ".git").mkdir()

    def run(command, **options):
        if "rev-parse" in command:
            return subprocess.CompletedProcess(command, 0, "0123456789ab\n", "")
        if fault == "fails":
            return subprocess.CompletedProcess(command, 128, "", "fatal")
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(machine.shutil, "which", lambda name: name)
    monkeypatch.setattr(machine.subprocess, "run", run)
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "aezoo" / "machine.py"))
    assert machine.checkout() == ""


def test_an_installed_package_has_no_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "__file__", str(tmp_path / "aezoo" / "machine.py"))
    assert machine.checkout() == ""


def test_all_of_it_is_text():
    found = machine.machine()
    assert set(found) == {"processor", "instructions", "cores", "commit"}
    assert all(isinstance(value, str) for value in found.values())
    assert int(found["cores"]) >= 1
