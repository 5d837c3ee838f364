"""Workers of a Dask cluster that come, die, hang or are refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from support.dask_cluster import (
    PROTOCOL,
    Cluster,
    by_id,
    cluster,
    deadly,
    everything,
    light,
    quick_requests,
    slow,
)

from aezoo.datasets import load_dataset
from aezoo.engines.dask import run as dask_run
from aezoo.engines.dask.workers import WorkerWarning
from aezoo.errors import DatasetError, UsageError
from aezoo.messages import Request
from aezoo.spec import Trial


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[Cluster]:
    """One scheduler for all tests: none of them harms it."""
    with cluster(tmp_path_factory.mktemp("scheduler")) as running:
        yield running


@pytest.fixture
def lone(scheduler) -> Iterator[Cluster]:
    """A scheduler without workers."""
    yield scheduler
    scheduler.end_workers()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_a_retry_and_nothing_else(lone, digits):
    doomed = lone.worker("--no-nanny")
    requests = quick_requests(4, digits.fingerprint)
    running = light(lone, work=slow)(requests, everything)
    outcomes = [next(running)]
    lone.worker("--no-nanny")
    doomed.kill()
    outcomes.extend(running)
    assert [outcome.record["status"] for outcome in outcomes] == ["done"] * 4
    assert by_id(outcomes).keys() == {request.trial.id for request in requests}
    first, *others = (outcome.record["environment"]["process"] for outcome in outcomes)
    assert len(set(others)) == 1
    assert first not in others


@pytest.mark.slow
def test_a_trial_that_loses_every_worker_is_killed_and_the_others_go_on(lone, digits):
    for _ in range(3):
        lone.worker("--no-nanny")
    engine = light(lone, work=deadly, retries=1)
    outcomes = [outcome.record for outcome in engine(quick_requests(4, digits.fingerprint), everything)]
    assert {record["spec"]["seed"]: record["status"] for record in outcomes} == {
        0: "done", 1: "killed", 2: "done", 3: "done",
    }  # fmt: skip
    lost = next(record for record in outcomes if record["status"] == "killed")
    assert lost["error"]["message"].startswith("its worker was lost 2 times, last tcp://127.0.0.1:")


@pytest.mark.slow
def test_a_timeout_ends_the_process_and_its_nanny_brings_another(lone, digits):
    lone.worker()
    (outcome,) = light(lone, work=slow, timeout=0.2)(quick_requests(1, digits.fingerprint), everything)
    assert outcome.record["status"] == "timeout"
    assert outcome.record["error"]["message"] == "longer than 0.2 s; raise --timeout, then --retry failed"
    (again,) = light(lone)(quick_requests(1, digits.fingerprint), everything)
    assert again.record["status"] == "done"


@pytest.mark.slow
def test_a_worker_without_a_nanny_cannot_be_ended_and_gets_no_other_trial(lone, digits):
    lone.worker("--no-nanny")
    message = r"worker tcp://\S+ has no nanny, so that the trial on it cannot be ended .*; start it without --no-nanny"
    with pytest.warns(WorkerWarning, match=message):
        (only,) = light(lone, work=slow, timeout=0.2)(quick_requests(1, digits.fingerprint), everything)
    outcomes = light(lone, work=slow, timeout=0.2)(quick_requests(2, digits.fingerprint), everything)
    with pytest.warns(WorkerWarning, match=message):
        first = next(outcomes)
    assert (only.record["status"], first.record["status"]) == ("timeout", "timeout")
    with pytest.raises(UsageError, match=message):
        next(outcomes)
    engine = light(lone, work=slow)
    outcomes = engine(quick_requests(3, digits.fingerprint), everything)
    statuses = [next(outcomes).record["status"]]
    engine.kill()
    with pytest.warns(WorkerWarning, match=message):
        statuses += [outcome.record["status"] for outcome in outcomes]
    assert statuses == ["done", "killed"]


@pytest.mark.slow
def test_the_only_trial_that_lost_the_only_worker_waits_for_another(lone, digits, monkeypatch):
    monkeypatch.setattr(dask_run, "IDLE_POLLS", 1)
    lone.worker("--no-nanny")
    late = threading.Timer(15, lone.worker, ["--no-nanny"])
    late.start()
    requests = quick_requests(2, digits.fingerprint)[1:]
    with pytest.warns(WorkerWarning, match="no workers; waiting for some"):
        (outcome,) = light(lone, work=deadly, retries=1)(requests, everything)
    late.join()
    assert outcome.record["error"]["message"].startswith("its worker was lost 2 times")


@pytest.mark.slow
def test_a_halt_ends_what_runs_as_killed_and_begins_nothing(lone, digits):
    lone.worker()
    engine = light(lone, work=slow)
    outcomes = engine(quick_requests(5, digits.fingerprint), everything)
    statuses = [next(outcomes).record["status"]]
    engine.kill()
    statuses += [outcome.record["status"] for outcome in outcomes]
    assert statuses == ["done", "killed"]


@pytest.mark.slow
def test_another_version_of_aezoo_is_refused_naming_both(lone, digits, tmp_path):
    (tmp_path / "old" / "aezoo").mkdir(parents=True)
    (tmp_path / "old" / "aezoo" / "__init__.py").write_text("__version__ = '0.0.9'\n")
    (tmp_path / "none" / "aezoo.py").parent.mkdir()
    (tmp_path / "none" / "aezoo.py").write_text("raise ImportError('broken')\n")
    lone.worker("--no-nanny", PYTHONPATH=str(tmp_path / "old"))
    engine = light(lone)
    requests = quick_requests(2, digits.fingerprint)
    message = r"worker tcp://\S+ has aezoo 0\.0\.9 but the run was started with aezoo 0\.1\.0; install the same on both"
    with pytest.warns(WorkerWarning, match=message), pytest.raises(UsageError, match=message):
        list(engine(requests, everything))
    lone.worker("--no-nanny", PYTHONPATH=str(tmp_path / "none"))
    lone.worker("--no-nanny")
    lone.wait(3)
    with (
        pytest.warns(WorkerWarning, match=message),
        pytest.warns(WorkerWarning, match="no aezoo that can be"),
    ):
        outcomes = list(engine(quick_requests(2, digits.fingerprint), everything))
    assert [outcome.record["status"] for outcome in outcomes] == ["done", "done"]


def test_several_threads_in_a_worker_are_refused(lone, digits):
    lone.worker("--no-nanny", "--nthreads", "2")
    with (
        pytest.warns(WorkerWarning, match="2 threads"),
        pytest.raises(UsageError, match="--nthreads 1 --nworkers 2"),
    ):
        list(light(lone)(quick_requests(1, digits.fingerprint), everything))


@pytest.mark.slow
def test_other_data_is_refused_naming_both_fingerprints(lone, tmp_path):
    theirs, ours = (digit_file(tmp_path / f"{seed}.npz", seed) for seed in (0, 1))
    here, there = (load_dataset("mnist", file).fingerprint for file in (ours, theirs))
    request = Request(Trial(dataset="mnist", model="vae", protocol=PROTOCOL, seed=0), here, data_file=ours)
    lone.worker("--no-nanny", AEZOO_MNIST=str(theirs))
    message = rf"'mnist' with fingerprint {there[:12]} but the run was started with {here[:12]}"
    with pytest.warns(WorkerWarning, match=message), pytest.raises(DatasetError, match=message):
        list(light(lone)([request], everything))
    lone.worker("--no-nanny", AEZOO_MNIST=str(ours))
    lone.wait(2)
    with pytest.warns(WorkerWarning, match=message):
        (outcome,) = light(lone)([request], everything)
    assert outcome.record["status"] == "done"


def digit_file(path, seed):
    """Images of noise, laid out as MNIST is."""
    labels = np.repeat(np.arange(10, dtype=np.uint8), 7_000)
    images = np.random.default_rng(seed).integers(0, 256, (70_000, 28, 28), dtype=np.uint8)
    test = slice(None, None, 7)
    train = np.arange(70_000) % 7 > 0
    np.savez(path, x_train=images[train], y_train=labels[train], x_test=images[test], y_test=labels[test])
    return path


@pytest.mark.slow
def test_without_workers_the_run_says_so_and_waits(lone, digits, monkeypatch):
    monkeypatch.setattr(dask_run, "IDLE_POLLS", 1)
    late = threading.Timer(2.5, lone.worker, ["--no-nanny"])
    late.start()
    with pytest.warns(WorkerWarning, match="no workers; waiting for some"):
        outcomes = list(light(lone)(quick_requests(1, digits.fingerprint), everything))
    late.join()
    assert [outcome.record["status"] for outcome in outcomes] == ["done"]
