"""What is made from the record of an audit: verdicts, tables, cards."""

import csv
import json
import subprocess
import sys

import pytest
from audit_records import audit_record, described

from aezoo.errors import ResultsError
from aezoo.reporting.audit import Audit, find, read_audit, write_audit, write_record
from aezoo.reporting.audit.cards import file_name
from aezoo.reporting.audit.findings import Response
from aezoo.reporting.audit.sheets import first_dose
from aezoo.reporting.audit.words import cell
from aezoo.statistics.bands import other_split_factor


@pytest.fixture(scope="module")
def findings():
    return find(Audit(audit_record()))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    write_record(audit_record(), folder)
    write_audit(read_audit(folder), folder)
    return folder


def verdict(findings, metric, control, dose):
    return findings.subject(metric).responses[(control, dose)].verdict


def test_each_metric_gets_the_verdict_that_its_values_deserve(findings):
    assert verdict(findings, "sees_pca", "faker", 0.1) == "detects"
    assert verdict(findings, "sees_judge", "faker", 0.1) == "blind"
    assert verdict(findings, "sees_judge", "faker", 1.0) == "detects"
    assert verdict(findings, "fooled", "faker", 1.0) == "fooled"
    assert verdict(findings, "copies", "train-copier", 1.0) == "detects"


def test_a_metric_without_spread_detects_without_a_number(findings):
    constant = findings.subject("constant")
    assert constant.band.deviation == 0
    assert cell(constant.responses[("faker", 1.0)]) == "●"
    assert cell(constant.responses[("faker", 0.1)]) == "○ 0"


def test_a_control_that_is_seen_at_times_has_its_own_symbol():
    assert cell(Response("blind", (1.0, 4.0, 5.0), threshold=3.0)) == "◐ 4"
    assert cell(Response("blind", (1.0, 2.0, 5.0), threshold=3.0)) == "○ 2"


def test_what_has_no_value_is_neither_blind_nor_a_candidate(findings):
    assert verdict(findings, "missing", "faker", 1.0) == "n/a"
    assert findings.subject("missing").reason == "n/a: needs probabilities"
    assert verdict(findings, "breaks", "odd", None) == "error"
    assert "missing" not in findings.candidates
    for subject in findings.subjects:
        assert ("odd", None) not in subject.verdicts("detects")


def test_a_control_from_another_split_must_pass_a_higher_threshold(findings):
    copies = findings.subject("copies")
    usual, wider = (copies.responses[key].threshold for key in (("faker", 1.0), ("train-copier", 1.0)))
    assert wider == pytest.approx(usual * other_split_factor(200, 400, 20))


def test_first_doses(findings):
    faker = findings.audit.controls[0]
    shown = [first_dose(findings.subject(name), faker) for name in ("sees_pca", "sees_judge", "missing")]
    assert shown == ["0.1", "1", "n/a"]
    assert first_dose(findings.subject("fooled"), faker).startswith("–")


def test_the_smallest_sets_name_what_nobody_catches(findings):
    default, mildest, every = findings.covers
    odd = [i for i, (name, _) in enumerate(default.wanted) if name == "odd"]
    assert list(default.found.uncovered) == odd
    names = {tuple(sorted(findings.candidates[i] for i in cover)) for cover in default.found.sets}
    assert names == {("copies", "sees_pca"), ("copies", "sees_judge"), ("constant", "copies")}
    cheapest = {findings.candidates[i] for i in default.found.sets[0]}
    assert cheapest == {"constant", "copies"}
    for cover in (mildest, every):
        assert {findings.candidates[i] for i in cover.found.sets[0]} == {"copies", "sees_pca"}


def test_sizes_and_costs(findings):
    subject = findings.subject("sees_pca")
    assert [n for n, _, _ in subject.sizes] == [25, 50, 100, 200]
    assert subject.needs == 25
    assert subject.seconds == 0.25


def test_a_metric_that_calls_real_data_bad_is_said_to_and_left_out_of_the_sets():
    record = audit_record()
    for each in record["sets"]:
        if each["role"] == "fresh":
            each["values"][1] = 0.9
    findings = find(Audit(record))
    assert findings.subject("sees_pca").unreliable
    assert "sees_pca" not in findings.candidates
    assert "sees_judge" in findings.candidates


def test_every_score_has_a_card_and_the_readme_names_it(written):
    cards = {path.name for path in (written / "cards").iterdir()}
    assert cards == {"sees.md", "fooled.md", "constant.md", "missing.md", "breaks.md", "copies.md"}
    readme = (written / "README.md").read_text()
    assert all(f"cards/{name}" in readme for name in cards)
    fooled = (written / "cards" / "fooled.md").read_text()
    assert "fooled by: faker 1" in fooled
    assert "blind to, at the default dose: train-copier, odd" in fooled


def test_what_others_wrote_is_escaped(written):
    card = (written / "cards" / "breaks.md").read_text()
    assert "odd \\| &lt;b&gt;" in card
    assert "<b>" not in card
    assert "share \\| of" in card


def test_the_tidy_tables_hold_every_value_and_no_infinity(written):
    lines = list(csv.DictReader((written / "audit.csv").open()))
    record = audit_record()
    assert len(lines) == len(record["sets"]) * len(record["scores"])
    assert {line["state"] for line in lines} == {"ok", "n/a", "error"}
    verdicts = list(csv.DictReader((written / "verdicts.csv").open()))
    assert len(verdicts) == len(record["scores"]) * 4
    for path in written.rglob("*.csv"):
        assert "inf" not in path.read_text().replace("infinite", "")


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


def test_a_name_that_cannot_name_a_file_becomes_a_hash():
    assert file_name("fd") == "fd"
    for name in ("../evil", "a/b", "", "dot."):
        assert file_name(name).startswith("metric-")


def test_a_metric_that_could_never_detect_says_so(tmp_path):
    record = audit_record()
    record["scores"] = [*record["scores"][:2], described("fooled", better="higher", range=[0.46, 1.0])]
    record["scores"] += audit_record()["scores"][3:]
    write_record(record, tmp_path)
    write_audit(read_audit(tmp_path), tmp_path)
    assert "cannot detect anything" in (tmp_path / "cards" / "fooled.md").read_text()


def test_tables_are_made_without_tensorflow(written):
    code = (
        "import sys; from pathlib import Path; from aezoo.reporting.audit import read_audit, write_audit; "
        f"folder = Path({str(written)!r}); write_audit(read_audit(folder), folder); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
