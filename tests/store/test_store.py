"""Records are whole or absent, and what is damaged is set aside."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aezoo.errors import ResultsError
from aezoo.record import new_record, parse_record, seal
from aezoo.runner.rescored import merge_scores
from aezoo.spec import Protocol, Trial
from aezoo.store import DamagedRecordWarning, Store, write_atomically

FIXTURES = Path(__file__).parents[1] / "fixtures" / "records"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "results", quarantine=True)
    store.create()
    return store


@pytest.fixture
def record():
    content = b"weights"
    record = new_record(Trial(dataset="d", model="m", protocol=Protocol(), seed=0))
    import hashlib

    record["artifacts"] = {"weights.npz": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}}
    return record, {"weights.npz": content}


def test_round_trip(store, record):
    store.commit(*record)
    assert store.read(record[0]["id"]) == record[0]
    assert list(store.records()) == [record[0]]
    assert store.artifact(record[0], "weights.npz") == b"weights"
    assert store.artifact(record[0], "other.npz") is None


def row(**changes):
    """A score as metrics write it: in an order of its own, with whole numbers and a plug-in's key."""
    return {
        **{"metric": "m", "question": "latent", "family": "m", "version": 1, "unit": "share", "better": "target"},
        **{"ideal": 1, "sampler": None, "features": None, "n": 3, "state": "ok", "reason": "", "value": 2, "mine": [1]},
        **changes,
    }


def test_a_record_that_is_read_and_written_again_is_the_same_byte_by_byte(store, record):
    record, artifacts = record
    record["scores"] = [row(), row(value=0.1), row(value=1e-300), row(value=2.0), row(value=10**20)]
    record["timing"] |= {"total": 3, "metrics": {"m": 1, "b": 0.5}}
    record["curves"] = {"held_out": {"loss": [1, 2.0]}, "train": {"loss": [3, 0.30000000000000004]}}
    store.commit(record, artifacts)
    path = store.trials / record["id"] / "record.json"
    before = path.read_bytes()
    store.commit(store.read(record["id"]), artifacts)
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("schema-*/*.json")), ids=lambda path: path.stem)
def test_records_of_earlier_releases_are_read_as_they_are_written(path):
    raw = json.loads(path.read_bytes())
    found = parse_record(path.read_bytes(), raw["id"])
    assert json.dumps(found) == json.dumps(raw)


@pytest.mark.parametrize("change", [{"value": "1"}, {"value": True}, {"n": 1.5}, {"n": None}, {"state": "fine"}])
def test_numbers_that_are_none_are_refused(store, record, change):
    record, artifacts = record
    store.commit({**record, "scores": [row(**change)]}, artifacts)
    with pytest.warns(DamagedRecordWarning, match="is no whole record"):
        assert store.read(record["id"]) is None


def test_a_trial_without_a_record_does_not_exist(store, record):
    folder = store.trials / record[0]["id"]
    folder.mkdir()
    (folder / "weights.npz").write_bytes(b"weights")
    (folder / ".record.json.abc.tmp").write_text("{}")
    assert store.read(record[0]["id"]) is None
    assert list(store.records()) == []


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"schema_version": 1}', b"<html>", b"null", b"9" * 5000]
)
def test_a_damaged_record_is_set_aside_and_named(store, record, damage):
    store.commit(*record)
    path = store.trials / record[0]["id"] / "record.json"
    path.write_bytes(damage)
    with pytest.warns(DamagedRecordWarning, match="set aside as record.json.bad-"):
        assert store.read(record[0]["id"]) is None
    assert not path.exists()
    assert [kept.read_bytes() for kept in path.parent.glob("record.json.bad-*")] == [damage]


def test_who_only_reads_leaves_damaged_records_in_place(store, record):
    store.commit(*record)
    path = store.trials / record[0]["id"] / "record.json"
    path.write_bytes(b"{")
    with pytest.warns(DamagedRecordWarning, match="is no whole record .*; left where it is, the trial counts as miss"):
        assert list(Store(store.folder).records()) == []
    assert path.read_bytes() == b"{"
    assert sorted(each.name for each in path.parent.iterdir()) == ["record.json", "weights.npz"]


@pytest.mark.parametrize("change", [
    lambda record: record["scores"][0].update(value=3.5),
    lambda record: record["timing"].update(total=1.0),
    lambda record: record.update(label="another"),
    lambda record: record.update(note="mine"),
    lambda record: record.pop("warnings"),
    lambda record: record.update(digest="0" * 64),
])  # fmt: skip
def test_a_record_changed_by_hand_is_set_aside_and_named(store, record, change):
    record, artifacts = record
    store.commit({**record, "scores": [row()]}, artifacts)
    path = store.trials / record["id"] / "record.json"
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.warns(DamagedRecordWarning, match=r"seed 0 was changed after it was written: .*; set aside as record"):
        assert store.read(record["id"]) is None
    assert [json.loads(kept.read_bytes()) for kept in path.parent.glob("record.json.bad-*")] == [content]


def test_a_record_written_in_another_form_is_the_same_record(store, record):
    record, artifacts = record
    store.commit({**record, "scores": [row(reason="\u00e9\u2028")]}, artifacts)
    path = store.trials / record["id"] / "record.json"
    before = store.read(record["id"])
    path.write_text(json.dumps(json.loads(path.read_bytes()), sort_keys=True, ensure_ascii=False, indent=3))
    assert store.read(record["id"]) == before


def test_a_change_is_kept_where_the_digest_is_taken_out(store, record):
    record, artifacts = record
    store.commit(record, artifacts)
    path = store.trials / record["id"] / "record.json"
    content = {**json.loads(path.read_bytes()), "note": "mine"}
    del content["digest"]
    path.write_text(json.dumps(content))
    assert store.read(record["id"])["note"] == "mine"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**80), 2**80)))
def test_every_number_keeps_its_digest_on_disk(record, value):
    sealed = seal({**record[0], "mine": value})
    assert parse_record(json.dumps(sealed).encode(), record[0]["id"])["mine"] == value


def test_a_record_of_another_trial_is_set_aside(store, record):
    store.commit(*record)
    path = store.trials / record[0]["id"] / "record.json"
    path.write_text(json.dumps({**record[0], "id": "0" * 64}))
    with pytest.warns(DamagedRecordWarning, match="another's"):
        assert store.read(record[0]["id"]) is None


def test_a_newer_schema_is_refused_and_left_alone(store, record):
    store.commit({**record[0], "schema_version": 99}, {})
    path = store.trials / record[0]["id"] / "record.json"
    with pytest.raises(
        ResultsError, match=f"^{re.escape(str(path))} cannot be read: the record has schema 99, .*upgrade"
    ):
        store.read(record[0]["id"])
    assert path.exists()


def test_an_artifact_with_another_hash_is_not_loaded(store, record):
    store.commit(*record)
    (store.trials / record[0]["id"] / "weights.npz").write_bytes(b"other")
    with pytest.raises(ResultsError, match="SHA-256 differs"):
        store.artifact(record[0], "weights.npz")


def test_nan_never_enters_a_record(store, record):
    with pytest.raises(ValueError, match="JSON compliant"):
        store.commit({**record[0], "timing": {"total": float("nan")}}, {})
    assert store.read(record[0]["id"]) is None


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_that_cannot_be_used_say_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="cannot be written: .*; choose another with --out"):
        Store(tmp_path / "file").create()
    with pytest.raises(ResultsError, match="holds no results"):
        list(Store(tmp_path / "absent").records())


def scored(family, value):
    return {"family": family, "value": value, "sampler": None}


def test_merging_replaces_only_what_was_scored_again(record):
    old = {**record[0], "metrics": {"a": 1, "b": 1}, "samplers": ["s"],
           "scores": [scored("a", 1), scored("b", 2)]}  # fmt: skip
    new = {
        **record[0],
        "metrics": {"b": 2},
        "samplers": ["s", "t"],
        "scores": [scored("b", 3)],
        "curves": "other",
        "timing": {"total": 1.0, "metrics": {"b": 3.0}},
    }
    old["timing"] = {"total": 60.0, "metrics": {"a": 1.0, "b": 2.0}}
    both = merge_scores(old, new)
    assert both["scores"] == [scored("a", 1), scored("b", 3)]
    assert both["metrics"] == {"a": 1, "b": 2}
    assert both["samplers"] == ["s", "t"]
    assert both["curves"] == old["curves"]
    assert both["timing"] == {"total": 60.0, "metrics": {"a": 1.0, "b": 3.0}, "rescore": 1.0}
