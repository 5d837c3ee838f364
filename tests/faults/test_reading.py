"""Faults 10, 11, 21, 22 and 24: files that anybody may have written, and folders with little in them."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path

import pytest

from aezoo.store import Store
from tests.faults.conftest import FLOORS_ONCE, Bench

FIXTURES = Path(__file__).parents[1] / "fixtures" / "records"

DAMAGE = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "web page": b"<!DOCTYPE html><html>",
    "null": b"null",
    "list": b"[]",
    "only a version": b'{"schema_version": 1}',
    "deep": b'{"a":' * 100_000,
    "long number": b'{"schema_version": ' + b"9" * 10_000 + b"}",
}


def change(path: Path, **changes: object) -> bytes:
    """A record with other values, and without the digest that would give it away."""
    content = {**json.loads(path.read_bytes()), **changes}
    return json.dumps({key: value for key, value in content.items() if key != "digest"}).encode()


def test_damaged_records_are_set_aside_and_computed_again(bench: Bench, undisturbed: Bench):
    """Every kind of damage at once, each in another trial; tables and status work meanwhile."""
    bench.run("quick", "--seeds", "0-9")
    paths = sorted(bench.records_there())
    damage = [
        *DAMAGE.values(),
        paths[0].read_bytes()[: random.Random(0).randrange(1, 2_000)],
        change(paths[9], scores=[{"metric": "mse"}]),
        change(paths[10], scores={"mse": 1}),
        change(paths[11], timing={"total": "1 s"}),
        change(paths[12], status="fine"),
        change(paths[13], id="0" * 64),
        change(paths[14], spec={**json.loads(paths[14].read_bytes())["spec"], "seed": 77}),
        paths[15].read_bytes().replace(b'"total": 0.05', b'"total": NaN'),
        change(paths[16], schema_version=0),
        paths[17].read_bytes().replace(b'"total": 0.05', b'"total": 0.06'),
    ]
    for path, content in zip(paths[: len(damage)], damage, strict=True):
        path.write_bytes(content)
    code, output = bench.aezoo("status", str(bench.folder))
    assert code == 0, output
    assert output.count("is no whole record") == output.count("; left where it is, the trial") == len(damage)
    assert f"{23 - len(damage)} done, {len(damage)} missing" in output
    code, output = bench.aezoo("table", str(bench.folder))
    assert (code, output.count("; left where it is, the trial")) == (0, len(damage))
    assert bench.run("quick", "--seeds", "0-9", "--dry-run")[0] == 0
    assert [path.read_bytes() for path in paths[: len(damage)]] == damage
    before = bench.computed()
    code, output = bench.run("quick", "--seeds", "0-9")
    assert code == 0, output
    assert output.count("is no whole record") == output.count("set aside as record.json.bad-") == len(damage)
    assert sum((bench.computed() - before).values()) == len(damage)
    assert bench.scores() == undisturbed.scores()
    kept = sorted(path.read_bytes() for path in bench.folder.glob("trials/*/record.json.bad-*"))
    assert kept == sorted(damage)


@pytest.mark.parametrize("command", ["status", "table", "run"])
def test_a_record_of_a_newer_aezoo_is_refused_and_left_alone(bench: Bench, command: str):
    bench.run("quick", "--seeds", "0")
    path = sorted(bench.records_there())[0]
    path.write_bytes(b'{"schema_version": 2, "whatever": "it holds"}')
    arguments = ["--seeds", "0"] if command == "run" else [str(bench.folder)]
    code, output = bench.run("quick", *arguments, command=command)
    assert code == 6
    assert f"{path} cannot be read: the record has schema 2, this aezoo reads up to 1; upgrade aezoo" in output
    assert path.read_bytes() == b'{"schema_version": 2, "whatever": "it holds"}'


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("schema-*/*.json")), ids=lambda path: path.stem)
def test_records_of_every_schema_so_far_still_load(tmp_path: Path, path: Path):
    raw = json.loads(path.read_bytes())
    place = tmp_path / "trials" / raw["id"]
    place.mkdir(parents=True)
    (place / "record.json").write_bytes(path.read_bytes())
    (record,) = Store(tmp_path).records()
    assert record["status"] == "done"
    assert record["scores"] == raw["scores"]
    assert record["spec"] == raw["spec"]


def test_every_schema_so_far_has_a_fixture():
    from aezoo.record import SCHEMA_VERSION

    found = {path.parent.name for path in FIXTURES.glob("schema-*/*.json")}
    assert found == {f"schema-{version}" for version in range(1, SCHEMA_VERSION + 1)}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"models = !!python/object:os.system", "is not TOML"),
        (b"seeds = " + b"[" * 100_000, "is not TOML"),
        (b"models = ['ae']\nmodels = ['vae']", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        (b"a" * 2_000_000, "is larger than 1000000 bytes"),
        (b"sedes = '0'", "sedes"),
        (b"seeds = '0-1000000000'", "too many"),
        (b"epochs = nan", "epochs"),
        (b"epochs = -1", "epochs"),
        (b"jobs = 10000000000", "jobs"),
        (b"models = ['../../x']", "unknown model"),
        (b"models = ['/etc/x']", "unknown model"),
        (b"models = ['a\\u0000b']", "unknown model"),
        (b"models = ['CON']", "unknown model"),
        (b"models = ['" + b"a" * 10_000 + b"']", "unknown model"),
        ("models = ['аe']".encode(), "unknown model"),
        (b"models = ['<script>alert(1)</script>']", "unknown model"),
        (b"models = ['ae:=cmd']", "not understood"),
        (b"dataset = '../../etc/passwd'", "unknown dataset"),
        (b"protocol = '../x'", "unknown protocol"),
    ],
)
def test_a_hostile_suite_file_is_refused_fast_in_one_line(bench: Bench, tmp_path: Path, content: bytes, found: str):
    from aezoo.bench.options import read_options
    from aezoo.errors import UsageError

    (tmp_path / "suite.toml").write_bytes(content)
    started = time.process_time()
    with pytest.raises(UsageError, match=found) as error:
        read_options({}, tmp_path / "suite.toml").suite()
    assert time.process_time() - started < 5
    assert len(str(error.value)) < 1_000
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "a\0b", "..", "x" * 10_000, "аe", "<script>", "=cmd", "a|b", ".hidden", "dot."]
)
def test_an_artifact_with_a_hostile_name_is_not_written(bench: Bench, undisturbed: Bench, name: str):
    import hashlib

    from aezoo.errors import UsageError

    (record, *_) = undisturbed.records()
    store = Store(bench.folder)
    store.create()
    facts = {"sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}
    with pytest.raises(UsageError, match="artifact name"):
        store.commit({**record, "artifacts": {name: facts}}, {name: b"x"})
    assert [path.name for path in bench.folder.rglob("*")] == ["trials"]


def test_a_record_with_a_hostile_id_is_not_written(bench: Bench, undisturbed: Bench):
    (record, *_) = undisturbed.records()
    store = Store(bench.folder)
    store.create()
    with pytest.raises(ValueError, match="no trial's id"):
        store.commit({**record, "id": "../../x"}, {})


def test_hostile_words_in_records_reach_no_terminal_and_no_formula(bench: Bench):
    bench.run("raises", "--seeds", "1")
    for path in bench.records_there():
        words = "\x1b[31m=HYPERLINK(1) <script>alert(1)</script> \\input{x} |"
        failure = {"type": "E", "message": words, "traceback": ""}
        path.write_bytes(change(path, label=words, error=failure, status="error"))
    code, output = bench.aezoo("status", str(bench.folder))
    assert code == 0
    assert "\x1b" not in output
    for format in ("md", "csv", "latex"):
        code, output = bench.aezoo("table", str(bench.folder), "--format", format)
        assert code == 0
        assert "\x1b" not in output
        assert format != "md" or "<script>" not in output
        assert format != "latex" or "\\input{" not in output
        assert format != "csv" or not re.search(r'(^|,)"?=', output, re.MULTILINE)


@pytest.mark.parametrize("seeds", ["none", "one", "failed"])
def test_folders_with_little_in_them_still_give_tables(bench: Bench, seeds: str):
    if seeds == "none":
        Store(bench.folder).create()
    else:
        bench.run("quick" if seeds == "one" else "raises", "--seeds", "1")
    code, output = bench.aezoo("table", str(bench.folder))
    assert code == 0, output
    assert "±" not in output.split("cells:")[0]
    if seeds == "failed":
        assert "nan" not in output.lower()
    code, output = bench.aezoo("status", str(bench.folder))
    assert code == 0, output
    assert f"{5 if seeds != 'none' else 0} trials" in output


def test_a_folder_that_is_none_says_what_to_do(bench: Bench):
    for command in ("status", "table"):
        code, output = bench.aezoo(command, str(bench.folder))
        assert (code, output.count("\n")) == (6, 1)
        assert f"error: {bench.folder} holds no results (no folder 'trials'); run aezoo into it first" in output


def test_weights_that_are_not_their_records_are_computed_again(bench: Bench):
    """The record has metrics of another version, so that its weights are wanted; they are damaged."""
    bench.run("quick", "--seeds", "0-1", "--jobs", "1")
    for path in bench.records_there():
        path.write_bytes(change(path, metrics=dict.fromkeys(json.loads(path.read_bytes())["metrics"], 99)))
        (path.parent / "weights.npz").write_bytes(b"other")
    code, output = bench.aezoo("status", str(bench.folder), "--why")
    assert code == 0, output
    assert "runs again: mnist-5k, ae seed 0: metric" in output
    assert "is not what its record says (SHA-256 differs)" in " ".join(output.split())  # lines fit the terminal
    code, output = bench.run("quick", "--seeds", "0-1")
    assert (code, bench.statuses()) == (0, {"done": 4 + FLOORS_ONCE}), output
    assert set(bench.computed().values()) == {2}
