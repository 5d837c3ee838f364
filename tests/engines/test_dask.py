"""The same trials on a Dask cluster: a real scheduler and real workers."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator

import pytest
from support.command_line import run_command
from support.dask_cluster import (
    PROTOCOL,
    Cluster,
    by_id,
    cluster,
    everything,
    failing,
    light,
    quick_requests,
    slow,
)
from support.smoke_run import OPTIONS as SMOKE

from aezoo.engines import get_engine
from aezoo.errors import UnknownNameError, UsageError
from aezoo.messages import Outcome, Request
from aezoo.spec import Trial
from aezoo.store import Store
from aezoo.store.merge import merge


def comparable(records) -> dict[str, str]:
    """What must be equal wherever a trial runs: all of its record but times, environment and the digest of these."""
    varying = {"timing": None, "environment": None, "digest": None}
    return {record["id"]: json.dumps({**record, **varying}, sort_keys=True) for record in records}


def content(*folders) -> tuple[dict, dict]:
    """Records as they are read, and artifacts as they are."""
    artifacts = {
        path.relative_to(folder): path.read_bytes() for folder in folders for path in folder.glob("trials/*/*.npz")
    }
    return {record["id"]: record for folder in folders for record in Store(folder).records()}, artifacts


@pytest.fixture(scope="module")
def single(tmp_path_factory) -> Iterator[Cluster]:
    """A scheduler with a worker that does not come back if it dies."""
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        running.worker("--no-nanny")
        yield running


@pytest.fixture(scope="module")
def pair(single) -> Cluster:
    """The same with two workers."""
    single.worker("--no-nanny")
    single.wait(2)
    return single


@pytest.mark.slow
def test_parts_run_by_the_command_on_a_cluster_are_in_any_order_the_whole_of_a_local_run(single, smoke_run, tmp_path):
    parts = [tmp_path / f"part {index}" for index in (1, 2, 3)]
    for index, part in enumerate(parts, 1):
        options = ["--models", "ae", "--seeds", "0", "--shard", f"{index}/3", "--out", str(part)]
        finished = run_command("run", "--engine", f"dask={single.address}", *SMOKE, *options)
        assert finished.returncode == 0, finished.stderr
    records, artifacts = content(*parts)
    assert sorted(record["label"] for record in records.values()) == [
        "ae", "mean-image", "oracle", "pca", "raw-pixels",
    ]  # fmt: skip
    local = comparable(Store(smoke_run.folder).records())
    assert comparable(records.values()) == {name: local[name] for name in records}
    for path, bytes_ in artifacts.items():
        assert bytes_ == (smoke_run.folder / path).read_bytes(), path
    for order in itertools.permutations(parts):
        into = tmp_path / "-".join(part.name for part in order)
        merge(order, into)
        assert content(into) == (records, artifacts)


@pytest.mark.slow
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


@pytest.mark.slow
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


def test_a_scheduler_with_another_version_is_refused(digits, tmp_path):
    (tmp_path / "aezoo.py").write_text("__version__ = '0.0.9'\n")
    with cluster(tmp_path, PYTHONPATH=str(tmp_path)) as other:
        message = r"scheduler tcp://\S+ has aezoo 0\.0\.9 but the run was started with aezoo 0\.1\.0"
        with pytest.raises(UsageError, match=message):
            list(light(other)(quick_requests(1, digits.fingerprint), everything))


@pytest.mark.slow
def test_a_scheduler_that_ceases_to_answer_ends_the_run_with_advice(digits, tmp_path):
    message = r"no longer answers .*; finished trials are saved, run the same command again"
    with cluster(tmp_path) as brief:
        brief.worker("--no-nanny")
        outcomes = light(brief, work=slow)(quick_requests(20, digits.fingerprint), everything)
        assert next(outcomes).record["status"] == "done"
        brief.scheduler.kill()
        with pytest.raises(UsageError, match=message):
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


@pytest.mark.parametrize("text", ["local", "dask=tcp://127.0.0.1:1"])
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"jobs": 0}, "jobs is 0, .* give at least 1"),
        ({"jobs": -1}, "jobs is -1, .* give at least 1"),
        ({"timeout": 0.0}, "timeout is 0, .* give more than 0"),
        ({"timeout": float("nan")}, "timeout is nan, .* give more than 0"),
    ],
)
def test_limits_that_let_no_trial_end_are_refused(text, limits, message):
    with pytest.raises(UsageError, match=message):
        get_engine(text, **limits)


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
