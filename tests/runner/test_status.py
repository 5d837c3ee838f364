"""Reasons in the status of a results folder."""

from __future__ import annotations

from support.factories import record as make_record
from support.factories import sample_score

from aezoo.runner.status import FolderStatus, failed_metrics, format_metrics, reason_lines
from aezoo.spec import ModelSpec, Protocol, Suite
from aezoo.store import Store
from aezoo.store.suites import save_suite

BROKEN = "sampler mine failed: ValueError: no"
NAMES = ("fd", "kd", "prdc", "ndb", "vendi", "c2st")


def failed(name, reason):
    return {**sample_score(name, None, "mine"), "state": "error", "family": name, "reason": reason}


def test_a_broken_sampler_is_one_line_whatever_number_of_metrics_it_costs(tmp_path, monkeypatch):
    rows = [*(failed(name, BROKEN) for name in NAMES), failed("fd", "too few")]
    records = [{**make_record("vae", seed, rows), "warnings": [BROKEN]} for seed in range(2)]
    monkeypatch.setattr(Store, "records", lambda self: iter(records))
    assert list(FolderStatus(Store(tmp_path)).reasons()) == [
        "vae seed 0, 1: done, metric fd failed: too few",
        f"vae seed 0, 1: done, {BROKEN} (6 metrics of its rows)",
    ]


def test_failed_metrics_are_grouped_by_reason():
    rows = [failed("fd", "a"), failed("fd", "a"), failed("kd", "a"), failed("fd", "b")]
    assert failed_metrics({"scores": [*rows, sample_score("ndb", 1.0, "mine")]}) == {"a": ["fd", "kd"], "b": ["fd"]}
    assert format_metrics(["fd"]) == "metric fd"


def test_a_reason_of_several_protocols_or_data_sets_names_each(tmp_path, monkeypatch):
    error = {"type": "DivergedError", "message": "loss is not finite", "traceback": ""}
    places = ({}, {"protocol": {"latent_dim": 16}}, {"dataset_name": "mnist"})
    records = [
        make_record("gan", seed, status="diverged", error=error, **place) for place in places for seed in range(2)
    ]
    records.append(make_record("vae", 0, status="diverged", error=error))
    monkeypatch.setattr(Store, "records", lambda self: iter(records))
    told = "diverged, DivergedError: loss is not finite"
    assert list(FolderStatus(Store(tmp_path)).reasons()) == [
        f"mnist, protocol chapter, latent dim 2, gan seed 0, 1: {told}",
        f"mnist-5k, protocol chapter, latent dim 16, gan seed 0, 1: {told}",
        f"mnist-5k, protocol chapter, latent dim 2, gan seed 0, 1: {told}",
        f"vae seed 0: {told}",
    ]


def test_trials_that_are_missing_under_several_protocols_are_told_apart(tmp_path):
    store = Store(tmp_path)
    store.create()
    for latent_dim in (2, 16):
        suite = Suite(models=(ModelSpec(name="vae"),), seeds=(0, 1), protocol=Protocol(latent_dim=latent_dim))
        save_suite(store, suite, "mnist-5k")
    lines = list(reason_lines(FolderStatus(store), None))
    for latent_dim in (2, 16):
        place = f"mnist-5k, protocol chapter, latent dim {latent_dim}"
        assert f"runs: {place}, vae seed 0, 1: it never finished" in lines
    assert len(lines) == 2 * len(suite.subjects)
