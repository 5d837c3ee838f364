"""Records of edited code: said in one line, named one by one, and computed again when asked for."""

from __future__ import annotations

import hashlib

import pytest
from support.plugins import plugged_in  # noqa: F401 - a fixture

from aezoo.metrics import FEATURE_QUESTIONS
from aezoo.metrics.compute import default_metrics
from aezoo.npz import to_npz
from aezoo.provenance import trial_sources
from aezoo.record import environment, new_record
from aezoo.runner.plan import code_change_line, make_plan
from aezoo.runner.status import FolderStatus, reason_lines
from aezoo.samplers import default_samplers
from aezoo.spec import ModelSpec, Suite
from aezoo.store import Store

WEIGHTS = to_npz({})
FILES = {
    "made_up_scores.py": """
        import numpy as np
        from aezoo.metrics import METRICS, Score
        from aezoo.samplers import SAMPLERS

        @METRICS.register(
            "made-up-metric", question="latent", needs=("codes",), scores=(Score("made-up", "share", "lower"),))
        def made_up(codes):
            "One."
            return 1.0
    """,
    "made_up_sampler.py": """
        import numpy as np
        from aezoo.samplers import SAMPLERS

        @SAMPLERS.register("made-up-sampler")
        def made_up(latent, n, seed):
            "Zeros."
            return np.zeros((n, latent.codes.shape[1]), np.float32)
    """,
}
POINTS = {
    "aezoo.metrics": {"made-up-metric": "made_up_scores"},
    "aezoo.samplers": {"made-up-sampler": "made_up_sampler"},
}


@pytest.fixture
def folder(plugged_in, tmp_path, digits):  # noqa: F811
    """A results folder with three finished trials of a VAE, and the plug-ins that scored them."""
    site = plugged_in("made-up", FILES, POINTS)
    store = Store(tmp_path / "results")
    store.create()
    for trial in suite().trials("mnist-5k")[:3]:
        record = new_record(trial)
        metrics = {metric.name: metric.version for metric in default_metrics()}
        record.update(
            status="done",
            parameters={"beta": 1},
            sources=trial_sources(trial, metrics, default_samplers()),
            metrics=metrics,
            samplers=default_samplers(),
            environment=environment(),
            artifacts={"weights.npz": {"sha256": hashlib.sha256(WEIGHTS).hexdigest(), "bytes": len(WEIGHTS)}},
        )
        record["dataset"]["fingerprint"] = digits.fingerprint
        store.commit(record, {"weights.npz": WEIGHTS})
    return store, site


def suite():
    return Suite(models=(ModelSpec(name="vae"),), seeds=(0, 1, 2), dataset="mnist-5k")


def plan(store, digits, retry=()):
    found = make_plan(suite(), digits, store, None, retry)
    return found, [request for request in found.requests if request.trial.model == "vae"]


def edit(plugged_in, site, file, old, new):  # noqa: F811
    path = site / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    plugged_in.again()


def rewrite(store, **changes):
    for record in list(store.records()):
        store.commit({**record, **changes}, {})


def test_where_nothing_changed_nothing_is_said_or_run(folder, digits):
    store, _ = folder
    found, requests = plan(store, digits, ["code"])
    assert (len(found.kept), requests) == (3, [])
    assert code_change_line(found.kept) is None
    assert [line for line in reason_lines(FolderStatus(store), None) if "stands" in line] == []


def test_a_metric_that_changed_is_said_and_computed_again_alone(folder, digits, plugged_in):  # noqa: F811
    store, site = folder
    edit(plugged_in, site, "made_up_scores.py", "return 1.0", "return 2.0")
    found, requests = plan(store, digits)
    assert (len(found.kept), requests) == (3, [])
    assert code_change_line(found.kept) == (
        "3 kept trials ran on other code (another source of metric made-up-metric); --retry code runs what is outdated"
    )
    (line,) = reason_lines(FolderStatus(store), None)
    assert line == "stands: 3 trials ran on another source of metric made-up-metric; --retry code runs them again"
    found, requests = plan(store, digits, ["code"])
    assert {request.metrics for request in requests} == {("made-up-metric",)}
    assert all(request.weights is not None for request in requests)
    reasons = {found.reasons[request.trial.id] for request in requests}
    assert reasons == {("code: another source of metric made-up-metric",)}


def test_a_sampler_that_changed_is_said_and_all_that_is_asked_of_its_images_computed_again(
    folder,
    digits,
    plugged_in,  # noqa: F811
):
    store, site = folder
    edit(plugged_in, site, "made_up_sampler.py", "np.zeros", "np.ones")
    found, requests = plan(store, digits)
    assert requests == []
    assert "another source of sampler made-up-sampler" in code_change_line(found.kept)
    _, requests = plan(store, digits, ["code"])
    wanted = {metric.name for metric in default_metrics() if metric.question in FEATURE_QUESTIONS}
    assert [set(request.metrics) for request in requests] == [wanted] * 3


@pytest.mark.parametrize("changes", [
    {"parameters": {"beta": 2}},
    {"sources": {"model": {"vae": "0" * 16}}},
    {"sources": {"data set": {"mnist-5k": "0" * 16}}},
    {"sources": {"architecture": {"mlp": "0" * 16}}},
    {"sources": {"optimizer": {"rmsprop": "0" * 16}}},
])  # fmt: skip
def test_what_was_trained_on_other_code_is_said_and_trained_again(folder, digits, changes):
    store, _ = folder
    rewrite(store, **changes)
    found, requests = plan(store, digits)
    assert (len(found.kept), requests) == (3, [])
    assert code_change_line(found.kept).startswith("3 kept trials ran on other code (")
    _, requests = plan(store, digits, ["code"])
    assert [(request.metrics, request.weights) for request in requests] == [(None, None)] * 3


def test_a_failure_of_other_code_runs_again_by_itself(folder, digits):
    store, _ = folder
    rewrite(store, status="error", error={"type": "ModelError", "message": "no loss", "traceback": ""})
    assert plan(store, digits)[1] == []
    rewrite(store, sources={"model": {"vae": "0" * 16}})
    found, requests = plan(store, digits)
    assert [(request.metrics, request.weights) for request in requests] == [(None, None)] * 3
    assert {found.reasons[request.trial.id] for request in requests} == {("code: another source of model vae",)}


def test_the_line_names_few_changes_and_counts_the_others(folder, digits):
    store, _ = folder
    record = next(store.records())
    names = ["ae", "gan", "pca", "vae", "mean-image", "raw-pixels"]
    line = code_change_line([{**record, "sources": {"model": dict.fromkeys(names, "0" * 16)}}])
    assert line.startswith("1 kept trial ran on other code (another source of model ae; ")
    assert line.count("another source") == 4
    assert "; and 2 more); --retry code" in line


def test_older_records_stand_and_nothing_is_said(folder, digits):
    store, _ = folder
    for record in list(store.records()):
        store.commit({key: value for key, value in record.items() if key not in ("sources", "parameters")}, {})
    found, requests = plan(store, digits, ["code"])
    assert (len(found.kept), requests) == (3, [])
    assert code_change_line(found.kept) is None
