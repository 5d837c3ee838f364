"""Responses: the verdict of each score on each control, against real digits of its kind."""

import pytest
from support.audit_records import audit_record

from aezoo.audit.report import AuditRecord, analyse
from aezoo.audit.report.calibration import ReferenceBand, split_factor
from aezoo.audit.report.responses import ReferenceBands


def verdict(findings, metric, control, dose):
    return findings.metric(metric).responses[(control, dose)].verdict


def test_each_metric_gets_the_verdict_that_its_values_deserve(findings):
    assert verdict(findings, "sees_pca", "faker", 0.1) == "detects"
    assert verdict(findings, "sees_judge", "faker", 0.1) == "blind"
    assert verdict(findings, "sees_judge", "faker", 1.0) == "detects"
    assert verdict(findings, "fooled", "faker", 1.0) == "fooled"
    assert verdict(findings, "copies", "train-copier", 1.0) == "detects"


def test_only_copying_scores_hold_training_digits_against_the_oracle_by_a_higher_threshold(findings):
    copies = findings.metric("copies")
    usual, wider = (copies.responses[key] for key in (("faker", 1.0), ("train-copier", 1.0)))
    assert wider.threshold == pytest.approx(usual.threshold * split_factor(200, 400, 20))
    assert (usual.reference, wider.reference) == ("oracle", "oracle")
    assert copies.split_shift is None


def test_training_digits_are_not_called_bad_for_being_training_digits(findings):
    shifted = findings.metric("shifted")
    answer = shifted.responses[("train-copier", 1.0)]
    assert (answer.verdict, answer.reference) == ("blind", "train")
    assert answer.threshold == shifted.reference.train.threshold()
    assert shifted.split_shift == pytest.approx(0.3 / 0.02, rel=0.4)
    assert shifted.split_shift > shifted.band.threshold()


def test_without_draws_of_training_digits_the_oracle_is_all_there_is():
    record = audit_record()
    record["sets"] = [each for each in record["sets"] if each["role"] not in ("train", "size-control")]
    found = analyse(AuditRecord({**record, "schema_version": 1}))
    assert verdict(found, "shifted", "train-copier", 1.0) == "detects"
    shifted = found.metric("shifted")
    assert (shifted.split_shift, shifted.min_n, shifted.detected_by_n) == (None, None, ())


def test_what_is_made_of_both_splits_must_pass_both():
    oracle, train = (ReferenceBand.from_draws(values * 10, "lower") for values in ([0.0, 1.0], [5.0, 6.0]))
    bands = ReferenceBands(oracle, train, 1.5)
    answers = [bands.response([value] * 5, "train and oracle") for value in (5.5, 50.0, -50.0, 0.5)]
    assert [answer.verdict for answer in answers] == ["blind", "detects", "fooled", "blind"]
    assert [answer.reference for answer in answers[:2]] == ["train", "train"]
    assert bands.response([5.5] * 5, "oracle").verdict == "detects"


@pytest.mark.parametrize("value", [3.0, 2.9, 3.2])
def test_worse_than_one_split_and_better_than_the_other_is_no_verdict(value):
    """As copies among new images are, where training images themselves differ from held-out ones."""
    oracle, train = (ReferenceBand.from_draws(values * 10, "lower") for values in ([0.0, 1.0], [5.0, 6.0]))
    alone = [ReferenceBands(band, band, 1.0).response([value] * 5, "oracle").verdict for band in (oracle, train)]
    assert alone == ["detects", "fooled"]
    answer = ReferenceBands(oracle, train, 1.0).response([value] * 5, "train and oracle")
    assert (answer.verdict, answer.looks_real) == ("blind", True)
