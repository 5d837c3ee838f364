"""The same trials on a Dask cluster: a real scheduler, real workers, and real deaths of them."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from support.command_line import run_command
from support.dask_cluster import Cluster, cluster, deadly, failing, quick, ready, slow
from support.smoke_run import OPTIONS as SMOKE

from aezoo.datasets import load_dataset
from aezoo.engines import get_engine
from aezoo.engines.dask import run as dask_run
from aezoo.engines.dask.engine import DaskEngine
from aezoo.engines.dask.workers import WorkerWarning
from aezoo.errors import DatasetError, UnknownNameError, UsageError
from aezoo.messages import Outcome, Request
from aezoo.spec import Protocol, Trial
from aezoo.store import Store
from aezoo.store.merge import merge

PROTOCOL = Protocol(name="tiny", epochs=1, samples=200)


def everything(request):
    return True


def comparable(records) -> dict[str, str]:
    """What must be equal wherever a trial runs: all of its record but times, environment and the digest of these."""
    varying = {"timing": None, "environment": None, "digest": None}
    return {record["id"]: json.dumps({**record, **varying}, sort_keys=True) for record in records}


def by_id(outcomes) -> dict[str, Outcome]:
    return {outcome.record["id"]: outcome for outcome in outcomes}


def content(*folders) -> tuple[dict, dict]:
    """Records as they are read, and artifacts as they are."""
    artifacts = {
        path.relative_to(folder): path.read_bytes() for folder in folders for path in folder.glob("trials/*/*.npz")
    }
    return {record["id"]: record for folder in folders for record in Store(folder).records()}, artifacts


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Cluster]:
    """A scheduler with two workers, neither of which comes back if it dies."""
    with cluster(tmp_path_factory.mktemp("pair")) as running:
        running.worker("--no-nanny")
        running.worker("--no-nanny")
        yield running


@pytest.fixture
def lone(tmp_path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    with cluster(tmp_path) as running:
        yield running


def quick_requests(count: int, fingerprint: str) -> list[Request]:
    return [
        Request(Trial(dataset="mnist-5k", model="vae", protocol=PROTOCOL, seed=seed), fingerprint)
        for seed in range(count)
    ]


def light(running: Cluster, **fields) -> DaskEngine:
    """An engine whose trials take no TensorFlow."""
    return DaskEngine(running.address, **{"work": quick, "prepare": ready, **fields})


def test_parts_run_by_the_command_on_a_cluster_are_in_any_order_the_whole_of_a_local_run(pair, smoke_run, tmp_path):
    parts = [tmp_path / f"part {index}" for index in (1, 2, 3)]
    for index, part in enumerate(parts, 1):
        options = ["--models", "ae,beta-vae", "--seeds", "0", "--shard", f"{index}/3", "--out", str(part)]
        finished = run_command("run", "--engine", f"dask={pair.address}", *SMOKE, *options)
        assert finished.returncode == 0, finished.stderr
    records, artifacts = content(*parts)
    assert sorted(record["label"] for record in records.values()) == [
        "ae", "beta-vae", "mean-image", "oracle", "pca", "raw-pixels",
    ]  # fmt: skip
    local = comparable(Store(smoke_run.folder).records())
    assert comparable(records.values()) == {name: local[name] for name in records}
    for path, bytes_ in artifacts.items():
        assert bytes_ == (smoke_run.folder / path).read_bytes(), path
    for order in itertools.permutations(parts):
        into = tmp_path / "-".join(part.name for part in order)
        merge(order, into)
        assert content(into) == (records, artifacts)


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


def test_each_request_gives_one_outcome_and_bytes_travel_both_ways(pair, digits):
    requests = quick_requests(50, digits.fingerprint)
    weights = bytes(range(256)) * 100
    requests[7] = Request(requests[7].trial, digits.fingerprint, metrics=("mse",), weights=weights)
    found = by_id(light(pair)(requests, everything))
    assert found.keys() == {request.trial.id for request in requests}
    assert found[requests[7].trial.id].artifacts == {"weights.npz": weights[::-1]}
    assert len({outcome.record["environment"]["process"] for outcome in found.values()}) == 2


def test_what_is_not_admitted_is_left_out(pair, digits):
    requests = quick_requests(6, digits.fingerprint)
    found = by_id(light(pair)(requests, lambda request: request.trial.seed % 2 == 0))
    assert sorted(outcome.record["spec"]["seed"] for outcome in found.values()) == [0, 2, 4]
    assert list(light(pair)(requests, lambda request: False)) == []
    assert list(light(pair)([], everything)) == []


def test_jobs_bounds_the_trials_side_by_side(pair, digits):
    requests = quick_requests(3, digits.fingerprint)
    list(light(pair)(requests, everything))
    started = time.monotonic()
    assert len(list(light(pair, work=slow, jobs=1)(requests, everything))) == 3
    assert time.monotonic() - started >= 3


def test_work_that_raises_is_an_error_with_its_reason(pair, digits):
    (outcome,) = light(pair, work=failing)(quick_requests(1, digits.fingerprint), everything)
    assert outcome.record["status"] == "error"
    assert (outcome.record["error"]["type"], outcome.record["error"]["message"]) == (
        "ArithmeticError",
        "no result",
    )


def test_a_timeout_ends_the_process_and_its_nanny_brings_another(lone, digits):
    lone.worker()
    (outcome,) = light(lone, work=slow, timeout=0.2)(quick_requests(1, digits.fingerprint), everything)
    assert outcome.record["status"] == "timeout"
    assert outcome.record["error"]["message"] == "longer than 0.2 s; raise --timeout, then --retry failed"
    (again,) = light(lone)(quick_requests(1, digits.fingerprint), everything)
    assert again.record["status"] == "done"


def test_a_halt_ends_what_runs_as_killed_and_begins_nothing(lone, digits):
    lone.worker()
    engine = light(lone, work=slow)
    outcomes = engine(quick_requests(5, digits.fingerprint), everything)
    statuses = [next(outcomes).record["status"]]
    engine.kill()
    statuses += [outcome.record["status"] for outcome in outcomes]
    assert statuses == ["done", "killed"]


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


def test_a_scheduler_with_another_version_is_refused(digits, tmp_path):
    (tmp_path / "aezoo.py").write_text("__version__ = '0.0.9'\n")
    with cluster(tmp_path, PYTHONPATH=str(tmp_path)) as other:
        message = r"scheduler tcp://\S+ has aezoo 0\.0\.9 but the run was started with aezoo 0\.1\.0"
        with pytest.raises(UsageError, match=message):
            list(light(other)(quick_requests(1, digits.fingerprint), everything))


def test_several_threads_in_a_worker_are_refused(lone, digits):
    lone.worker("--no-nanny", "--nthreads", "2")
    with (
        pytest.warns(WorkerWarning, match="2 threads"),
        pytest.raises(UsageError, match="--nthreads 1 --nworkers 2"),
    ):
        list(light(lone)(quick_requests(1, digits.fingerprint), everything))


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


def test_without_workers_the_run_says_so_and_waits(lone, digits, monkeypatch):
    monkeypatch.setattr(dask_run, "IDLE_POLLS", 1)
    late = threading.Timer(2.5, lone.worker, ["--no-nanny"])
    late.start()
    with pytest.warns(WorkerWarning, match="no workers; waiting for some"):
        outcomes = list(light(lone)(quick_requests(1, digits.fingerprint), everything))
    late.join()
    assert [outcome.record["status"] for outcome in outcomes] == ["done"]


def test_a_scheduler_that_ceases_to_answer_ends_the_run_with_advice(lone, digits):
    lone.worker("--no-nanny")
    outcomes = light(lone, work=slow)(quick_requests(20, digits.fingerprint), everything)
    assert next(outcomes).record["status"] == "done"
    lone.scheduler.kill()
    with pytest.raises(
        UsageError, match=r"no longer answers .*; finished trials are saved, run the same command again"
    ):
        list(outcomes)


def test_no_scheduler_is_a_usage_error(monkeypatch, digits):
    monkeypatch.setattr("aezoo.engines.dask.engine.CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 .*; start one with"):
        list(get_engine("dask=tcp://127.0.0.1:1")(quick_requests(1, digits.fingerprint), everything))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("dsk=tcp://x:1", UnknownNameError, "unknown engine 'dsk'; did you mean dask"),
        ("dask", UsageError, "needs the address of a scheduler; write dask=tcp://host:8786"),
        ("dask=host", UsageError, "needs the address"),
        ("local=2", UsageError, "takes no address; write local"),
    ],
)
def test_what_is_no_engine_is_refused(text, error, message):
    with pytest.raises(error, match=message):
        get_engine(text)


def test_requests_and_outcomes_survive_the_wire(digits):
    trial = Trial(dataset="d", model="vae", parameters={"beta": 0.1, "flag": True}, protocol=PROTOCOL, seed=2**32 - 1)
    request = Request(trial, "f" * 64, "note", metrics=("mse", "nll"), weights=b"\x00\xff")
    assert Request.from_wire(*request.to_wire()) == request
    assert Request.from_wire(*Request(trial, "f").to_wire()) == Request(trial, "f")
    assert Request.from_wire(*request.to_wire()).trial.id == trial.id
    outcome = Outcome({"value": 0.1 + 0.2, "none": None, "deep": [{"a": 5e-324}]}, {"a": b"\x00"})
    assert Outcome.from_wire(*outcome.to_wire()) == outcome
    with pytest.raises(ValueError, match="JSON compliant"):
        Outcome({"value": float("nan")}).to_wire()
