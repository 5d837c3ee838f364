"""The gate of `aezoo_regression` on what was trained before, with an engine that trains nothing."""

from __future__ import annotations

import pytest
from support.instant_engine import InstantEngine, row_of

import aezoo
from aezoo.pytest_plugin import Regression

DATA = {"seeds": "0-1", "rules": ["nll:+2%"]}
SCORED = {"scores": [row_of("nll", question="reconstruction", value=2.5)]}


def test_seeds_may_be_an_iterator(tmp_path):
    for renew in (True, False):
        gate = Regression(tmp_path / "baselines", tmp_path / "cache", renew)
        gate.check("ae", **{**DATA, "seeds": iter(range(2))}, engine=InstantEngine(**SCORED))
    kept = [record["spec"]["seed"] for record in gate._kept() if record["label"] == "ae"]
    assert sorted(kept) == [0, 1]


@pytest.mark.filterwarnings("error::aezoo.RunWarning")
def test_a_failure_of_an_earlier_run_is_computed_again_also_where_warnings_are_errors(tmp_path):
    Regression(tmp_path / "baselines", tmp_path / "renewed", True).check("ae", **DATA, engine=InstantEngine(**SCORED))
    gate = Regression(tmp_path / "baselines", tmp_path / "cache")
    with pytest.raises(aezoo.RunWarning, match="failed: ae seed 1"):
        gate.check("ae", **DATA, engine=InstantEngine(failing=[1], **SCORED))
    mended = InstantEngine(**SCORED)
    gate.check("ae", **DATA, engine=mended)
    assert {request.trial.seed for request in mended.ran} == {1}
