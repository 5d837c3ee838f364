"""Text and symbols of the tables and cards."""

import shlex

from support.audit_records import audit_record

from aezoo.audit.report import AuditRecord, analyse
from aezoo.audit.report.responses import Response
from aezoo.audit.report.tables import command_line, first_dose
from aezoo.audit.report.text import at_least, at_most, doses_line, format_rate, verdict_cell


def test_a_metric_without_spread_detects_without_a_number(findings):
    constant = findings.metric("constant")
    assert constant.band.deviation == 0
    assert verdict_cell(constant.responses[("faker", 1.0)]) == "●"
    assert verdict_cell(constant.responses[("faker", 0.1)]) == "○ 0"


def test_a_control_that_is_seen_at_times_has_its_own_symbol():
    assert verdict_cell(Response("blind", (1.0, 4.0, 5.0), threshold=3.0)) == "◐ 4"
    assert verdict_cell(Response("blind", (1.0, 2.0, 5.0), threshold=3.0)) == "○ 2"


def test_bounds_are_rounded_to_their_side():
    assert [at_most(share) for share in (1 / 21, 2 / 21, 0.000144, 0.05, 0.0)] == [
        "4.8 %", "9.6 %", "0.015 %", "5 %", "0 %",
    ]  # fmt: skip
    assert at_least(2 / 21) == "9.5 %"
    assert [at_most(0.996), at_most(1.0), at_least(1.0), format_rate(0.997)] == ["100 %"] * 4


def test_the_doses_say_which_way_is_severe():
    control = {"doses": [300, 10], "default": 10, "unit": "images", "draws_from": "train and oracle"}
    assert doses_line(control).startswith("doses 300, 10 (images; less is severer), by default 10; ")
    assert "more is severer" in doses_line({**control, "doses": [1, 2]})


def test_first_doses(findings):
    faker = findings.record.controls[0]
    shown = [first_dose(findings.metric(name), faker) for name in ("sees_pca", "sees_judge", "missing")]
    assert shown == ["0.1~", "1", "n/a"]  # as bad at either dose
    assert first_dose(findings.metric("fooled"), faker).startswith("–")


def test_the_command_can_be_copied_whatever_the_data_file_is_called():
    record = audit_record()
    record["spec"] |= {"data_file": "my digits; 2.npz", "asked": ["--metrics", "prdc,fd", "--slow"]}
    words = shlex.split(command_line(analyse(AuditRecord(record))))
    assert words[:6] == ["python", "-m", "aezoo.bench", "audit", "--dataset", "toy"]
    assert words[6:8] == ["--data-file", "my digits; 2.npz"]
    assert words[-3:] == ["--metrics", "prdc,fd", "--slow"]
