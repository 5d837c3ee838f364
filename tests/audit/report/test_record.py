"""The record on disk: plain JSON, or refused."""

import json

import pytest
from support.audit_records import audit_record

from aezoo.audit.report import read_audit, write_record
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
