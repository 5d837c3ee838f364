"""The audit from the command line."""

import functools
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.command_line import run_command

from aezoo.audit.report import read_audit

OPTIONS = [
    *("--dataset", "mnist-5k", "--n", "100", "--draws", "2", "--metrics", "prdc,fd,near_duplicates"),
    *("--controls", "blur,mean-image-blend,memoriser"),
]


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited") / "two jobs"
    return folder, run_command("audit", *OPTIONS, "--jobs", "2", "--out", str(folder))


def comparable(folder):
    """The record without what may differ: times."""
    record = json.loads((folder / "audit.json").read_text())
    del record["timing"]
    for each in record["sets"]:
        del each["seconds"], each["cpu_seconds"]
    return record


def verdicts(folder):
    from aezoo.audit.report import analyse

    return analyse(read_audit(folder))


@pytest.mark.slow
def test_the_command_leaves_record_tables_and_cards(audited):
    folder, result = audited
    assert result.returncode == 0, result.stderr
    assert {path.name for path in folder.iterdir()} == {
        "audit.json", "audit.csv", "verdicts.csv", "metrics.csv", "README.md", "cards",
    }  # fmt: skip
    assert {path.stem for path in (folder / "cards").iterdir()} == {
        "precision", "recall", "density", "coverage", "fd", "near_duplicates",
    }  # fmt: skip
    assert comparable(folder)["spec"]["sizes"] == [12, 25, 50]
    command = "audit --dataset mnist-5k --n 100 --draws 2 --metrics prdc,fd,near_duplicates --controls blur,"
    assert command in (folder / "README.md").read_text()


@pytest.mark.slow
def test_known_answers(audited):
    findings = verdicts(audited[0])

    def found(metric, control, dose):
        return findings.metric(metric).responses[(control, dose)].verdict

    assert found("precision_pca", "mean-image-blend", 1.0) == "fooled"
    assert found("recall_pca", "mean-image-blend", 1.0) == "detects"
    assert found("density_pca", "blur", 2.0) == "detects"
    assert found("near_duplicates_pca", "memoriser", 1.0) == "detects"
    assert found("fd_pca", "memoriser", 1.0) == "blind"
    assert findings.false_alarms.rate <= findings.false_alarms.bound
    assert findings.metric("fd_pca").split_shift is not None
    assert findings.metric("near_duplicates_pca").split_shift is None
    assert [n for n, _ in findings.metric("density_pca").detected_by_n] == [12, 25, 50, 100]


@pytest.mark.slow
def test_training_digits_are_scored_by_what_never_sees_them_alone(audited):
    record = comparable(audited[0])
    train = [each for each in record["sets"] if each["role"] == "train"]
    assert len(train) == 4 * 20
    assert {name for each in train for name in each["problems"]} == {"near_duplicates_judge", "near_duplicates_pca"}
    shared = {score["name"]: score["shared"] for score in record["scores"]}
    assert "inputs/copying/pca" in shared["near_duplicates_pca"]
    assert "inputs/copying/pca" not in shared["fd_pca"]
    timed = json.loads((audited[0] / "audit.json").read_text())["sets"][0]["seconds"]
    assert {key for keys in shared.values() for key in keys} <= set(timed)


@pytest.mark.slow
def test_one_job_gives_the_same_values_as_two(audited, tmp_path):
    result = run_command("audit", *OPTIONS, "--jobs", "1", "--out", str(tmp_path / "one"))
    assert result.returncode == 0, result.stderr
    assert comparable(tmp_path / "one") == comparable(audited[0])


@pytest.mark.slow
def test_tables_are_made_again_from_the_record(audited):
    folder, _ = audited
    before = {path: path.read_bytes() for path in folder.rglob("*.md")}
    for path in before:
        path.unlink()
    assert run_command("audit", "--tables-only", "--out", str(folder)).returncode == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.md")} == before


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads the process table of Linux")
def test_an_interrupted_audit_leaves_no_file_and_no_process(tmp_path):
    command = [sys.executable, "-m", "aezoo.bench", "audit", *OPTIONS, "--jobs", "1", "--out", str(tmp_path)]
    # A shell that runs the tests in the background has Ctrl-C ignored, which children inherit.
    restore = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=restore) as process:
        assert any("audit of 3 metrics" in line for line in process.stderr)
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)
