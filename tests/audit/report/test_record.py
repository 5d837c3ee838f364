"""The record on disk: plain JSON, or refused."""

import json

import pytest
from support.audit_records import audit_record

from aezoo.audit.report import read_audit, write_record
from aezoo.audit.report.record import require_same_data
from aezoo.bench.app import run_app
from aezoo.errors import ResultsError


def test_the_record_is_plain_json_and_comes_back_equal(written):
    def refuse(text):
        raise AssertionError(text)

    text = (written / "audit.json").read_text()
    assert json.loads(text, parse_constant=refuse) == json.loads(json.dumps(audit_record()))
    with pytest.raises(ValueError, match="JSON compliant"):
        write_record(audit_record(timing={"wall": float("nan")}), written / "other")
    assert not (written / "other" / "audit.json").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "run the audit again"), ('{"kind": "x"}', "not the record"), ('{"kind": "audit"}', "schema version")],
)
def test_a_damaged_record_is_refused(content, message, tmp_path):
    (tmp_path / "audit.json").write_text(content)
    with pytest.raises(ResultsError, match=message):
        read_audit(tmp_path)
    with pytest.raises(ResultsError, match="does not exist"):
        read_audit(tmp_path / "nowhere")


def test_an_audit_of_other_data_is_not_overwritten(written, tmp_path, capsys):
    held = audit_record()["dataset"]
    require_same_data(written, held["name"], held["fingerprint"])
    require_same_data(tmp_path, "mnist", "f" * 64)
    with pytest.raises(ResultsError, match="holds an audit of toy"):
        require_same_data(written, held["name"], "f" * 64)
    before = (written / "audit.json").read_bytes()
    assert run_app(["audit", "--dataset", "mnist-5k", "--out", str(written)]) == 6
    assert "choose another folder with --out" in capsys.readouterr().err
    assert (written / "audit.json").read_bytes() == before
    (tmp_path / "audit.json").write_text("{")  # nothing is lost with a record that cannot be read
    require_same_data(tmp_path, "mnist", "f" * 64)


def test_a_new_record_takes_away_the_figures_of_the_old_and_no_others(tmp_path):
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in ("heat-map.png", "heat-map.svg", "doses-blur.png", "mine.png"):
        (figures / name).touch()
    write_record(audit_record(), tmp_path)
    assert [path.name for path in figures.iterdir()] == ["mine.png"]
