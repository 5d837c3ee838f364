"""The audit as the package has it: the one that is published."""

from __future__ import annotations

import runpy
from pathlib import Path

from aezoo.reporting.report.audit import audit_data, audit_digest

ROOT = Path(__file__).parents[3]
MAKER = ROOT / "benchmarks" / "audit_digest.py"


def test_the_digest_is_that_of_the_published_audit():
    describe = runpy.run_path(str(MAKER))["describe_audit"]
    digest = {name: value for name, value in audit_digest().items() if name != "images"}
    assert digest == describe(ROOT / "results" / "audit"), "run python benchmarks/audit_digest.py"


def test_every_control_has_images_of_every_dose():
    controls = audit_data()["controls"]
    assert len(controls) > 10
    assert all(len(control["images"]) == len(control["doses"]) for control in controls if control["doses"] != [None])


def test_a_metric_that_is_fooled_is_said_to_be():
    answers = audit_data()["metrics"]["precision_judge"]["answers"]
    assert "✗" in [symbol for symbol, *_ in answers["blur"]]


def test_a_z_stands_beside_its_threshold_and_both_agree_with_the_symbol():
    found = [
        (symbol, z, threshold)
        for metric in audit_data()["metrics"].values()
        for doses in metric["answers"].values()
        for symbol, z, threshold in doses
        if z is not None
    ]
    assert len(found) > 1000
    assert all(z > threshold for symbol, z, threshold in found if symbol in "●◐")
    assert all(z <= threshold for symbol, z, threshold in found if symbol in "○✗")
