"""Faults 6, 7 and 23: disks that are full, folders that are read-only or gone, symbolic links."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aezoo.store import DamagedRecordWarning, Store
from tests.faults.conftest import FLOORS_ONCE, Bench, ended, wait_until
from tests.faults.disks import make_read_only, small_disk, writable_disk


@pytest.fixture
def rescue(bench: Bench, tmp_path: Path) -> Path:
    """Where finished trials go that the results folder refuses."""
    (tmp_path / "temporary").mkdir()
    bench.environment["TMPDIR"] = str(tmp_path / "temporary")
    return tmp_path / "temporary"


def rescued(folder: Path) -> list[str]:
    """The labels of the rescued trials, read like any other results."""
    (place,) = folder.glob("aezoo-rescued-*")
    store = Store(place)
    records = list(store.records())
    assert all(store.artifact(record, "weights.npz") is not None for record in records)
    return [record["label"] for record in records]


def test_a_full_disk_keeps_what_was_saved_and_rescues_the_rest(bench: Bench, rescue: Path):
    with small_disk(bench.folder) as environment:
        bench.environment |= environment
        code, output = bench.run("bulky", "--seeds", "0-4")
        assert code == 6, output
        assert f"error: {bench.folder}/trials/" in output
        assert "bytes are needed, free space or choose another folder with --out; the trials that finished" in output
        assert "Traceback" not in output
        saved, labels = bench.records(), rescued(rescue)
        assert all(Store(bench.folder).artifact(record, "bulk.npz") for record in saved)
        assert len(saved) + len(labels) == sum(bench.computed().values())
        assert labels
        assert not list(bench.folder.glob("trials/*/tmp-*"))
        assert bench.aezoo("table", str(bench.folder))[0] == 0
        assert bench.aezoo("status", str(bench.folder))[0] == 0


def test_a_read_only_folder_is_refused_before_anything_is_computed(bench: Bench):
    with writable_disk(bench.folder):
        make_read_only(bench.folder)
        code, output = bench.run("quick", "--seeds", "0-4")
    assert code == 6
    assert f"error: results folder {bench.folder} cannot be written" in output
    assert output.count("\n") == 1
    assert not bench.computed()


def test_a_folder_that_becomes_read_only_costs_no_finished_trial(bench: Bench, rescue: Path):
    bench.environment["FAULTS_SECONDS"] = "1"
    with writable_disk(bench.folder):
        process = bench.start("quick", "--seeds", "0-4", "--jobs", "1")
        wait_until(lambda: len(bench.records_there()) >= 1)
        make_read_only(bench.folder)
        code, output = ended(process)
        assert code == 6, output
        assert len(bench.records()) + len(rescued(rescue)) == sum(bench.computed().values())
        assert "cannot be written" in output


def test_a_folder_that_is_removed_costs_no_unfinished_trial_and_is_not_made_again(bench: Bench, rescue: Path):
    bench.environment["FAULTS_SECONDS"] = "1"
    process = bench.start("quick", "--seeds", "0-4", "--jobs", "1")
    wait_until(lambda: len(bench.records_there()) >= 1)
    shutil.move(bench.folder, bench.folder.with_name("moved"))
    code, output = ended(process)
    assert code == 6, output
    moved = list(Store(bench.folder.with_name("moved")).records())
    assert len(moved) + len(rescued(rescue)) == sum(bench.computed().values())
    assert not bench.folder.exists()


@pytest.mark.parametrize("name", ["trials", "tables", "figures", "suites"])
def test_a_link_in_place_of_a_folder_is_refused_before_anything_is_computed(bench: Bench, tmp_path: Path, name: str):
    (tmp_path / "outside").mkdir()
    bench.folder.mkdir()
    (bench.folder / name).symlink_to(tmp_path / "outside")
    code, output = bench.run("quick", "--seeds", "0")
    assert code == 6
    assert f"{bench.folder / name} is a symbolic link, which aezoo does not follow; remove it" in output
    assert not bench.computed()
    assert not list((tmp_path / "outside").iterdir())


def test_links_in_place_of_files_are_replaced_and_never_followed(bench: Bench, tmp_path: Path):
    bench.run("quick", "--seeds", "0")
    links = [*bench.folder.glob("trials/*/record.json"), *bench.folder.glob("trials/*/weights.npz")]
    links += [bench.folder / "results.csv", bench.folder / "tables" / "reconstruction.md"]
    for number, path in enumerate(links):
        (tmp_path / f"outside-{number}").write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to(tmp_path / f"outside-{number}")
    before = [(tmp_path / f"outside-{number}").read_bytes() for number in range(len(links))]
    bench.environment["FAULTS_SECONDS"] = "0"
    code, output = bench.run("quick", "--seeds", "0")
    assert code == 0, output
    assert "a symbolic link, which aezoo does not follow); set aside" in output
    assert not any(path.is_symlink() for path in links)
    assert [(tmp_path / f"outside-{number}").read_bytes() for number in range(len(links))] == before
    assert bench.statuses() == {"done": 2 + FLOORS_ONCE}


def test_a_link_in_place_of_a_trial_is_refused_and_named(bench: Bench, tmp_path: Path):
    bench.run("quick", "--seeds", "0")
    place = next(bench.folder.glob("trials/*"))
    shutil.move(place, tmp_path / "outside")
    place.symlink_to(tmp_path / "outside")
    before = {path.name: path.read_bytes() for path in (tmp_path / "outside").iterdir()}
    with pytest.warns(DamagedRecordWarning, match="its folder is a symbolic link"):
        assert Store(bench.folder).read(place.name) is None
    computed = bench.computed()
    code, output = bench.run("quick", "--seeds", "0-1")
    assert code == 6
    assert output.splitlines()[-1].endswith(f"{place} is a symbolic link, which aezoo does not follow; remove it")
    assert "is no whole record" not in output
    assert bench.computed() == computed
    assert {path.name: path.read_bytes() for path in (tmp_path / "outside").iterdir()} == before
