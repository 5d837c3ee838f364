"""What is made from the record of an audit: verdicts, tables, cards."""

import csv
import json
import subprocess
import sys

import pytest
from support.audit_records import audit_record, described

from aezoo.audit.report import AuditRecord, analyse, read_audit, write_audit, write_record
from aezoo.audit.report.calibration import ReferenceBand, split_factor
from aezoo.audit.report.calibration_tables import forced_by
from aezoo.audit.report.cards import file_name
from aezoo.audit.report.responses import ReferenceBands, Response
from aezoo.audit.report.tables import first_dose
from aezoo.audit.report.text import at_least, at_most, doses_line, verdict_cell
from aezoo.errors import ResultsError


@pytest.fixture(scope="module")
def findings():
    return analyse(AuditRecord(audit_record()))


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
    assert verdict_cell(constant.responses[("faker", 1.0)]) == "●"
    assert verdict_cell(constant.responses[("faker", 0.1)]) == "○ 0"


def test_a_control_that_is_seen_at_times_has_its_own_symbol():
    assert verdict_cell(Response("blind", (1.0, 4.0, 5.0), threshold=3.0)) == "◐ 4"
    assert verdict_cell(Response("blind", (1.0, 2.0, 5.0), threshold=3.0)) == "○ 2"


def test_what_has_no_value_is_neither_blind_nor_a_candidate(findings):
    assert verdict(findings, "missing", "faker", 1.0) == "n/a"
    assert findings.subject("missing").reason == "n/a: needs probabilities"
    assert verdict(findings, "breaks", "odd", None) == "error"
    assert "missing" not in findings.candidates
    for subject in findings.subjects:
        assert ("odd", None) not in subject.verdicts("detects")


def test_only_copying_scores_hold_training_digits_against_the_oracle_by_a_higher_threshold(findings):
    copies = findings.subject("copies")
    usual, wider = (copies.responses[key] for key in (("faker", 1.0), ("train-copier", 1.0)))
    assert wider.threshold == pytest.approx(usual.threshold * split_factor(200, 400, 20))
    assert (usual.against, wider.against) == ("oracle", "oracle")
    assert copies.shift is None


def test_training_digits_are_not_called_bad_for_being_training_digits(findings):
    shifted = findings.subject("shifted")
    answer = shifted.responses[("train-copier", 1.0)]
    assert (answer.verdict, answer.against) == ("blind", "train")
    assert answer.threshold == shifted.bands.train.threshold()
    assert shifted.shift == pytest.approx(0.3 / 0.02, rel=0.4)
    assert shifted.shift > shifted.band.threshold()


def test_without_draws_of_training_digits_the_oracle_is_all_there_is():
    record = audit_record()
    record["sets"] = [each for each in record["sets"] if each["role"] not in ("train", "size-control")]
    found = analyse(AuditRecord({**record, "schema_version": 1}))
    assert verdict(found, "shifted", "train-copier", 1.0) == "detects"
    shifted = found.subject("shifted")
    assert (shifted.shift, shifted.needs, shifted.detected) == (None, None, ())


def test_what_is_made_of_both_splits_must_pass_both():
    oracle, train = ReferenceBand.of([0.0, 1.0] * 10, "lower"), ReferenceBand.of([5.0, 6.0] * 10, "lower")
    bands = ReferenceBands(oracle, train, 1.5)
    answers = [bands.response([value] * 5, "train and oracle") for value in (5.5, 50.0, -50.0, 0.5)]
    assert [answer.verdict for answer in answers] == ["blind", "detects", "fooled", "blind"]
    assert [answer.against for answer in answers[:2]] == ["train", "train"]
    assert bands.response([5.5] * 5, "oracle").verdict == "detects"


def test_one_score_on_two_scales_counts_once(findings, written):
    assert findings.aliases == {"twin_judge": "sees_judge"}
    assert "twin_judge" not in findings.candidates
    assert "twin_judge" not in {each.name for each in findings.detectors(("faker", 1.0))}
    assert "9 different scores of 11" in (written / "README.md").read_text()
    assert "the same as sees_judge on another scale" in (written / "cards" / "twin.md").read_text()


def test_a_score_that_ranks_nothing_is_listed_and_has_no_verdict(findings, written):
    describes = findings.subject("describes")
    assert (describes.band, describes.responses) == (None, {})
    assert "describes is not audited: ranks nothing" in (written / "README.md").read_text()
    assert "not audited: ranks nothing" in (written / "cards" / "describes.md").read_text()
    assert "\ndescribes," not in (written / "verdicts.csv").read_text()


def test_a_severe_dose_that_is_missed_after_a_mild_one_is_taken_for_real(findings, written):
    lapses = findings.subject("lapses_judge")
    assert lapses.taken_for_real() == [("faker", 1.0)]
    assert lapses.cannot_be_fooled
    assert findings.subject("sees_pca").taken_for_real() == []
    card = (written / "cards" / "lapses.md").read_text()
    assert "catches: faker from dose 0.1 (but not 1)" in card
    assert "takes for real, although it detects a milder dose: faker 1" in card
    assert "cannot be fooled by this definition: its best possible value has z = 0" in card
    assert "lapses_judge†" in (written / "README.md").read_text()


def test_the_number_of_images_from_which_on_all_is_detected(findings):
    assert findings.subject("sees_pca").detected == ((25, ()), (50, ("faker",)), (100, ("faker",)), (200, ("faker",)))
    assert findings.subject("sees_pca").needs == 50
    assert findings.subject("sees_judge").needs == 25
    assert findings.subject("breaks").needs is None


def test_the_rarest_detectors_come_first(findings):
    counts = [len(each.verdicts("detects")) for each in findings.detectors(("faker", 1.0))]
    assert counts == sorted(counts) == [1, 1, 2]
    assert findings.detectors(("faker", 1.0))[-1].name == "sees_pca"


def test_bounds_are_rounded_to_their_side():
    assert [at_most(share) for share in (1 / 21, 2 / 21, 0.000144, 0.05, 0.0)] == [
        "4.8 %", "9.6 %", "0.015 %", "5 %", "0 %",
    ]  # fmt: skip
    assert at_least(2 / 21) == "9.5 %"


def test_the_doses_say_which_way_is_severe():
    control = {"doses": [300, 10], "default": 10, "unit": "images", "draws_from": "train and oracle"}
    assert doses_line(control).startswith("doses 300, 10 (images; less is severer), by default 10; ")
    assert "more is severer" in doses_line({**control, "doses": [1, 2]})


def test_first_doses(findings):
    faker = findings.audit.controls[0]
    shown = [first_dose(findings.subject(name), faker) for name in ("sees_pca", "sees_judge", "missing")]
    assert shown == ["0.1~", "1", "n/a"]  # as bad at either dose
    assert first_dose(findings.subject("fooled"), faker).startswith("–")


def test_the_smallest_sets_name_what_nobody_catches_and_what_forces_whom(findings):
    default, mildest, every = findings.covers
    odd = [i for i, (name, _) in enumerate(default.wanted) if name == "odd"]
    assert list(default.found.uncovered) == odd

    def named(*rows):
        return {findings.candidates[i] for i in rows}

    assert {frozenset(named(*cover)) for cover in default.found.examples} == {
        frozenset({"copies", other}) for other in ("sees_pca", "sees_judge", "constant")
    }
    assert named(*default.found.examples[0]) == {"constant", "copies"}
    assert (default.found.count, default.found.complete) == (3, True)
    assert named(*default.found.forced) == {"copies"}
    assert forced_by(findings, default, "copies") == "because it alone detects train-copier 1"
    assert named(*mildest.found.examples[0]) == {"copies", "sees_pca"}
    assert named(*every.found.forced) == {"copies", "sees_pca"}
    assert forced_by(findings, every, "sees_pca") == "without which more scores are needed"


def test_sizes_and_costs(findings):
    subject = findings.subject("sees_pca")
    assert [n for n, _, _ in subject.sizes] == [25, 50, 100, 200]
    assert subject.stable == 25
    assert (subject.own, sum(subject.shared.values())) == (0.25, 2.0)
    copies = findings.subject("copies")
    assert copies.shared == {"inputs/samples/judge": 2.0, "inputs/copying/none": 4.0}


def test_a_metric_that_calls_real_data_bad_is_said_to_and_left_out_of_the_sets():
    record = audit_record()
    for each in record["sets"]:
        if each["role"] == "fresh":
            each["values"][1] = 0.9
    findings = analyse(AuditRecord(record))
    assert findings.subject("sees_pca").unreliable
    assert "sees_pca" not in findings.candidates
    assert "sees_judge" in findings.candidates


def test_every_score_has_a_card_and_the_readme_names_it(written):
    cards = {path.name for path in (written / "cards").iterdir()}
    assert cards == {
        *("sees.md", "fooled.md", "constant.md", "missing.md", "breaks.md", "copies.md"),
        *("shifted.md", "lapses.md", "twin.md", "describes.md"),
    }
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
    assert len(verdicts) == (len(record["scores"]) - 1) * 4  # one ranks nothing
    seen = next(line for line in verdicts if (line["metric"], line["control"]) == ("sees_judge", "faker"))
    assert (seen["first_dose"], seen["monotone"]) == ("1.0", "rising")
    metrics = {line["name"]: line for line in csv.DictReader((written / "metrics.csv").open())}
    assert (metrics["sees_pca"]["needs_n"], metrics["sees_pca"]["mean_stable_from_n"]) == ("50.0", "25.0")
    assert float(metrics["copies"]["own_seconds"]) == 0.125
    assert float(metrics["copies"]["shared_seconds"]) == 6.0
    assert float(metrics["sees_pca"]["sd_at_100"]) == pytest.approx(0.02, rel=0.5)
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
    bounded = described("fooled", better="higher", range=[0.46, 1.0])
    record["scores"] = [bounded if score["name"] == "fooled" else score for score in record["scores"]]
    write_record(record, tmp_path)
    write_audit(read_audit(tmp_path), tmp_path)
    assert "cannot detect anything" in (tmp_path / "cards" / "fooled.md").read_text()


def test_tables_are_made_without_tensorflow(written):
    code = (
        "import sys; from pathlib import Path; from aezoo.audit.report import read_audit, write_audit; "
        f"folder = Path({str(written)!r}); write_audit(read_audit(folder), folder); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
