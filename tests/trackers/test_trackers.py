"""Trackers: what they show of a record, written into real local backends and read back."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from aezoo.record import Record, parse_record
from aezoo.trackers import TRACKERS, tracked_run

BLOCK, FULL, LAST = 32_768, 1, 4
"""The size of a block of LevelDB's log, and the kinds of chunk that end an entry."""
RECORDS = Path(__file__).parents[1] / "fixtures" / "records" / "schema-1"


def stored(name: str) -> Record:
    """A record that a run left."""
    content = (RECORDS / f"{name}.json").read_bytes()
    return parse_record(content, json.loads(content)["id"])


def scored_again(record: Record) -> Record:
    """The same trial with another value of every score."""
    changed = copy.deepcopy(record)
    for row in changed["scores"]:
        row["value"] = None if row["value"] is None else row["value"] / 2 - 1
    return changed


def needs(*packages: str) -> None:
    """Skip the test where one of `packages` is missing, or fail where trackers are required."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing and os.environ.get("AEZOO_REQUIRE_TRACKERS"):
        pytest.fail(f"AEZOO_REQUIRE_TRACKERS is set and {', '.join(missing)} is missing")
    if missing:
        pytest.skip(f"needs a tracker: pip install -e '.[trackers]' ({', '.join(missing)} is missing)")


@pytest.fixture(scope="module", autouse=True)
def backends(tmp_path_factory):
    """Every tracker writes into folders of this test; two of them read their settings once in a process."""
    base = tmp_path_factory.mktemp("trackers")
    (base / "wandb").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRACKIO_DIR", str(base / "trackio"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setitem(sys.modules, "tensorboard.compat.notf", ModuleType("notf"))  # it reads files without TensorFlow
        patch.setenv("WANDB_MODE", "offline")
        patch.setenv("WANDB_DIR", str(base / "wandb"))
        for name in ("TRACKIO_SPACE_ID", "TRACKIO_SERVER_URL", "WANDB_PROJECT", "MLFLOW_EXPERIMENT_NAME"):
            patch.delenv(name, raising=False)
        yield base


# the one function from a record to what is shown


def test_a_record_becomes_name_group_config_scores_curves_and_tags():
    record = stored("ae")
    run = tracked_run(record)
    assert (run.id, run.name, run.group) == (record["id"], "ae seed 0", "ae mnist-5k smoke")
    assert (run.tags, run.finished) == (("model", "done"), True)
    assert (run.config["dataset"], run.config["model"], run.config["seed"]) == ("mnist-5k", "ae", 0)
    assert (run.config["protocol/epochs"], run.config["protocol/optimizer"]) == (2, "rmsprop")
    assert run.scores["reconstruction/label_preservation"] == 0.111
    first, second = run.curves
    assert first["train/loss"] == record["curves"]["train"]["loss"][0]
    assert second["held_out/nll"] == record["curves"]["held_out"]["nll"][1]


def test_each_score_that_has_a_value_is_there_once():
    record = stored("ae")
    record["scores"][0] |= {"state": "n/a", "value": None, "reason": "no images"}
    values = record["scores"][1:]
    assert sorted(tracked_run(record).scores.values()) == sorted(row["value"] for row in values)
    sampled = {row["sampler"] for row in values} - {None}
    assert {name.partition("@")[2] for name in tracked_run(record).scores} == {"", *sampled}


def test_parameters_in_force_and_a_failure_are_shown():
    record = {**stored("ae"), "parameters": {"beta": 4.0}, "status": "diverged", "scores": []}
    run = tracked_run(record)
    assert (run.config["parameters/beta"], run.tags, run.finished) == (4.0, ("model", "diverged"), False)


def test_curves_may_differ_in_length_and_be_absent():
    record = {**stored("ae"), "curves": {"train": {"loss": [3.0, 2.0]}, "held_out": {"loss": [4.0]}}}
    assert tracked_run(record).curves == [{"train/loss": 3.0, "held_out/loss": 4.0}, {"train/loss": 2.0}]
    assert tracked_run(stored("oracle")).curves == []


def test_trackers_are_named_and_import_no_tensorflow():
    assert TRACKERS.names() == ["mlflow", "tensorboard", "trackio", "wandb"]
    code = "import sys; from aezoo.trackers import TRACKERS; dict(TRACKERS.items()); print('tensorflow' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout == "False\n"


# TensorBoard


def events(folder: Path) -> list:
    """Every event of the one event file in `folder`."""
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    (file,) = folder.iterdir()
    return list(LegacyEventFileLoader(str(file)).Load())


def scalars(folder: Path) -> dict[tuple[str, int], float]:
    return {
        (value.tag, event.step): value.simple_value
        for event in events(folder)
        for value in event.summary.value
        if value.HasField("simple_value")
    }


def test_tensorboard_files_hold_curves_scores_and_config(tmp_path):
    needs("tensorboard")
    record = stored("ae")
    for shown in (record, scored_again(record), stored("oracle")):
        TRACKERS.get("tensorboard")(tracked_run(shown), tmp_path)
    folder = tmp_path / "tensorboard" / f"ae seed 0 {record['id'][:12]}"
    assert len(list(folder.parent.iterdir())) == 2
    run, found = tracked_run(scored_again(record)), scalars(folder)
    assert found["train/loss", 1] == pytest.approx(record["curves"]["train"]["loss"][0], rel=1e-6)
    assert {name: value for (name, step), value in found.items() if step == 2 and name in run.scores} == pytest.approx(
        dict(run.scores), rel=1e-6
    )
    (text,) = [value for event in events(folder) for value in event.summary.value if value.tag == "config"]
    assert b"| protocol/epochs | 2 |" in text.tensor.string_val[0]
    assert text.metadata.plugin_data.plugin_name == "text"


@pytest.mark.parametrize("label", ["/../../../escaped/x", "my-vae:data=a/b", "a\\b", ".."])
def test_a_label_is_no_path(tmp_path, label):
    needs("tensorboard")
    folder = tmp_path / "a" / "b" / "c" / "results"
    folder.mkdir(parents=True)
    TRACKERS.get("tensorboard")(tracked_run({**stored("ae"), "label": label}), folder)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.parents[1] == folder / "tensorboard"


def test_tensorboard_files_are_written_without_tensorflow(tmp_path):
    needs("tensorboard")
    code = (
        "import json, sys; from pathlib import Path; from aezoo.trackers import TRACKERS, tracked_run;"
        "TRACKERS.get('tensorboard')(tracked_run(json.loads(Path(sys.argv[1]).read_text())), Path(sys.argv[2]));"
        "print('tensorflow' in sys.modules)"
    )
    arguments = [sys.executable, "-c", code, str(RECORDS / "ae.json"), str(tmp_path)]
    assert subprocess.run(arguments, check=True, capture_output=True, text=True).stdout == "False\n"


# trackio


def test_trackio_holds_each_trial_once(tmp_path, backends):
    needs("trackio")
    record = stored("ae")
    for shown in (record, stored("oracle"), scored_again(record)):
        TRACKERS.get("trackio")(tracked_run(shown), tmp_path)
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    assert list((backends / "trackio").glob("aezoo*.db"))
    runs = {run.name: run for run in trackio.Api().runs("aezoo")}
    name = f"ae seed 0 {record['id'][:12]}"
    assert (len(runs), len(trackio.Api().runs("aezoo"))) == (2, 2)
    run = tracked_run(scored_again(record))
    config = runs[name].config
    assert {key: config[key] for key in run.config} == dict(run.config)
    first, second, last = SQLiteStorage.get_logs("aezoo", name, run_id=runs[name].id)
    assert (first["step"], second["step"]) == (1, 2)
    assert {key: second[key] for key in run.curves[1]} == dict(run.curves[1])
    assert {key: last[key] for key in run.scores} == dict(run.scores)


# MLflow


@pytest.fixture
def client(tmp_path, monkeypatch):
    needs("mlflow", "sqlalchemy", "alembic")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'mlflow.db'}")
    monkeypatch.chdir(tmp_path)
    from mlflow import MlflowClient

    return MlflowClient()


def mlflow_runs(client) -> dict:
    experiment = client.get_experiment_by_name("aezoo")
    return {run.data.tags["aezoo.trial"]: run for run in client.search_runs([experiment.experiment_id])}


@pytest.mark.slow
def test_mlflow_has_one_run_a_trial_which_new_scores_update(client, tmp_path):
    record, mirror = stored("ae"), TRACKERS.get("mlflow")
    mirror(tracked_run(record), tmp_path)
    mirror(tracked_run(stored("oracle")), tmp_path)
    before = mlflow_runs(client)[record["id"]]
    for _ in range(2):
        mirror(tracked_run(scored_again(record)), tmp_path)
    runs = mlflow_runs(client)
    after, run = runs[record["id"]], tracked_run(scored_again(record))
    assert (len(runs), after.info.run_id, after.info.run_name) == (2, before.info.run_id, "ae seed 0")
    assert (after.info.status, after.data.tags["aezoo.role"]) == ("FINISHED", "model")
    assert after.data.params == {name: str(value) for name, value in run.config.items()}
    scores = {name.replace("@", ":"): value for name, value in run.scores.items()}
    assert {name: after.data.metrics[name] for name in scores} == scores
    history = client.get_metric_history(after.info.run_id, "train/loss")
    assert [(point.step, point.value) for point in history] == list(enumerate(record["curves"]["train"]["loss"], 1))


@pytest.mark.slow
def test_mlflow_makes_a_run_anew_whose_curves_are_others(client, tmp_path):
    record, mirror = stored("ae"), TRACKERS.get("mlflow")
    mirror(tracked_run(record), tmp_path)
    trained = copy.deepcopy(record)
    trained["curves"]["train"]["loss"] = [9.0, 8.0]
    mirror(tracked_run(trained), tmp_path)
    (run,) = mlflow_runs(client).values()
    history = client.get_metric_history(run.info.run_id, "train/loss")
    assert [point.value for point in history] == [9.0, 8.0]


# W&B


def offline_records(file: Path) -> list:
    """What the file of an offline run holds: protocol buffers in LevelDB's log format, after seven bytes."""
    from wandb.proto.wandb_internal_pb2 import Record as Entry

    content, place, found, begun = file.read_bytes(), 7, [], b""
    while place + 7 <= len(content):
        if BLOCK - place % BLOCK < 7:  # too little for a header: the block is filled up
            place += BLOCK - place % BLOCK
            continue
        length, kind = int.from_bytes(content[place + 4 : place + 6], "little"), content[place + 6]
        begun += content[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (FULL, LAST):
            found.append(Entry.FromString(begun))
            begun = b""
    return found


@pytest.mark.slow
def test_wandb_writes_an_offline_run_with_the_id_of_the_trial(tmp_path, backends):
    needs("wandb")
    record = stored("ae")
    run = tracked_run(record)
    TRACKERS.get("wandb")(run, tmp_path)
    import wandb

    wandb.teardown()  # as at the end of a process: waits until the file is whole
    (file,) = (backends / "wandb").glob("wandb/offline-run-*/*.wandb")
    entries = offline_records(file)
    (made,) = [entry.run for entry in entries if entry.WhichOneof("record_type") == "run"]
    assert (made.run_id, made.display_name, made.run_group) == (record["id"], run.name, run.group)
    assert (made.project, list(made.tags)) == ("aezoo", list(run.tags))
    assert {
        item.key: json.loads(item.value_json) for item in made.config.update if item.key in run.config
    } == run.config
    points = [entry.history for entry in entries if entry.WhichOneof("record_type") == "history"]
    values = [{"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in p.item} for p in points]
    assert [value["train/loss"] for value in values] == record["curves"]["train"]["loss"]
    items = [item for entry in entries if entry.WhichOneof("record_type") == "summary" for item in entry.summary.update]
    summary = {"/".join(item.nested_key) or item.key: json.loads(item.value_json) for item in items}
    assert {name: summary[name] for name in run.scores} == dict(run.scores)
