"""One trial, from request to record."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.plain_training import no_xla_module  # noqa: F401 - a fixture

from aezoo.messages import Request
from aezoo.metrics.inputs import QUESTIONS
from aezoo.npz import from_npz
from aezoo.spec import Protocol, Trial
from aezoo.trial import curve_images, run_trial

pytestmark = pytest.mark.usefixtures("no_xla_module")

PROTOCOL = Protocol(name="test", epochs=2)


def request_for(model: str, fingerprint: str, **changes):
    trial = Trial(dataset="mnist-5k", model=model, protocol=PROTOCOL, seed=1, parameters=changes.pop("parameters", {}))
    return Request(trial, fingerprint, **changes)


@pytest.fixture(scope="module")
def vae(no_xla_module, digits):  # noqa: F811
    return run_trial(request_for("vae", digits.fingerprint))


def rows_of(outcome, **wanted):
    return [row for row in outcome.record["scores"] if all(row[key] == value for key, value in wanted.items())]


def test_curves_are_of_one_held_out_image_at_least():
    assert [curve_images(count) for count in (1, 19, 40, 3_000, 60_000)] == [1, 1, 2, 150, 1_000]


@pytest.mark.slow
def test_a_trial_leaves_a_plain_whole_record(vae, digits):
    record = vae.record
    assert record["status"] == "done", record["error"]
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["dataset"]["fingerprint"] == digits.fingerprint
    assert record["dataset"]["sizes"] == {"train": 3000, "reference": 1000, "oracle": 1000}
    assert {row["state"] for row in record["scores"]} <= {"ok", "n/a"}
    assert set(record["metrics"]) == {row["family"] for row in record["scores"]}
    assert all(record["timing"][lap] > 0 for lap in ("start", "compile", "train", "evaluate", "total"))
    assert record["parameters"] == {"beta": 1}
    assert set(record["sources"]["metric"]) == set(record["metrics"])
    assert set(record["sources"]["sampler"]) == set(record["samplers"])
    assert {kind: list(names) for kind, names in record["sources"].items() if kind not in ("metric", "sampler")} == {
        "architecture": ["mlp"],
        "data set": ["mnist-5k"],
        "model": ["vae"],
        "optimizer": ["rmsprop"],
    }


def test_it_answers_every_question_with_both_samplers_in_both_spaces(vae):
    assert {row["question"] for row in vae.record["scores"]} >= {"reconstruction", "latent", "samples"}
    distances = {(row["metric"], row["sampler"]): row["value"] for row in rows_of(vae, family="fd")}
    assert set(distances) == {
        (f"fd_{space}", sampler) for space in ("judge", "pca") for sampler in ("prior", "gaussian-mixture")
    }
    assert all(row["n"] == 1000 for row in rows_of(vae, question="samples"))
    reconstructed = rows_of(vae, question="reconstruction")
    assert {row["n"] for row in reconstructed if row["family"] != "rfd"} == {2000}
    assert {row["metric"]: row["n"] for row in rows_of(vae, family="rfd")} == {"rfd_judge": 1000, "rfd_pca": 1000}


def test_its_curves_are_in_nats_per_image(vae):
    loss = vae.record["curves"]["train"]["loss"]
    assert len(loss) == PROTOCOL.epochs
    assert loss[-1] < loss[0]
    nll = next(row["value"] for row in rows_of(vae, metric="nll"))
    assert vae.record["curves"]["held_out"]["nll"][-1] == pytest.approx(nll, rel=0.2)


def test_its_artifacts_are_small_and_named_with_hashes(vae):
    assert set(vae.artifacts) == set(vae.record["artifacts"]) == {"weights.npz", "gallery.npz", "codes.npz"}
    assert len(vae.artifacts["gallery.npz"]) < 300_000
    gallery = from_npz(vae.artifacts["gallery.npz"])
    codes = from_npz(vae.artifacts["codes.npz"])["codes"]
    assert (codes.shape, codes.dtype, len(vae.artifacts["codes.npz"]) < 5_000) == ((1_000, 2), np.float16, True)
    np.testing.assert_array_equal(codes, gallery["latent"][:1_000])
    pictures = {"originals", "reconstructions", "latent", "manifold", "samples/prior", "samples/gaussian-mixture"}
    assert pictures <= set(gallery)
    assert sum(array.size for array in from_npz(vae.artifacts["weights.npz"]).values()) == 404_244
    assert vae.record["parameter_count"] == 404_244


def test_saved_weights_are_scored_without_training_and_give_the_same(vae, digits):
    weights = vae.artifacts["weights.npz"]
    again = run_trial(request_for("vae", digits.fingerprint, weights=weights, metrics=("fd", "mse")))
    assert again.record["timing"]["train"] is None
    assert set(again.record["metrics"]) == {"fd", "mse"}
    for row in again.record["scores"]:
        assert row in vae.record["scores"]


def test_floors_and_the_oracle_have_their_roles(digits):
    oracle = run_trial(request_for("oracle", digits.fingerprint))
    assert (oracle.record["role"], oracle.record["status"]) == ("oracle", "done")
    assert {row["question"] for row in oracle.record["scores"]} == {"samples", "copying"}
    mean_image = run_trial(request_for("mean-image", digits.fingerprint))
    assert mean_image.record["role"] == "floor"
    assert {row["state"] for row in rows_of(mean_image, question="latent")} == {"n/a"}
    best = next(row["value"] for row in rows_of(oracle, metric="fd_judge"))
    worst = next(row["value"] for row in rows_of(mean_image, metric="fd_judge"))
    assert best < worst / 100


def test_seconds_of_shared_inputs_are_kept_apart(vae):
    seconds = vae.record["timing"]["metrics"]
    shared = {name for name in seconds if name.startswith("inputs/")}
    assert shared == {f"inputs/{question}" for question in QUESTIONS}
    assert seconds["inputs/copying"] > seconds["authenticity"]  # the search is what takes long, not the comparison
    assert 0 < sum(seconds.values()) <= vae.record["timing"]["evaluate"]


def test_standard_errors_are_estimated_of_what_competes(vae, digits):
    assert rows_of(vae, metric="mse")[0]["standard_error"] > 0
    pca = run_trial(request_for("pca", digits.fingerprint, metrics=("mse", "fd")))
    assert {row["state"] for row in pca.record["scores"]} == {"ok"}
    assert {row["standard_error"] for row in pca.record["scores"]} == {None}


def test_a_data_set_that_is_not_the_drivers_is_refused():
    outcome = run_trial(request_for("ae", "0" * 64))
    assert outcome.record["status"] == "error"
    assert "000000000000 where the run was started" in outcome.record["error"]["message"]


def test_an_impossible_parameter_costs_the_trial_only(digits):
    outcome = run_trial(request_for("beta-vae", digits.fingerprint, parameters={"beta": -1}))
    assert outcome.record["status"] == "error"
    assert "at least 0" in outcome.record["error"]["message"]
    assert "Traceback" in outcome.record["error"]["traceback"]


def test_divergence_is_a_status_with_its_curve(digits):
    exploding = Protocol(name="exploding", epochs=3, learning_rate=1e30)
    trial = Trial(dataset="mnist-5k", model="ae", protocol=exploding, seed=0)
    record = run_trial(Request(trial, digits.fingerprint)).record
    assert record["status"] == "diverged"
    assert record["scores"] == []
    assert "not finite in epoch 1" in record["error"]["message"]
    json.dumps(record, allow_nan=False)


@pytest.mark.slow
def test_the_noise_of_one_metric_does_not_move_another(vae, digits):
    """Computing fewer metrics changes none of the others."""
    alone = run_trial(request_for("vae", digits.fingerprint, weights=vae.artifacts["weights.npz"], metrics=("kmeans",)))
    np.testing.assert_equal(alone.record["scores"], rows_of(vae, family="kmeans"))


@pytest.mark.slow
def test_a_number_that_json_cannot_hold_is_an_error_and_not_the_end_of_the_run(digits, monkeypatch):
    monkeypatch.setattr("aezoo.trial.asdict", lambda curves: {"train": {"loss": [float("nan")]}, "held_out": {}})
    outcome = run_trial(request_for("pca", digits.fingerprint))
    assert outcome.record["status"] == "error"
    assert "cannot be stored" in outcome.record["error"]["message"]
    outcome.to_wire()
