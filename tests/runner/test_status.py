"""Reasons in the status of a results folder."""

from __future__ import annotations

from support.factories import record as make_record
from support.factories import sample_score

from aezoo.runner.status import FolderStatus, failed_metrics, format_metrics
from aezoo.store import Store

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
