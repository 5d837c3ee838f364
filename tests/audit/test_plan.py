"""The plan of an audit: what is audited, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from aezoo.audit import run
from aezoo.audit.plan import make_spec, plan_sets
from aezoo.controls import CONTROLS
from aezoo.errors import UsageError
from aezoo.metrics import METRICS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 501}, "give 100 to 500"),
        ({"n": 99}, "give 100 to 500"),
        ({"draws": 0}, "at least 1"),
        ({"metrics": ["nll"]}, "samples and copying"),
        ({"metrics": ["prdk"]}, "prdc"),
        ({"controls": ["blurr"]}, "blur"),
    ],
)
def test_what_makes_no_sense_is_refused(options, message, digits):
    with pytest.raises(UsageError, match=message):
        make_spec(digits, **options)


def test_every_sample_metric_and_control_is_audited_and_slow_ones_on_request(digits):
    usual, all_of_them = make_spec(digits), make_spec(digits, slow=True)
    sampled = {name for name, metric in METRICS.items() if metric.question in ("samples", "copying")}
    assert set(all_of_them.metrics) == sampled
    assert set(usual.metrics) == {name for name in sampled if not METRICS.get(name).slow}
    assert {*usual.controls, "oracle"} == set(CONTROLS.names())
    doses = {(each.control, each.dose) for each in plan_sets(usual) if each.role == "control"}
    assert doses == {(name, dose) for name in usual.controls for dose in CONTROLS.get(name).doses}
    small = {(each.control, each.dose, each.n) for each in plan_sets(usual) if each.role == "size-control"}
    assert small == {(name, CONTROLS.get(name).default, n) for name in usual.controls for n in (62, 125, 250)}
    assert usual.n == 500


def part(split, n):
    return split.take(np.arange(n))


def test_no_more_images_are_drawn_than_each_split_allows(digits):
    few = replace(digits, train=part(digits.train, 600))
    assert make_spec(few).n == 300  # of all 600, each draw would be the same
    with pytest.raises(UsageError, match="give 100 to 300 on mnist-5k: it has 1000 oracle, 1000 reference and 600 tra"):
        make_spec(few, 400)
    assert make_spec(replace(digits, reference=part(digits.reference, 200))).n == 200


def test_splits_that_allow_no_audit_are_said_to(digits):
    few = replace(digits, oracle=part(digits.oracle, 160))
    for n in (None, 90, 100):
        with pytest.raises(UsageError, match=r"needs 200 oracle, .* has 160 oracle, 1000 reference and 3000 training"):
            make_spec(few, n)


@pytest.fixture
def unlabelled(digits):
    return replace(digits, oracle=replace(digits.oracle, labels=np.zeros(len(digits.oracle), np.uint8)))


def test_controls_that_need_labels_are_left_out_where_there_are_none(unlabelled):
    needing = {name for name, control in CONTROLS.items() if control.needs_labels}
    assert needing == {"class-imbalance", "intra-class-collapse", "mode-dropper"}
    assert {*make_spec(unlabelled).controls} == {*CONTROLS.names()} - needing - {"oracle"}
    with pytest.raises(UsageError, match="control 'mode-dropper' needs labels, which mnist-5k does not have"):
        make_spec(unlabelled, controls=["blur", "mode-dropper"])


def test_a_run_says_what_is_left_out_and_counts_its_own_processor_time_alone(unlabelled, monkeypatch):
    used = iter((100.0, 103.5))
    monkeypatch.setattr(run, "load_dataset", lambda name, data_file: unlabelled)
    monkeypatch.setattr(run, "_processor_seconds", lambda: next(used))
    monkeypatch.setattr(run, "_score_all", lambda spec, jobs, report: [])
    monkeypatch.setattr(run, "build_record", lambda spec, dataset, results, timing: timing)
    lines = []
    assert run.run_audit(jobs=1, report=lines.append)["cpu"] == 3.5
    assert lines[-1].endswith("are left out: class-imbalance, intra-class-collapse, mode-dropper")
