"""The plan of an audit: what is audited, and what is refused."""

import pytest

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
