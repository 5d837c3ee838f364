"""A model is dropped from a folder whole, with its name in the suites, and nothing else is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aezoo.bench.app import run_app
from aezoo.errors import ResultsError, UnknownNameError
from aezoo.record import new_record
from aezoo.spec import ModelSpec, Suite
from aezoo.store import Claims, Store
from aezoo.store.remove import remove_model
from aezoo.store.suites import read_suites, save_suite

MODELS = tuple(ModelSpec.parse(text) for text in ("ae", "vae", "vae:beta=2"))
SUITE = Suite(models=MODELS, seeds=(0, 1), dataset="mnist-5k")


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(tmp_path / "results")
    store.create()
    for trial in SUITE.trials("mnist-5k"):
        store.commit({**new_record(trial), "status": "done"}, {})
    save_suite(store, SUITE, "mnist-5k")
    return store


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def labels(store: Store) -> set[str]:
    return {record["label"] for record in store.records()}


def test_the_command_counts_trials_and_seeds(store, capsys):
    assert run_app(["remove", str(store.folder), "ae", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"2 trials of ae (seeds 0, 1) would be removed from {store.folder}\n"
    for record in list(store.records()):
        if record["spec"]["seed"] == 1:
            shutil.rmtree(store.trials / record["id"])
    assert run_app(["remove", str(store.folder), "ae", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"1 trial of ae (seed 0) would be removed from {store.folder}\n"


def test_a_model_goes_with_its_folders_and_its_name_in_the_suites(store):
    before = labels(store)
    removed = remove_model(store.folder, "vae")
    assert sorted((record["label"], record["spec"]["seed"]) for record in removed) == [("vae", 0), ("vae", 1)]
    assert labels(store) == before - {"vae"}
    assert not any((store.trials / record["id"]).exists() for record in removed)
    (suite,) = read_suites(store)
    assert [spec.label for spec in suite.models] == ["ae", "vae:beta=2"]


def test_a_dry_run_changes_nothing(store):
    before = content(store.folder)
    assert len(remove_model(store.folder, "vae:beta=2", dry_run=True)) == 2
    assert content(store.folder) == before


def test_an_unknown_model_is_refused_with_its_neighbours(store):
    before = content(store.folder)
    with pytest.raises(UnknownNameError, match="unknown model of this folder 'vea'; did you mean vae"):
        remove_model(store.folder, "vea")
    assert content(store.folder) == before


def test_a_model_that_never_ran_leaves_the_suites(store):
    save_suite(store, Suite(models=(ModelSpec(name="gan"),), dataset="mnist-5k"), "mnist-5k")
    assert remove_model(store.folder, "gan") == []
    assert list(read_suites(store)) == [SUITE]


def test_a_trial_that_another_process_computes_is_left(store):
    record = next(record for record in store.records() if record["label"] == "ae")
    with Claims(store) as claims:
        claims.take(record["id"])
        with pytest.raises(ResultsError, match="computes trial"):
            remove_model(store.folder, "ae")
    assert (store.trials / record["id"] / "record.json").exists()


def test_while_a_trial_of_the_model_is_computed_nothing_of_it_is_removed(store):
    """Neither where the trial has no record yet, which would come back, nor of the trials that have one."""
    (running,) = [record for record in store.records() if (record["label"], record["spec"]["seed"]) == ("vae", 1)]
    shutil.rmtree(store.trials / running["id"])
    with Claims(store) as claims:
        claims.take(running["id"])
        with pytest.raises(ResultsError, match="computes trial"):
            remove_model(store.folder, "vae")
        assert [record["spec"]["seed"] for record in store.records() if record["label"] == "vae"] == [0]
        assert list(read_suites(store)) == [SUITE]
        remove_model(store.folder, "ae")
    assert labels(store).isdisjoint({"ae"})


def test_the_command_says_what_it_removes(store, capsys):
    assert run_app(["remove", str(store.folder), "vae", "--dry-run"]) == 0
    assert capsys.readouterr().out == f"2 trials of vae (seeds 0, 1) would be removed from {store.folder}\n"
    assert "vae" in labels(store)
    assert run_app(["remove", str(store.folder), "vea"]) == 2
    assert run_app(["remove", str(store.folder / "none"), "vae"]) == 6


def test_parameters_are_named_in_any_order(tmp_path):
    store = Store(tmp_path / "results")
    store.create()
    for trial in Suite(models=(ModelSpec.parse("dec:clusters=5:weight=1"),), seeds=(0,)).trials("mnist-5k"):
        store.commit({**new_record(trial), "status": "done"}, {})
    assert [record["label"] for record in remove_model(store.folder, "dec:weight=1:clusters=5")] == [
        "dec:clusters=5:weight=1"
    ]
