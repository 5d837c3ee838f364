"""Findings: scores that count once or not at all, and the smallest sets."""

from support.audit_records import audit_record

from aezoo.audit.report import AuditRecord, analyse
from aezoo.audit.report.calibration_tables import required_by


def verdict(findings, metric, control, dose):
    return findings.metric(metric).responses[(control, dose)].verdict


def test_what_has_no_value_is_neither_blind_nor_a_candidate(findings):
    assert verdict(findings, "missing", "faker", 1.0) == "n/a"
    assert findings.metric("missing").reason == "n/a: needs probabilities"
    assert verdict(findings, "breaks", "odd", None) == "error"
    assert "missing" not in findings.candidates
    for metric in findings.metrics:
        assert ("odd", None) not in metric.with_verdict("detects")


def test_one_score_on_two_scales_counts_once(findings, written):
    assert findings.redundant == {"twin_judge": "sees_judge"}
    assert "twin_judge" not in findings.candidates
    assert "twin_judge" not in {each.name for each in findings.detectors(("faker", 1.0))}
    assert "9 different scores of 11" in (written / "README.md").read_text()


def test_the_page_begins_with_the_finding_and_ends_with_its_making(written):
    title, first, *_ = (written / "README.md").read_text().split("\n\n")
    headings = [line for line in (written / "README.md").read_text().splitlines() if line.startswith("#")]
    assert title == headings[0] == "# Audit of sample metrics on toy"
    said = first.splitlines()
    assert said[0] == "- 9 different scores were shown 3 generators that are known to be bad"
    assert said[1].startswith("- faker is noticed by 3 of 9 scores")
    assert headings[-2:] == ["## How it was made", "## Files"]
    assert "the same as sees_judge on another scale" in (written / "cards" / "twin.md").read_text()


def test_the_rarest_detectors_come_first(findings):
    counts = [len(each.with_verdict("detects")) for each in findings.detectors(("faker", 1.0))]
    assert counts == sorted(counts) == [1, 1, 2]
    assert findings.detectors(("faker", 1.0))[-1].name == "sees_pca"


def test_the_smallest_sets_name_what_nobody_catches_and_what_forces_whom(findings):
    default, mildest, every = findings.covers
    odd = [i for i, (name, _) in enumerate(default.cells) if name == "odd"]
    assert list(default.result.uncovered) == odd

    def named(*rows):
        return {findings.candidates[i] for i in rows}

    assert {frozenset(named(*cover)) for cover in default.result.examples} == {
        frozenset({"copies", other}) for other in ("sees_pca", "sees_judge", "constant")
    }
    assert named(*default.result.examples[0]) == {"constant", "copies"}
    assert (default.result.count, default.result.complete) == (3, True)
    assert named(*default.result.essential) == {"copies"}
    assert required_by(findings, default, "copies") == "because it alone detects train-copier 1"
    assert named(*mildest.result.examples[0]) == {"copies", "sees_pca"}
    assert named(*every.result.essential) == {"copies", "sees_pca"}
    assert required_by(findings, every, "sees_pca") == "without which more scores are needed"


def test_a_metric_that_calls_real_data_bad_is_said_to_and_left_out_of_the_sets():
    record = audit_record()
    for each in record["sets"]:
        if each["role"] == "fresh":
            each["values"][1] = 0.9
    findings = analyse(AuditRecord(record))
    assert findings.metric("sees_pca").is_unreliable
    assert "sees_pca" not in findings.candidates
    assert "sees_judge" in findings.candidates
