"""A published folder: one compressed file of records that reads like a folder of records."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from aezoo import load_results
from aezoo.bench.app import run_app
from aezoo.errors import DamagedRecordWarning, ResultsError
from aezoo.record import new_record
from aezoo.spec import Protocol, Trial
from aezoo.store import Store
from aezoo.store.merge import MergeResult, merge
from aezoo.store.packed import PACKED
from aezoo.store.remove import remove_model

ROW = {
    "question": "reconstruction", "metric": "nll", "family": "nll", "version": 1, "sampler": None, "features": None,
    "unit": "nats per image", "better": "lower", "ideal": None, "n": 10, "state": "ok", "reason": "",
}  # fmt: skip
FILES = {"weights.npz": b"weights", "gallery.npz": b"gallery", "codes.npz": b"codes"}


def outcome(seed, model="vae", status="done"):
    record = new_record(Trial(dataset="digits", model=model, protocol=Protocol(), seed=seed))
    artifacts = {name: content + bytes([seed]) for name, content in FILES.items()} if status == "done" else {}
    record["artifacts"] = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        for name, content in artifacts.items()
    }
    data = {"name": "digits", "fingerprint": "a" * 64, "judge": None, "note": "", "sizes": {}}
    scores = [{**ROW, "value": 100.0 + seed}] if status == "done" else []
    return {**record, "status": status, "dataset": data, "scores": scores}, artifacts


@pytest.fixture
def source(tmp_path):
    store = Store(tmp_path / "source")
    store.create()
    for model in ("vae", "ae"):
        for seed in range(3):
            store.commit(*outcome(seed, model))
    store.commit(*outcome(7, status="error"))
    return store


def packed(source, tmp_path, name="published"):
    merge([source.folder], tmp_path / name, packed=True)
    return Store(tmp_path / name)


def test_records_are_the_same_and_take_one_file(source, tmp_path):
    published = packed(source, tmp_path)
    assert list(published.records()) == list(source.records())
    assert published.ids() == source.ids()
    assert not list(published.folder.glob("trials/*/record.json"))
    assert (published.folder / PACKED).is_file()


def test_pictures_of_the_first_seed_stay_and_weights_do_not(source, tmp_path):
    published = packed(source, tmp_path)
    for record in published.records():
        is_first = record["spec"]["seed"] == 0
        assert published.artifact(record, "gallery.npz") == (b"gallery\x00" if is_first else None)
        assert published.artifact(record, "weights.npz") is None


def test_codes_stay_also_of_a_lone_seed_to_which_others_may_come(source, tmp_path):
    source.commit(*outcome(0, "pca"))
    published = packed(source, tmp_path)
    for record in published.records():
        seed, is_kept = record["spec"]["seed"], record["status"] == "done"
        assert published.artifact(record, "codes.npz") == (b"codes" + bytes([seed]) if is_kept else None)


def test_the_same_records_give_the_same_bytes(source, tmp_path):
    first, second = packed(source, tmp_path, "first"), packed(source, tmp_path, "second")
    assert (first.folder / PACKED).read_bytes() == (second.folder / PACKED).read_bytes()


def test_results_are_read_as_from_a_folder(source, tmp_path):
    published = packed(source, tmp_path)
    assert load_results(published.folder).frame().equals(load_results(source.folder).frame())


def test_more_is_merged_into_it_and_packed_or_left_as_it_is(source, tmp_path):
    published = packed(source, tmp_path)
    other = Store(tmp_path / "other")
    other.create()
    other.commit(*outcome(3))
    assert merge([other.folder], published.folder, packed=True) == MergeResult(8, 1)
    assert len(list(Store(published.folder).records())) == 8
    whole = tmp_path / "whole"
    assert merge([published.folder], whole) == MergeResult(8, 8)
    assert list(Store(whole).records()) == list(Store(published.folder).records())


def test_a_record_of_its_own_comes_before_the_packed_one(source, tmp_path):
    published = packed(source, tmp_path)
    record, artifacts = outcome(0)
    published.commit({**record, "warnings": ["computed again"]}, artifacts)
    again = Store(published.folder).read(record["id"])
    assert again is not None
    assert again["warnings"] == ["computed again"]
    assert len(Store(published.folder).ids()) == 7


def test_a_run_sees_that_it_was_written_again(source, tmp_path):
    published = packed(source, tmp_path)
    trial_id = published.ids()[0]
    before = published.modification_stamp(trial_id)
    merge([source.folder], published.folder, packed=True)
    assert before is not None
    assert Store(published.folder).modification_stamp(trial_id) != before
    assert published.modification_stamp("0" * 64) is None


def packed_lines(published):
    return gzip.decompress((published.folder / PACKED).read_bytes()).splitlines()


def with_a_changed_line(published, model="vae", seed=0):
    """Change the scores of one trial by hand; return its line."""
    lines = packed_lines(published)
    at = next(i for i, line in enumerate(lines) if json.loads(line)["id"] == outcome(seed, model)[0]["id"])
    lines[at] = json.dumps({**json.loads(lines[at]), "scores": []}, separators=(",", ":")).encode()
    (published.folder / PACKED).write_bytes(gzip.compress(b"\n".join([*lines, b"# mine"]) + b"\n"))
    return lines[at]


def test_a_changed_record_counts_as_missing_and_the_others_stay(source, tmp_path):
    published = packed(source, tmp_path)
    with_a_changed_line(published)
    with pytest.warns(DamagedRecordWarning, match="was changed after it was written"):
        assert len(list(Store(published.folder, quarantine=True).records())) == 6
    assert (published.folder / PACKED).is_file()


def test_a_file_cut_short_gives_what_it_has_and_a_warning(source, tmp_path):
    published = packed(source, tmp_path)
    content = (published.folder / PACKED).read_bytes()
    (published.folder / PACKED).write_bytes(content[: len(content) // 2])
    with pytest.warns(DamagedRecordWarning):
        assert len(list(Store(published.folder).records())) < 7


@pytest.mark.filterwarnings("ignore::aezoo.errors.DamagedRecordWarning")
def test_what_counts_as_missing_stays_when_the_file_is_written_again(source, tmp_path):
    published = packed(source, tmp_path)
    changed = with_a_changed_line(published)
    remove_model(published.folder, "ae")
    assert len(packed_lines(published)) == 5
    assert {changed, b"# mine"} <= set(packed_lines(published))
    other = Store(tmp_path / "other")
    other.create()
    other.commit(*outcome(3))
    assert merge([other.folder], published.folder, packed=True) == MergeResult(4, 1)
    assert {changed, b"# mine"} <= set(packed_lines(published))


@pytest.mark.filterwarnings("ignore::aezoo.errors.DamagedRecordWarning")
def test_a_whole_record_from_elsewhere_counts_before_one_that_is_not(source, tmp_path):
    published = packed(source, tmp_path)
    changed = with_a_changed_line(published)
    for written in (1, 0):
        assert merge([source.folder], published.folder, packed=True) == MergeResult(7, written)
        assert list(Store(published.folder).records()) == list(source.records())
        assert {changed, b"# mine"} <= set(packed_lines(published))


@pytest.mark.filterwarnings("ignore::aezoo.errors.DamagedRecordWarning")
def test_a_damaged_file_is_not_written_again_as_its_end_would_be_lost(source, tmp_path):
    published = packed(source, tmp_path)
    content = (published.folder / PACKED).read_bytes()
    (published.folder / PACKED).write_bytes(content[:-20])
    label = next(Store(published.folder).records())["label"]
    for write in (lambda: remove_model(published.folder, label), lambda: merge([], published.folder, packed=True)):
        with pytest.raises(ResultsError, match="is damaged .* would lose what cannot be read; merge the folder into a"):
            write()
    assert (published.folder / PACKED).read_bytes() == content[:-20]


def test_a_model_is_removed_from_it(source, tmp_path):
    published = packed(source, tmp_path)
    assert len(remove_model(published.folder, "ae")) == 3
    assert {record["label"] for record in Store(published.folder).records()} == {"vae"}


def test_the_command_writes_tables_of_it(source, tmp_path, capsys):
    into = tmp_path / "published"
    assert run_app(["merge", str(source.folder), "--into", str(into), "--packed"]) == 0
    assert "7 trials" in capsys.readouterr().out
    assert (into / "tables" / "reconstruction.md").is_file()
