"""Trained models of a results folder are those that were trained there."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from support.factories import record

import aezoo
from aezoo.errors import DatasetError, ResultsError, UnknownNameError, UsageError
from aezoo.evaluation.inference import decode, encode
from aezoo.npz import from_npz, to_npz
from aezoo.store import Store
from aezoo.trained.load import differences, find_trial, load_trained


def test_the_model_reconstructs_what_its_trial_has_drawn(smoke_run):
    trained = load_trained(smoke_run.folder, "vae", seed=1)
    gallery = from_npz(Store(smoke_run.folder).artifact(trained.record, "gallery.npz"))
    assert trained.trial.seed == 1
    again = decode(trained.model, encode(trained.model, gallery["originals"]))
    np.testing.assert_array_equal(np.rint(again * 255), gallery["reconstructions"])


def test_the_lowest_seed_is_meant_where_none_is_said(smoke_run):
    assert load_trained(smoke_run.folder, "ae").trial.seed == 0


def test_it_is_a_keras_model_with_the_verbs_of_its_family(smoke_run, images):
    model = aezoo.load_model(smoke_run.folder, "vae")
    assert np.asarray(model.decode(model.encode(images))).shape == (20, 784)
    assert np.asarray(model.sample_prior(3, 0)).shape == (3, 2)
    assert model.sample(3, seed=0).shape == (3, 28, 28)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            ("gan",),
            UnknownNameError,
            "unknown trained model of this folder 'gan'; known: ae, beta-vae, mean-image, pca, raw-pixels, vae",
        ),
        (("vee",), UnknownNameError, "unknown trained model of this folder 'vee'; did you mean vae"),
        (("vae", 7), UsageError, "vae with seeds 0, 1, not 7"),
        (("vae", 0, {"latent_dim": 3}), UsageError, "no finished trial of vae with latent_dim 3"),
        (("vae", 0, {"latent": 3}), UsageError, "no setting 'latent'; .*; beside them, dataset"),
        (("vae", 0, {"dataset": "mnist"}), UsageError, "no finished trial of vae with dataset mnist"),
        (("oracle",), UsageError, "oracle is not a trained model, its role is oracle; trained models here: ae, beta"),
    ],
)
def test_what_is_not_there_is_said(smoke_run, arguments, error, message):
    with pytest.raises(error, match=message):
        load_trained(smoke_run.folder, *arguments)


def test_scores_without_weights_are_no_model(smoke_run, tmp_path):
    folder = shutil.copytree(smoke_run.folder, tmp_path / "published")
    for weights in folder.rglob("weights.npz"):
        weights.unlink()
    with pytest.raises(ResultsError, match="scores of vae and no weights"):
        load_trained(folder, "vae")


def test_weights_of_another_shape_are_refused(smoke_run, tmp_path, monkeypatch):
    monkeypatch.setattr(Store, "artifact", lambda *_: to_npz({"000": np.zeros((2, 2))}))
    with pytest.raises(
        ResultsError, match="its 1 arrays have other shapes than the 10 of today's code; train it again"
    ):
        load_trained(smoke_run.folder, "vae")


def test_other_data_than_it_was_trained_on_is_refused(smoke_run):
    trained = load_trained(smoke_run.folder, "ae")
    trained.record["dataset"]["fingerprint"] = "0" * 64
    with pytest.raises(DatasetError, match="fingerprint 000000000000"):
        trained.load_data()


def test_two_setups_are_told_apart_by_a_setting(tmp_path, monkeypatch):
    store = Store(tmp_path)
    records = [record(protocol={"latent_dim": latent_dim}) for latent_dim in (2, 16)]
    monkeypatch.setattr(store, "records", lambda: iter(records))
    with pytest.raises(UsageError, match="differ in latent_dim 2, 16; say which by settings"):
        find_trial(store, "vae", None, {})
    found = find_trial(store, "vae", None, {"latent_dim": 16})
    assert found["spec"]["protocol"]["latent_dim"] == 16


def test_two_data_sets_are_told_apart_as_a_setting_is(tmp_path, monkeypatch):
    store = Store(tmp_path)
    records = [record(dataset_name=name) for name in ("mnist", "mnist-5k")]
    monkeypatch.setattr(store, "records", lambda: iter(records))
    with pytest.raises(UsageError, match="differ in dataset mnist, mnist-5k; say which by settings"):
        find_trial(store, "vae", None, {})
    assert find_trial(store, "vae", None, {"dataset": "mnist"}) == records[0]


def test_protocols_that_are_alike_in_all_else_are_told_apart_by_their_names():
    assert differences([record(protocol={"name": name}) for name in ("chapter", "mine")]) == "name chapter, mine"


def test_differences_name_what_differs():
    assert differences([record(protocol={"latent_dim": latent_dim}) for latent_dim in (2, 16)]) == "latent_dim 2, 16"
